"""What is done beside the moves once they stall: hosts seen so far recombined, a few hosts packed anew exactly.

Both look where single moves seldom get: at all hosts of several plans, and at all packings of a few hosts.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from planner.problem import Problem, Solution
from planner.problem.score import unplaced
from planner.solvers.patterns.recombine import recombine
from planner.solvers.search.arrays import Given
from planner.solvers.search.books import Rows
from planner.solvers.search.repair import repaired
from planner.solvers.stop import Clock

MOST_HOSTS = 400
"""Hosts of a plan up to which either is tried."""
REMEMBERED = 64
"""Plans whose hosts are recombined."""
SLICE = 0.5
"""Of the seconds that it may use, what one repair may."""
NODES, WORK = 200, 300
"""Nodes of a recombination, and iterations of a repair, where iterations are limited."""


@dataclass
class Aside:
    """Turns of recombination and repair, and the hosts to recombine.

    Attributes
    ----------
    problem : Problem
    given : Given
    draw : numpy.random.Generator
    seen : deque of Rows
        Good plans, the latest last.
    """

    problem: Problem
    given: Given
    draw: np.random.Generator
    seen: deque[Rows] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    turn: int = 0

    def can(self, plan: Solution) -> bool:
        """Whether plans are small enough for either; what comes in devices is left to the moves."""
        return plan.hosts <= MOST_HOSTS and self.problem.device is None and not unplaced(self.problem, plan).any()

    def better(self, plan: Solution, clock: Clock) -> Solution | None:
        """A better plan than this, by recombination and repair in turn; None where none is found in time.

        Where the clock limits iterations, one repair is made, and equal states give equal answers.
        """
        self.turn += 1
        if self.turn % 2 and not self.problem.has_domain_forms:
            found = recombine(self.problem, self._hosts(), clock.remaining, start=plan, nodes=NODES)
            return None if found is plan else found
        best = plan
        while not clock.over:
            best = repaired(self.problem, self.given, best, self.draw, clock.part(SLICE)) or best
            if clock.stop.iterations is not None:
                break
        return None if best is plan else best

    def _hosts(self) -> list[tuple[int, dict[int, int]]]:
        """Different hosts of the plans seen."""
        found = {(b, tuple(content.items())) for rows in self.seen for b, _, content in rows.solution().patterns()}
        return [(b, dict(content)) for b, content in sorted(found)]
