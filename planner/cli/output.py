"""How commands write: data to standard output in the form asked for, all else to standard error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.base import API_VERSION
from planner.errors import BayplanError

Row = Mapping[str, Any]

MARKDOWN_BYTES = 60_000
"""Pull-request comments hold 64 KB; rows are cut before that."""


class OutputFormat(StrEnum):
    """The forms of a command's data."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"
    MARKDOWN = "markdown"


Output = Annotated[OutputFormat, typer.Option("--output", "-o", help="Form of the data.", case_sensitive=False)]


def written(value: Any) -> str:
    """A value as a cell: nothing as a dash, numbers with thousands, booleans as yes and no."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,g}" if isinstance(value, float) else str(value)


def decimals(places: int) -> Callable[[Any], str]:
    """Write numbers with a fixed count of decimals and thousands separated."""
    return lambda value: written(None) if value is None else f"{value:,.{places}f}"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    key : str
        Where its value stands in a row.
    title : str
        Its heading, with the unit.
    number : bool
        Aligned right.
    wide : bool
        Shown in wide form only.
    spare : bool
        Left out first where a terminal is too narrow.
    write : callable
        How a value is written in tables and Markdown.
    best : {"", "least", "most"}
        Which value of the column to highlight.
    style : callable
        The Rich style of a cell, from its row.
    """

    key: str
    title: str
    number: bool = False
    wide: bool = False
    spare: bool = False
    write: Callable[[Any], str] = written
    best: Literal["", "least", "most"] = ""
    style: Callable[[Row], str] = lambda row: ""

    def winner(self, rows: Sequence[Row]) -> Any:
        """The value to highlight, None where all are alike."""
        values = {row[self.key] for row in rows if row.get(self.key) is not None} if self.best else set()
        if len(values) < 2:
            return None
        return min(values) if self.best == "least" else max(values)


def stdout_console(no_color: bool | None = None) -> Console:
    """The console for data; NO_COLOR is honoured, and a pipe gets lines of any length."""
    return Console(no_color=no_color, highlight=False)


def stderr_console(no_color: bool | None = None) -> Console:
    """The console for messages and progress."""
    return Console(stderr=True, no_color=no_color, highlight=False)


@contextmanager
def reported_errors() -> Iterator[None]:
    """Turn errors that Bayplan raises on purpose into a message and exit code 1."""
    try:
        yield
    except BayplanError as error:
        stderr_console().print(Text.assemble(("error: ", "bold red"), str(error)), soft_wrap=True)
        raise typer.Exit(1) from None


def emit(
    rows: Sequence[Row],
    fmt: OutputFormat,
    columns: Sequence[Column],
    console: Console,
    *,
    kind: str = "List",
    title: str = "",
) -> None:
    """Write rows in the form asked for.

    Parameters
    ----------
    rows : sequence of mapping
        Plain values by key; JSON and YAML hold all of them, tables the columns'.
    fmt : OutputFormat
    columns : sequence of Column
    console : Console
    kind : str
        The `kind` of the JSON or YAML document, whose `items` the rows are.
    title : str
        A heading above a table or Markdown table.
    """
    if fmt in (OutputFormat.JSON, OutputFormat.YAML):
        emit_document({"apiVersion": API_VERSION, "kind": kind, "items": list(rows)}, fmt, console)
    elif fmt is OutputFormat.MARKDOWN:
        text = markdown_table(rows, [column for column in columns if not column.wide])
        console.out(f"### {title}\n\n{text}\n" if title else text, highlight=False)
    else:
        print_table(rows, [column for column in columns if fmt is OutputFormat.WIDE or not column.wide], console, title)


def emit_document(document: Row, fmt: OutputFormat, console: Console) -> None:
    """Write one document as JSON or YAML; decimals become numbers, days ISO text."""
    plain = _plain(document)
    if fmt is OutputFormat.JSON:
        text = json.dumps(plain, indent=2, ensure_ascii=False)
    else:
        import yaml

        text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120).rstrip("\n")
    console.out(text, highlight=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def print_table(rows: Sequence[Row], columns: Sequence[Column], console: Console, title: str = "") -> None:
    """Print a table with right-aligned numbers and the best values highlighted.

    A terminal that is too narrow loses the spare columns, the last first; no cell is ever cut.
    """
    shown = list(columns)
    table = _table(rows, shown, title)
    while (width := _full_width(table, console)) > console.width:
        spare = [column for column in shown if column.spare]
        if not console.is_terminal or not spare:
            break
        shown.remove(spare[-1])
        table = _table(rows, shown, title)
    usual, console.width = console.width, max(width, len(title), console.width)
    console.print(table)
    console.width = usual
    if title:
        console.print()


def _full_width(table: Table, console: Console) -> int:
    return console.measure(table, options=console.options.update(max_width=10_000)).maximum


def _table(rows: Sequence[Row], columns: Sequence[Column], title: str) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        collapse_padding=True,
        pad_edge=False,
        show_edge=False,
    )
    for column in columns:
        table.add_column(column.title, justify="right" if column.number else "left", no_wrap=True)
    winners = [column.winner(rows) for column in columns]
    for row in rows:
        cells = []
        for column, winner in zip(columns, winners, strict=True):
            value = row.get(column.key)
            best = winner is not None and value == winner
            cells.append(Text(column.write(value), style="bold green" if best else column.style(row)))
        table.add_row(*cells)
    return table


def markdown_table(rows: Sequence[Row], columns: Sequence[Column], limit: int = MARKDOWN_BYTES) -> str:
    """A Markdown table of at most about `limit` bytes; rows that are cut are counted."""
    lines = [
        _markdown_line(column.title for column in columns),
        _markdown_line("---:" if column.number else "---" for column in columns),
    ]
    winners = [column.winner(rows) for column in columns]
    size = 0
    for index, row in enumerate(rows):
        cells = []
        for column, winner in zip(columns, winners, strict=True):
            text = column.write(row.get(column.key)).replace("|", "\\|").replace("\n", " ")
            cells.append(f"**{text}**" if winner is not None and row.get(column.key) == winner else text)
        line = _markdown_line(cells)
        size += len(line.encode()) + 1
        if size > limit:
            lines.append(f"\n… and {len(rows) - index:,} more rows")
            break
        lines.append(line)
    return "\n".join(lines)


def _markdown_line(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"
