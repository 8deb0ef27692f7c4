"""Rows: what every family of benchmarks measures of an instance, for people and for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

WIDE = 200
"""Columns of a table that is not printed to a terminal."""


@dataclass(frozen=True)
class Row:
    """One instance, solved.

    Attributes
    ----------
    name : str
    value : float
        Of the plan that was found; less is better.
    best : float or None
        The best value known from elsewhere.
    bound : float or None
        What no plan can go below, as proven by us.
    seconds : float
        Wall-clock, until the solver had ended.
    more : mapping
        What the family measures beside.
    """

    name: str
    value: float
    bound: float | None
    seconds: float
    best: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """(value - bound) / value; None without a bound."""
        if self.bound is None:
            return None
        return max(0.0, (self.value - self.bound) / self.value) if self.value else 0.0

    def flat(self) -> dict[str, Any]:
        """The row as one mapping, as `--json` prints it."""
        told = {key: value for key, value in asdict(self).items() if key != "more"}
        return {**told, "gap": self.gap, **self.more}


def show(rows: Sequence[Row], title: str, *, as_json: bool, hidden: Collection[str] = ()) -> None:
    """Print rows: a table without the hidden columns, or one list of JSON on standard output."""
    flat = [row.flat() for row in rows]
    if as_json:
        sys.stdout.write(json.dumps(flat, indent=1) + "\n")
        return
    columns = list(dict.fromkeys(key for row in flat for key in row if key not in hidden))
    table = Table(title=title)
    for column in columns:
        table.add_column(column, justify="left" if column == "name" else "right")
    for row in flat:
        table.add_row(*(shown(column, row.get(column)) for column in columns))
    Console(width=None if sys.stdout.isatty() else WIDE).print(table)


def shown(column: str, value: Any) -> str:
    """A value as tables show it."""
    if value is None:
        return "-"
    if column in ("gap", "saving"):
        return f"{100 * value:.3f} %"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
