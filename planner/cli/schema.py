"""`bayplan schema`: JSON Schema for editors and other tools."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer


class Kind(StrEnum):
    """The kinds of documents."""

    SCENARIO = "Scenario"
    PLAN = "Plan"
    FILM = "Film"
    SIMULATION = "Simulation"


def schema(
    kind: Annotated[Kind, typer.Argument(help="Kind of document.", case_sensitive=False)] = Kind.SCENARIO,
) -> None:
    """Print the JSON Schema (draft 2020-12) of a kind of document."""
    from planner.formats.documents import json_schema

    typer.echo(json.dumps(json_schema(kind.value), indent=2, ensure_ascii=False))
