"""Tables that users bring: CSV, CSV.gz or Parquet, read column by column, with every wrong cell told by its line."""

from __future__ import annotations

import csv
import gzip
import importlib
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from models.references import nearest
from models.reports import Finding
from planner.errors import InputError
from planner.simulation.recorder import Floats

GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
"""How such files begin."""
LARGEST = 1e12
"""No amount in a table is larger: times in milliseconds stay far below those that never come."""


@dataclass(frozen=True)
class Column:
    """A column of numbers.

    Attributes
    ----------
    name : str
    least, most : float
        What a cell may be.
    blank : float, optional
        What an empty cell means; without it, none may be empty.
    """

    name: str
    least: float = 0.0
    most: float = LARGEST
    blank: float | None = None

    @property
    def expected(self) -> str:
        """What a cell should be, for people."""
        most = "" if self.most >= LARGEST else f", at most {self.most:g}"
        return f"a number, at least {self.least:g}{most}" + ("" if self.blank is None else ", or nothing")

    def number(self, cell: object) -> float:
        """The number in a cell; NaN where it is wrong."""
        if cell is None or cell == "":
            return math.nan if self.blank is None else self.blank
        try:
            value = float(cell)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return math.nan
        return value if self.least <= value <= self.most else math.nan


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table.

    Attributes
    ----------
    source : str
        The file's name.
    lines : list of int
        Where each row stands in the file: its line, or its number from 1 where there are no lines.
    cells : dict of str to list
        By column, what stands there.
    """

    source: str
    lines: list[int]
    cells: dict[str, list[Any]]

    def numbers(self, column: Column) -> Floats:
        """A column of numbers.

        Raises
        ------
        InputError
            With all cells that are no such number.
        """
        cells = self.cells[column.name]
        numbers = np.fromiter((column.number(cell) for cell in cells), dtype=np.float64, count=len(cells))
        self.refuse(np.flatnonzero(np.isnan(numbers)).tolist(), column.name, column.expected)
        return numbers

    def choices(self, name: str, known: Sequence[str]) -> list[int]:
        """A column of names as numbers in `known`.

        Raises
        ------
        InputError
            With all cells that are none of them.
        """
        number = {each: n for n, each in enumerate(known)}
        cells = self.cells[name]
        found = [number.get(cell, -1) for cell in cells]
        wrong = [n for n, each in enumerate(found) if each < 0]
        self.refuse(wrong, name, f"one of {', '.join(known)}", known)
        return found

    def refuse(self, wrong: Sequence[int], name: str, expected: str, known: Sequence[str] = ()) -> None:
        """Raise an error if cells of a column are wrong, by their rows."""
        if wrong:
            raise InputError(self.source, [self._finding(n, name, expected, known) for n in wrong])

    def _finding(self, n: int, name: str, expected: str, known: Sequence[str]) -> Finding:
        cell = self.cells[name][n]
        blank = cell is None or cell == ""
        found = "a blank" if blank else repr(cell)
        return Finding(("row", self.lines[n], name), found, expected, nearest(str(cell), known) if known else "")


def read_sheet(path: str | Path, columns: Sequence[str]) -> Sheet:
    """Read the columns of a table; others that it has are left alone.

    Parameters
    ----------
    path : str or Path
        CSV with a header, as it is or packed by gzip, or Parquet if `pyarrow` is installed.
    columns : sequence of str
        Names that the table must have.

    Raises
    ------
    InputError
        If there is no such file, it is no such table, or a column is missing.
    """
    source, path = str(path), Path(path)
    try:
        with path.open("rb") as file:
            begin = file.read(4)
        if begin == PARQUET:
            return _from_parquet(source, columns)
        with (
            gzip.open(path, "rt", encoding="utf-8-sig", newline="")
            if begin[:2] == GZIP
            else path.open(encoding="utf-8-sig", newline="") as text
        ):
            return _from_csv(source, text, columns)
    except FileNotFoundError:
        raise _refused(source, "no such file", "a table in CSV, CSV.gz or Parquet") from None
    except IsADirectoryError:
        raise _refused(source, "a directory", "a table in CSV, CSV.gz or Parquet") from None
    except UnicodeDecodeError:
        raise _refused(source, "a file that is no UTF-8 text", "a table in CSV, CSV.gz or Parquet") from None
    except (OSError, EOFError, zlib.error) as error:
        raise _refused(source, f"a file that cannot be read ({error})", "a readable file") from None


def _from_csv(source: str, text: IO[str], columns: Sequence[str]) -> Sheet:
    reader = csv.reader(text, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        if not any(names):
            raise _refused(source, "an empty table", "a header and rows")
        _require(source, names, columns)
        rows = list(_rows(source, reader, len(names)))
    except csv.Error as error:
        raise InputError(source, [Finding(("row", reader.line_num), str(error), "a CSV table")]) from None
    place = {name: names.index(name) for name in columns}
    cells = {name: [row[at].strip() for _, row in rows] for name, at in place.items()}
    return Sheet(source, [line for line, _ in rows], cells)


def _rows(source: str, reader: Any, width: int) -> Iterator[tuple[int, list[str]]]:
    """Rows with their lines; empty lines are none."""
    for row in reader:
        if row and len(row) != width:
            raise InputError(source, [Finding(("row", reader.line_num), f"{len(row)} cells", f"{width} cells")])
        if row:
            yield reader.line_num, row


def _from_parquet(source: str, columns: Sequence[str]) -> Sheet:
    try:
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise _refused(source, "a Parquet file", "CSV, or the package pyarrow to be installed") from None
    file = parquet.ParquetFile(source)
    _require(source, list(file.schema_arrow.names), columns)
    table = file.read(columns=list(columns))
    return Sheet(source, list(range(1, table.num_rows + 1)), {name: table[name].to_pylist() for name in columns})


def _require(source: str, names: Sequence[str], columns: Sequence[str]) -> None:
    found = f"the columns {', '.join(names)}"
    absent = [name for name in columns if name not in names]
    missing = [Finding(("row", 1), found, f"a column {name!r}", nearest(name, names)) for name in absent]
    if missing:
        raise InputError(source, missing)


def _refused(source: str, found: str, expected: str) -> InputError:
    return InputError(source, [Finding((), found, expected)])
