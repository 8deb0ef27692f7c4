"""Licences: paid for every host that runs one of some items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.problem.solution import Solution

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Licence:
    """`weight[b]` micro-USD per hour for every host of bin type b with a copy of one of `items`.

    Where a licensed daemonset runs, `everywhere[b]`, any host is paid for.
    """

    items: Ints
    weight: Ints
    everywhere: Bools
    rule: str

    def cost(self, solution: Solution) -> int:
        """Micro-USD per hour."""
        host = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
        licensed = self.everywhere[solution.bin]
        licensed[host[np.isin(solution.item, self.items) & (solution.copies > 0)]] = True
        return int((self.weight[solution.bin] * solution.multiplicity)[licensed].sum())
