"""What may still be opened while a plan is put together from patterns."""

from __future__ import annotations

import numpy as np

from planner.bounds.columns import Generation
from planner.problem.forms import Ints

FREE = 2**40


class Supply:
    """Hosts of each kind and budgets that are left."""

    def __init__(self, run: Generation) -> None:
        self.run = run
        self.hosts = run.hosts.available.astype(np.int64)
        self.rows = np.array([row.most for row in run.linking.rows])

    def room(self, kind: int, content: Ints) -> int:
        """How many more hosts of a kind with copies int64[C] may be opened."""
        free = int(self.hosts[kind])
        for n, weight in self.run.linking.weights(kind, content):
            if weight > 0:
                free = min(free, int(np.floor(self.rows[n] / weight + 1e-9)))
        return max(0, free)

    def take(self, kind: int, content: Ints, times: int) -> None:
        """Open hosts."""
        self.hosts[kind] -= times
        for n, weight in self.run.linking.weights(kind, content):
            self.rows[n] -= weight * times
