"""The contest's tables as arrays of the levelling solver, and its answers as placements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.contest.tables import Floats, Tables
from planner.solvers.levelling import LevellingProblem
from planner.solvers.levelling.problem import Ints

FINEST, LARGEST = 1e6, 2**30
"""Units of one core or gigabyte, fewer where capacities would not stay below the largest number."""


@dataclass(frozen=True)
class Arrays:
    """The problem, and what its numbers stand for.

    Attributes
    ----------
    problem : LevellingProblem
    containers : list of str
        Names in the order of `problem.item_of`.
    hosts : int64[H]
        Row in the tables of each host of the problem.
    """

    problem: LevellingProblem
    containers: list[str]
    hosts: np.ndarray

    def placement(self, tables: Tables, host: Ints) -> dict[str, int]:
        """Host row of each placed container; of equal containers, those stay that are on one of their hosts now."""
        placed: dict[str, int] = {}
        items = self.problem.item_of
        for start, end in zip(*_runs(items), strict=True):
            names = self.containers[start:end]
            rows = [int(self.hosts[h]) for h in host[start:end] if h >= 0]
            movers = []
            for name in names:
                if tables.current.get(name) in rows:
                    placed[name] = tables.current[name]
                    rows.remove(placed[name])
                else:
                    movers.append(name)
            placed.update(zip(movers, rows, strict=False))
        return placed


def arrays_of(tables: Tables) -> Arrays:
    """Integers throughout: needs are rounded up, capacities down; hosts of equal capacity are one type."""
    unit = _units(tables.capacity.max(axis=0))
    need = np.ceil(tables.need * unit - 1e-3).astype(np.int32)
    room, kind, number = np.unique(
        np.floor(tables.capacity * unit + 1e-3).astype(np.int32), axis=0, return_inverse=True, return_counts=True
    )
    app = np.array(list(tables.app_of.values()))
    names = np.array(list(tables.app_of))[np.argsort(app, kind="stable")]
    times = tables.times
    problem = LevellingProblem(
        load=need[:, :times].copy(),
        need=need[:, times:].copy(),
        count=np.bincount(app, minlength=len(need)).astype(np.int32),
        power=room[:, :times].min(axis=1),
        room=room[:, times:].copy(),
        hosts=number.astype(np.int32),
        rules=np.array(tables.limits, np.int32).reshape(-1, 3),
    )
    return Arrays(problem, names.tolist(), np.argsort(kind.ravel(), kind="stable"))


def _units(largest: Floats) -> Floats:
    """Units for each column: the finest power of ten that keeps its largest capacity small enough."""
    spare = np.floor(np.log10((LARGEST - 1) / np.maximum(largest, 1.0)))
    return np.minimum(FINEST, 10.0**spare)


def _runs(items: Ints) -> tuple[list[int], list[int]]:
    edges = [0, *(np.flatnonzero(np.diff(items)) + 1).tolist(), len(items)]
    return edges[:-1], edges[1:]
