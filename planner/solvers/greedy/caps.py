"""Caps as kernels want them: what a copy of each row weighs on each bin type."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.problem import Problem
from planner.problem.forms import Ints

Content = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class CapRows:
    """The caps that a row is in: those at `start[k]` to `start[k + 1]` of the others.

    Attributes
    ----------
    start : int64[K + 1]
    of, row : int64[start[K]]
        The cap, and the row of `table` with what one copy weighs in it.
    table : int64[N, B]
    most : int64[C]
    """

    start: Ints
    of: Ints
    row: Ints
    table: Ints
    most: Ints

    @classmethod
    def of_units(cls, problem: Problem, contents: list[Content]) -> CapRows:
        """The caps of whole units, each (item type, copies) pairs; equal rows are kept once."""
        row_of = [{int(i): k for k, i in enumerate(cap.items)} for cap in problem.caps]
        start, of, row = [0], list[int](), list[int]()
        table: list[Ints] = []
        known: dict[bytes, int] = {}
        for content in contents:
            for c, cap in enumerate(problem.caps):
                inside = [cap.weight[row_of[c][i]] * n for i, n in content if i in row_of[c]]
                if inside:
                    weight = np.sum(inside, axis=0)
                    n = known.setdefault(weight.tobytes(), len(table))
                    if n == len(table):
                        table.append(weight)
                    of.append(c)
                    row.append(n)
            start.append(len(of))
        return cls(
            np.array(start, dtype=np.int64), np.array(of, dtype=np.int64), np.array(row, dtype=np.int64),
            np.array(table, dtype=np.int64).reshape(len(table), problem.bins),
            np.array([cap.most for cap in problem.caps], dtype=np.int64),
        )  # fmt: skip
