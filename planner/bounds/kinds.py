"""What tells item types and bin types apart beside size, room and forms on domains.

Two item types of equal *kind* cost the same wherever they go, have both moved or not, and weigh the same in
every cap; two bin types of equal kind cost, weigh and emit the same whatever they carry.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]


def item_kinds(problem: Problem) -> Ints:
    """int64[I]: equal numbers for item types of one kind."""
    tables = [table for table in (problem.placing, problem.moving) if table is not None]
    if not tables and not problem.caps:
        return np.zeros(problem.items, dtype=np.int64)
    known: dict[tuple[object, ...], int] = {}
    weighs: list[list[bytes]] = [[] for _ in range(problem.items)]
    for n, cap in enumerate(problem.caps):
        for i, k in {i: k for k, i in enumerate(cap.items.tolist())}.items():  # workloads may share an item type
            weighs[i] += [n.to_bytes(4, "big"), cap.weight[k].tobytes()]
    kinds = [
        known.setdefault((*(table[i].tobytes() for table in tables), *weighs[i]), len(known))
        for i in range(problem.items)
    ]
    return np.array(kinds, dtype=np.int64)


def bin_kinds(problem: Problem, items: Ints | None = None) -> Ints:
    """int64[B]: equal numbers for bin types of one kind, for some item types or all."""
    rows = np.arange(problem.items) if items is None else items
    tables = [table[rows].astype(np.int64) for table in (problem.placing, problem.moving) if table is not None]
    tables += [cap.weight[np.isin(cap.items, rows)] for cap in problem.caps]
    tables += [] if problem.carbon is None else [problem.carbon[None, :]]
    if not tables:
        return np.zeros(problem.bins, dtype=np.int64)
    columns = np.ascontiguousarray(np.concatenate(tables).T)
    known: dict[bytes, int] = {}
    return np.array([known.setdefault(column.tobytes(), len(known)) for column in columns], dtype=np.int64)


def carried_over(problem: Problem, items: Ints, bins: Ints | None = None) -> dict[str, Any]:
    """Placing, moving, carbon and caps for a problem whose item types stand for `items`, its bin types for `bins`.

    Parameters
    ----------
    problem : Problem
    items : int64[new I]
        The item type of `problem` that each new one is like; it may occur more than once.
    bins : int64[new B], optional
        Alike for bin types; all of them by default.
    """
    columns = np.arange(problem.bins) if bins is None else bins
    at = np.ix_(items, columns)
    caps = []
    for cap in problem.caps:
        row = np.full(problem.items, -1, dtype=np.int64)
        row[cap.items] = np.arange(len(cap.items))
        inside = np.flatnonzero(row[items] >= 0)
        if len(inside):
            caps.append(replace(cap, items=inside, weight=cap.weight[np.ix_(row[items[inside]], columns)]))
    return {
        "placing": None if problem.placing is None else problem.placing[at],
        "moving": None if problem.moving is None else problem.moving[at],
        "carbon": None if problem.carbon is None else problem.carbon[columns],
        "caps": tuple(caps),
    }
