"""Shaving: hosts that are there to take over, dropped or exchanged for cheaper ones while a plan stays one.

Empty hosts are all that is touched, so that nothing but room can go missing. Of equal hosts, a part goes at once,
so that all domains keep about the same; the number is halved until the plan holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from planner.problem import Problem, Solution
from planner.solvers.steered.charged import host_charge

TRIED = 4
"""How many cheaper bin types are tried in exchange for one."""
PART = 4
"""At most one in so many equal hosts goes at once."""


@dataclass(frozen=True)
class Shave:
    """A descent over empty hosts.

    Attributes
    ----------
    problem : Problem
    holds : callable
        Whether a solution is a plan.
    over : callable
        Whether time is up.
    """

    problem: Problem
    holds: Callable[[Solution], bool]
    over: Callable[[], bool]

    def run(self, solution: Solution) -> Solution:
        """Drop what is not needed, then exchange what could be cheaper, until neither helps."""
        if not self.holds(solution):
            return solution
        while not self.over():
            before = solution
            for b in self._empty(solution):
                for other in (None, *self._cheaper(b)):
                    solution = self._exchanged(solution, b, other)
            if solution is before:
                break
        return solution

    @property
    def _charge(self) -> np.ndarray:
        return host_charge(self.problem)

    def _empty(self, solution: Solution) -> list[int]:
        """Bin types of empty hosts that need not stay, the dearest first."""
        bins = {b for b, _, content in solution.patterns() if not content}
        return sorted(bins, key=lambda b: (-int(self._charge[b]), b))

    def _cheaper(self, b: int) -> Iterator[int]:
        """Bin types in the same domains that cost less, the cheapest that could do first."""
        charge = self._charge
        same = (self.problem.domain == self.problem.domain[b]).all(axis=1) & (charge < charge[b])
        bins = np.flatnonzero(same)
        bins = bins[np.argsort(-charge[bins], kind="stable")]
        step = max(1, len(bins) // TRIED)
        yield from bins[::-1][::step].tolist()

    def _exchanged(self, solution: Solution, b: int, other: int | None) -> Solution:
        """As many empty hosts of a bin type as possible exchanged for others, or closed."""
        patterns = [(each, n, content) for each, n, content in solution.patterns() if content or each != b]
        left = sum(n for each, n, content in solution.patterns() if each == b and not content)
        used = solution.bins_used(self.problem.bins)
        most = min(-(-left // PART), int(used[b] - self.problem.required[b]))
        if other is not None:
            most = min(most, int(self.problem.available[other] - used[other]))
        while most > 0 and not self.over():
            new = [] if other is None else [(other, most, dict[int, int]())]
            changed = Solution.of([*patterns, (b, left - most, {}), *new])
            if self.holds(changed):
                return changed
            most //= 2
        return solution
