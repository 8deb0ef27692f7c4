"""CSV tables as rows of models; everything that is wrong is named with its row and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from models.base import Frozen
from models.references import nearest
from models.reports import Finding
from planner.errors import InputError

Row = dict[str, Any]
Model = TypeVar("Model", bound=Frozen)

CAPACITY_COLUMNS = ("cpu", "memory", "gpu", "volumes", "iops", "mbps", "network", "local_disk")
_EXPECTED = {
    "decimal_parsing": "a number such as 0.192",
    "date_parsing": "a day such as 2026-07-20",
    "date_from_datetime_parsing": "a day such as 2026-07-20",
    "date_from_datetime_inexact": "a day such as 2026-07-20",
    "decimal_max_places": "at most 6 decimals",
    "greater_than_equal": "zero or more",
}


@dataclass(frozen=True)
class Table:
    """A CSV text taken apart: the header's names, and rows as (line, cells) without blank cells."""

    source: str
    names: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]

    @classmethod
    def of(cls, text: str, source: str) -> Table:
        """Take a text apart; comma, semicolon and tab are understood as separators.

        Raises
        ------
        InputError
            If the text has no header, a row more cells than the header, or a quote no end.
        """
        header = text.partition("\n")[0]
        reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=header.count), strict=True)
        rows: list[tuple[int, dict[str, str]]] = []
        try:
            names = tuple(name.strip().lower() for name in next(reader, []))
            if not any(names):
                raise InputError(source, [Finding((), "an empty table", "a header and rows")])
            for cells in reader:
                if len(cells) > len(names):
                    found = Finding(("row", reader.line_num), f"{len(cells)} cells", f"at most {len(names)}")
                    raise InputError(source, [found])
                row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
                if row:
                    rows.append((reader.line_num, row))
        except csv.Error as error:
            raise InputError(source, [Finding(("row", reader.line_num), str(error), "a CSV table")]) from None
        return cls(source, names, tuple(rows))

    def require(self, required: Sequence[str], known: Sequence[str]) -> None:
        """Refuse a header with unknown, repeated or missing columns."""
        at = ("row", 1)
        expected = f"one of {', '.join(known)}"
        wrong = [
            Finding(at, f"column {name!r}", expected, nearest(name, known)) for name in self.names if name not in known
        ]
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        wrong += [Finding(at, f"column {name!r} twice", "each column once") for name in twice]
        wrong += [Finding(at, "no such column", f"a column {name!r}") for name in required if name not in self.names]
        if wrong:
            raise InputError(self.source, wrong)

    def models(self, model: type[Model], shaped: Callable[[Row], Row] = dict) -> tuple[Model, ...]:
        """Rows as models, each brought into the model's shape by `shaped`.

        Raises
        ------
        InputError
            With every wrong cell, by row and column.
        """
        read: list[Model] = []
        wrong: list[Finding] = []
        for line, row in self.rows:
            try:
                read.append(model.model_validate(shaped(row)))
            except ValidationError as error:
                wrong += _findings(error, line)
        if wrong:
            raise InputError(self.source, wrong)
        return tuple(read)


def with_capacity(row: Row) -> Row:
    """A host type's row with its capacity columns gathered under `capacity`."""
    capacity = {name: row[name] for name in CAPACITY_COLUMNS if name in row}
    return {name: value for name, value in row.items() if name not in CAPACITY_COLUMNS} | {"capacity": capacity}


def with_zones(row: Row) -> Row:
    """A region's row with its `|`-separated zones as a list."""
    return row | {"zones": row.get("zones", "").split("|")}


def _findings(error: ValidationError, line: int) -> list[Finding]:
    """What a model refused of a row, by column."""
    return [_finding(dict(item), line) for item in error.errors(include_url=False)]


def _finding(item: Row, line: int) -> Finding:
    kind, context = item["type"], item.get("ctx", {})
    where = ("row", line, *(step for step in item["loc"] if step != "capacity"))
    if kind == "missing":
        return Finding(where, "a blank", "a value")
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        alike = item["input"].lower().replace("-", "_").replace(" ", "_")
        found = repr(item["input"]) if item["input"] else "a blank"
        return Finding(where, found, f"one of {', '.join(choices)}", nearest(alike, choices))
    expected = _EXPECTED.get(kind) or context.get("expected") or item["msg"].removeprefix("Input should be ")
    return Finding(where, repr(item["input"]), expected)
