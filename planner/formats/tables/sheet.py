"""A CSV file as rows of cells under known columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from models.reports import Finding
from planner.formats.documents.source import read_text, refuse
from planner.formats.loss import Loss, LossReport
from planner.formats.tables.columns import CellError, Column, put

_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Header:
    """One column as the file has it.

    `unit` is what a bare number in it gets appended, by the header's own words (`memory_gib`).
    """

    text: str
    column: Column
    unit: str = ""

    def read(self, cell: str) -> Any:
        """The cell's value for the model."""
        bare = self.unit and cell.replace(".", "", 1).isdigit()
        return self.column.read(cell + self.unit if bare else cell)


@dataclass(frozen=True)
class Row:
    """A row as plain data for a model, with its number as spreadsheets count (the header is 1)."""

    number: int
    data: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A table that was read.

    The columns it may have, its headers (None: not understood), its rows without the cells that
    cannot be read, findings about those, and what was lost.
    """

    source: str
    columns: Sequence[Column]
    headers: tuple[Header | None, ...]
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    losses: LossReport

    def place(self, number: int, path: Sequence[str | int]) -> str:
        """Where in the file a value stands that the model has at `path`."""
        for header in self.headers:
            if header and header.column.path == tuple(path)[: len(header.column.path)]:
                return f"row {number}, column {header.text}"
        missing = next((column.name for column in self.columns if column.path == tuple(path)), "")
        return f"row {number}, column {missing}" if missing else f"row {number}"


def read_sheet(path: str | Path, columns: Sequence[Column], resources: tuple[str, ...]) -> Sheet:
    """Read a CSV file separated by commas, semicolons or tabs.

    Parameters
    ----------
    path : str or Path
        The file; `-` is standard input.
    columns : sequence of Column
        All that the table may have.
    resources : tuple of str
        Where in the model a column with a `/` in its header (an extended resource) goes.

    Raises
    ------
    InputError
        If the file is no table, or holds no column or row that means something.
    """
    source, text = str(path), read_text(path)
    first = next(line for line in text.splitlines() if line.strip())
    separator = max(_SEPARATORS, key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise refuse(source, f"a broken table ({error})", "a CSV file") from None
    start = next(i for i, cells in enumerate(table) if any(cell.strip() for cell in cells))
    headers = _headers(table[start], columns, resources, source)
    rows: list[Row] = []
    findings: list[Finding] = []
    for number, cells in enumerate(table[start + 1 :], start + 2):
        if any(cell.strip() for cell in cells):
            row, wrong = _row(number, cells, headers)
            rows.append(row)
            findings.extend(wrong)
    if not rows:
        raise refuse(source, "a header without rows", "a row for each workload or host")
    return Sheet(source, columns, headers, tuple(rows), tuple(findings), _losses(table[start], headers, columns))


def _headers(
    texts: list[str], columns: Sequence[Column], resources: tuple[str, ...], source: str
) -> tuple[Header | None, ...]:
    headers = tuple(_header(text.strip(), columns, resources) for text in texts)
    taken: dict[Any, str] = {}
    for header in headers:
        if header and header.column.path in taken:
            found = f"the columns {taken[header.column.path]} and {header.text}, which mean the same"
            raise refuse(source, found, "one of them", place="row 1")
        if header:
            taken[header.column.path] = header.text
    if not taken:
        known = ", ".join(column.name for column in columns)
        shown = ", ".join(repr(text) for text in texts[:5])
        raise refuse(source, f"the columns {shown}", f"a header with some of: {known}", place="row 1")
    return headers


def _header(text: str, columns: Sequence[Column], resources: tuple[str, ...]) -> Header | None:
    if "/" in text and " " not in text:
        return Header(text, Column(text, (*resources, text)))
    word = _word(text)
    for column in columns:
        if word in (column.name, *column.synonyms):
            return Header(text, column)
        for ending, unit in (column.suffixes or {}).items():
            if word.removesuffix(f"_{ending}") in (column.name, *column.synonyms):
                return Header(text, column, unit)
    return None


def _word(text: str) -> str:
    """A header in the spelling of our names: `Memory (GiB)` is `memory_gib`."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _row(number: int, cells: list[str], headers: tuple[Header | None, ...]) -> tuple[Row, list[Finding]]:
    data: dict[str, Any] = {}
    findings = []
    if any(cell.strip() for cell in cells[len(headers) :]):
        findings.append(Finding((f"row {number}",), f"{len(cells)} cells", f"{len(headers)}, as the header has"))
    for header, cell in zip(headers, cells, strict=False):
        if header is None or not cell.strip():
            continue
        try:
            put(data, header.column.path, header.read(cell.strip()))
        except CellError as error:
            findings.append(Finding((f"row {number}, column {header.text}",), error.found, error.expected))
    return Row(number, data), findings


def _losses(texts: list[str], headers: tuple[Header | None, ...], columns: Sequence[Column]) -> LossReport:
    losses = []
    names = [name for column in columns for name in (column.name, *column.synonyms)]
    for text, header in zip(texts, headers, strict=True):
        if header is None and text.strip():
            like = get_close_matches(_word(text), names, n=1, cutoff=0.75)
            hint = f" (did you mean {like[0]!r}?)" if like else ""
            losses.append(Loss(f"column {text.strip()}", "an unknown column", f"not read{hint}", "dropped"))
        elif header and header.column.name not in (text.strip(), _word(text)):
            unit = f", bare numbers in {header.unit}" if header.unit else ""
            losses.append(
                Loss(f"column {text.strip()}", "its meaning", f"read as {header.column.name}{unit}", "assumed")
            )
    return tuple(losses)
