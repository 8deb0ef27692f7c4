"""Rows of a sheet as models, with errors by row and column."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from models.reports import Finding
from planner.errors import InputError
from planner.formats.documents.errors import findings_of
from planner.formats.tables.sheet import Sheet

_Model = TypeVar("_Model")


def read_rows(sheet: Sheet, adapter: TypeAdapter[_Model], shape: Any) -> tuple[_Model, ...]:
    """Validate every row; names must not repeat.

    Raises
    ------
    InputError
        With all wrong cells of all rows.
    """
    models: list[_Model] = []
    findings = list(sheet.findings)
    first: dict[str, int] = {}
    for row in sheet.rows:
        name = str(row.data.get("name", ""))
        if name and name in first:
            place = sheet.place(row.number, ("name",))
            findings.append(Finding((place,), f"{name!r}, as in row {first[name]}", "a name not used before"))
        first.setdefault(name, row.number)
        try:
            models.append(adapter.validate_python(row.data))
        except ValidationError as error:
            for found in findings_of(error, row.data, shape):
                place = sheet.place(row.number, found.path)
                if place not in {str(finding.path[0]) for finding in sheet.findings}:
                    findings.append(replace(found, path=(place,)))
    if findings:
        raise InputError(sheet.source, findings)
    return tuple(models)
