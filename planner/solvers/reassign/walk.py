"""One search: a state that cools down, and the best assignment it has seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from planner.solvers.reassign.anneal import anneal
from planner.solvers.reassign.facts import Facts
from planner.solvers.reassign.problem import Integers
from planner.solvers.reassign.state import COST, copy_into, state_of

TRIES = 20_000
"""Proposals of one iteration: a few milliseconds."""


class Walk:
    """A walk over assignments, run by one thread."""

    def __init__(self, facts: Facts, seed: int) -> None:
        self.facts, self.state = facts, state_of(facts)
        self.random = np.random.SeedSequence(seed).generate_state(1, np.uint64)
        self.iterations = 0
        self.best: tuple[int, Integers] = (self.cost, facts.home)

    @property
    def cost(self) -> int:
        """Cost of the assignment at hand."""
        return int(self.state.sums[COST])

    def cool(self, heat: Callable[[], float | None]) -> list[tuple[float, float]]:
        """Walk, an iteration at a time, at the temperature asked for, until there is none; what it then cost."""
        seen = []
        while (now := heat()) is not None:
            anneal(self.facts, self.state, now, TRIES, self.random)
            self.iterations += 1
            seen.append((now, float(self.cost)))
            if self.cost < self.best[0]:
                self.best = (self.cost, self.state.place.copy())
        return seen

    def follow(self, other: Walk) -> None:
        """Go on from where another walk is."""
        copy_into(self.state, other.state)
        if other.best[0] < self.best[0]:
            self.best = other.best
