"""Columns: how one cell of a table and one place of a model stand for each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Path = tuple[str | int, ...]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CellError(ValueError):
    """A cell that cannot be read: what was found, and what is expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(f"found {found}, expected {expected}")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Parameters
    ----------
    name : str
        The header that is written, and read in any case.
    path : tuple of str or int
        Where in the model the value goes; an integer step is a place in a list.
    synonyms : tuple of str
        Other headers that people use, in lower case with underscores.
    read : callable
        From a cell that is not blank to what the model reads. Raises `CellError`.
    write : callable
        From what the model's dump holds there to a cell.
    suffixes : mapping of str to str
        Endings of the header that say a unit, with what they append to a bare number.
    """

    name: str
    path: Path
    synonyms: tuple[str, ...] = ()
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    suffixes: Mapping[str, str] | None = None


def put(row: dict[str, Any], path: Path, value: Any) -> None:
    """Set a value deep inside a row, making the mappings (or one-entry lists) on the way."""
    here: Any = row
    for step, following in pairwise(path):
        if isinstance(step, str):
            here.setdefault(step, [{}] if isinstance(following, int) else {})
        here = here[step]
    here[path[-1]] = value


def get(row: Any, path: Path) -> Any:
    """The value deep inside a row; None where it is not stated."""
    for step in path:
        if isinstance(step, int):
            row = row[step] if isinstance(row, list) and step < len(row) else None
        else:
            row = row.get(step) if isinstance(row, dict) else None
    return row


def plain_text(cell: str) -> str:
    """Text that is no spreadsheet formula.

    A leading apostrophe keeps text plain in spreadsheets; the one that `guarded` added is taken
    off again.
    """
    if cell.startswith(_FORMULA):
        raise CellError(f"{cell!r}, which a spreadsheet takes for a formula", f"plain text (or '{cell}, kept as it is)")
    guarded_by_us = cell.startswith("'") and cell[1:].startswith((*_FORMULA, "'"))
    return cell[1:] if guarded_by_us else cell


def guarded(text: str) -> str:
    """Text as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def memory(cell: str) -> str:
    """An amount of memory or disk; a bare number below 1 MiB is surely meant in another unit."""
    if cell.replace(".", "", 1).isdigit() and 0 < float(cell) < 2**20:
        raise CellError(repr(cell), f"a quantity with its unit, such as {cell}Gi")
    return cell


def written_memory(amount: str) -> str:
    """An amount as a cell that `memory` accepts: 1000 bytes are meant where 1000 stands."""
    return f"{amount}e0" if amount.isdigit() and int(amount) < 2**20 else amount


def flag(cell: str) -> bool:
    """A yes or no."""
    word = cell.lower()
    if word not in ("true", "yes", "1", "false", "no", "0"):
        raise CellError(repr(cell), "true or false")
    return word in ("true", "yes", "1")


def mapping(cell: str) -> dict[str, str]:
    """`a=b;c=d` as a mapping."""
    pairs: dict[str, str] = {}
    for part in filter(None, map(str.strip, plain_text(cell).split(";"))):
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise CellError(repr(part), "key=value, several of them separated by ;")
        if key.strip() in pairs:
            raise CellError(f"the key {key.strip()!r} twice", "every key once")
        pairs[key.strip()] = value.strip()
    return pairs


def unwritable(pairs: Mapping[str, Any]) -> list[str]:
    """Keys whose pair would not come back from a cell, because of a `;`, a `=` or outer spaces."""
    keys = []
    for key, value in pairs.items():
        text = str(value)
        if not key or set(";=") & set(key) or ";" in text or key.strip() != key or text.strip() != text:
            keys.append(key)
    return keys


def written_mapping(pairs: Mapping[str, Any]) -> str:
    """A mapping as `a=b;c=d`, without what cannot be written."""
    lost = unwritable(pairs)
    return guarded(";".join(f"{key}={value}" for key, value in pairs.items() if key not in lost))


def taints(cell: str) -> list[dict[str, str]]:
    """`key=value:Effect;key:Effect` as taints."""
    found = []
    for part in filter(None, map(str.strip, plain_text(cell).split(";"))):
        marked, colon, effect = part.rpartition(":")
        key, _, value = marked.partition("=")
        if not colon or not key:
            raise CellError(repr(part), "key=value:Effect or key:Effect, several of them separated by ;")
        found.append({"key": key, "value": value, "effect": effect})
    return found


def written_taints(found: list[Mapping[str, str]]) -> str:
    """Taints as `key=value:Effect;key:Effect`."""
    parts = []
    for taint in found:
        value = f"={taint['value']}" if taint.get("value") else ""
        parts.append(f"{taint['key']}{value}:{taint.get('effect', 'NoSchedule')}")
    return guarded(";".join(parts))
