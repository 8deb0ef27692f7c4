"""Plain rows to a CSV file, with what a flat table cannot hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from planner.formats.documents.writing import write_text
from planner.formats.loss import Loss, LossReport
from planner.formats.tables.columns import Column, get, unwritable


def write_table(
    rows: Sequence[dict[str, Any]], columns: Sequence[Column], resources: str, target: str | Path | TextIO
) -> LossReport:
    """Write rows (dumps of models without defaults) under those columns that any of them uses.

    Parameters
    ----------
    rows : sequence of dict
    columns : sequence of Column
    resources : str
        The key whose extended resources become columns of their own.
    target : str, Path or text stream
    """
    extended = sorted({name for row in rows for name in row.get(resources, {}) if "/" in name})
    every = [*columns, *(Column(name, (resources, name)) for name in extended)]
    used = [column for column in every if any(get(row, column.path) is not None for row in rows)]
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(column.name for column in used)
    for row in rows:
        values = ((column, get(row, column.path)) for column in used)
        writer.writerow("" if value is None else column.write(value) for column, value in values)
    write_text(target, sheet.getvalue())
    return tuple(loss for row in rows for loss in _left_out(row, used))


def _left_out(row: dict[str, Any], used: Sequence[Column]) -> Iterator[Loss]:
    kept = {column.path for column in used}
    for path in _places(row, ()):
        if not any(path[: len(known)] == known for known in kept):
            yield Loss(str(row["name"]), ".".join(map(str, path)), "no column holds it", "dropped")
    for column in used:
        pairs = get(row, column.path)
        for key in unwritable(pairs) if isinstance(pairs, dict) else ():
            yield Loss(str(row["name"]), f"{column.name} {key!r}", "a cell cannot hold its ; or = or spaces", "dropped")


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The places of all single values inside a row."""
    if isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(inner, (*path, key))
    else:
        yield path
