"""Plan documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TextIO

from models.bulk import collection_paused
from models.plan import Plan
from planner.formats.documents.plain import load
from planner.formats.documents.validation import validated
from planner.formats.documents.writing import Format, format_of, to_text, write_text


def read_plan(path: str | Path) -> Plan:
    """Read a plan from a JSON or YAML file (`-`: standard input).

    Raises
    ------
    InputError
        With all that is wrong with it.
    """
    return parse_plan(load(path), str(path))


def parse_plan(data: Any, source: str) -> Plan:
    """Make a plan of plain data."""
    return validated(data, Plan, source)


@collection_paused()
def write_plan(plan: Plan, target: str | Path | TextIO, form: Format | None = None) -> None:
    """Write a plan with all of its keys, as JSON unless the file's name or `form` says YAML."""
    write_text(target, to_text(plan.model_dump(mode="json"), form or format_of(target, "json")))
