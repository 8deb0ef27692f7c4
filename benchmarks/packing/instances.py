"""Instances of vector bin packing: reading them and their best known values, choosing a sample."""

from __future__ import annotations

import csv
import json
import lzma
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Instance:
    """Items, each a vector of needs and how many of it, and the capacity of one bin."""

    name: str
    capacity: tuple[int, ...]
    items: tuple[tuple[int, ...], ...]
    demand: tuple[int, ...]


def read_instances(file: Path) -> list[Instance]:
    """Read a file of one JSON object a line, plain or packed by xz."""
    return [
        Instance(
            name=one["name"],
            capacity=tuple(one["capacity"]),
            items=tuple(map(tuple, one["items"])),
            demand=tuple(one.get("demand") or [1] * len(one["items"])),
        )
        for one in map(json.loads, _lines(file))
    ]


def _lines(file: Path) -> Iterator[str]:
    with lzma.open(file, "rt", encoding="utf-8") if file.suffix == ".xz" else file.open(encoding="utf-8") as lines:
        yield from (line for line in lines if line.strip())


@dataclass(frozen=True)
class Known:
    """What is published of an instance: the fewest bins, whether that is proven, the best heuristic's."""

    best: int
    proven: bool
    heuristic: int | None


def read_best(file: Path) -> dict[str, Known]:
    """Read best known values: the column `optimum`, else the least of the upper bounds and heuristics."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: _known(row) for row in csv.DictReader(lines)}


def _known(row: dict[str, str]) -> Known:
    reached = [
        int(value)
        for column, value in row.items()
        if value and (column.startswith("best_") or column in ("upper_bound", "ffd_recomputed", "optimum"))
    ]
    heuristic = int(row["best_heuristic"]) if row.get("best_heuristic") else None
    return Known(min(reached), bool(row.get("optimum")), heuristic)


def sample(all_of_them: Sequence[_T], limit: int | None) -> list[_T]:
    """At most `limit` of them, evenly spread from the first to the last."""
    if limit is None or limit >= len(all_of_them):
        return list(all_of_them)
    last = len(all_of_them) - 1
    return [all_of_them[round(n * last / max(1, limit - 1))] for n in range(limit)]
