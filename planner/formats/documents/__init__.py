from planner.formats.documents.film import parse_film, read_film, read_simulation, write_simulation
from planner.formats.documents.plan import parse_plan, read_plan, write_plan
from planner.formats.documents.scenario import (
    input_hash,
    parse_scenario,
    read_scenario,
    read_with_places,
    write_scenario,
)
from planner.formats.documents.schema import json_schema

__all__ = [
    "input_hash",
    "json_schema",
    "parse_film",
    "parse_plan",
    "parse_scenario",
    "read_film",
    "read_plan",
    "read_scenario",
    "read_simulation",
    "read_with_places",
    "write_plan",
    "write_scenario",
    "write_simulation",
]
