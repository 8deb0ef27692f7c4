"""A sample of a large problem: every so many copies of each item type, whose plan is then multiplied.

Where every shape has hundreds of copies, good hosts are the same whatever their number. They are found faster with a
twentieth of the copies; the plan of the sample, so many times, leaves few copies to be placed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.forms import HOST

LEFT = 0.03
"""The part of all copies that a sample may leave out, for it takes whole copies of each item type only."""
LEAST, MOST = 4, 64
"""How many times larger than its sample a problem is."""


@dataclass(frozen=True, eq=False)
class Sample:
    """The smaller problem, and how many times its plan is used."""

    problem: Problem
    times: int

    @classmethod
    def of(cls, problem: Problem, hosts: int, enough: int) -> Sample | None:
        """A sample that needs about `enough` hosts where the whole needs `hosts`; None where none is to be had.

        Forms that relate counts to each other do not survive multiplication: spreads, what stands apart,
        together or near in domains, kept room; nor do hosts that must stay.
        """
        related = problem.spreads or problem.together or problem.near or problem.rooms or problem.required.any()
        if related or any(form.level != HOST for form in problem.apart):
            return None
        most = min(MOST, hosts // max(1, enough))
        few = LEFT * int(problem.count.sum())
        times = next((n for n in range(most, LEAST - 1, -1) if int((problem.count % n).sum()) <= few), None)
        if times is None:
            return None
        smaller = replace(
            problem,
            count=problem.count // times,
            available=np.where(problem.available < UNLIMITED, problem.available // times, problem.available),
            limits=tuple(
                limit if limit.level == HOST else replace(limit, most=limit.most // times) for limit in problem.limits
            ),
            quotas=tuple(replace(quota, most=quota.most // times) for quota in problem.quotas),
            caps=tuple(replace(cap, most=cap.most // times) for cap in problem.caps),
        )
        return cls(smaller, times)

    def grown(self, solution: Solution) -> Solution:
        """The plan of the sample, so many times."""
        return replace(solution, multiplicity=solution.multiplicity * self.times)
