"""Solvers small enough to be understood at a glance, for tests of what stands around solvers."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from planner.bounds.bound import TRIVIAL, Bound
from planner.problem import Problem, Solution, broken_forms
from planner.problem.score import tier_value
from planner.solvers.result import Progress, Result


@dataclass(frozen=True)
class FirstFit:
    """Places replica after replica wherever no form breaks, on hosts in use first, then on the cheapest.

    `proves` makes its own values the bounds; `conflict` is told as proven; with `pause` it waits for
    the clock, reporting progress every so many seconds; `idle` places nothing; `stubborn` does not
    listen to the clock.
    """

    proves: bool = False
    conflict: tuple[str, ...] = ()
    pause: float = 0
    idle: bool = False
    stubborn: bool = False

    def solve(self, problem, stop, *, seed=0, start=None, observer=None):
        clock = stop.start()
        hosts = [(int(b), {}) for b in np.flatnonzero(problem.required) for _ in range(problem.required[b])]
        solution = _solution(hosts)
        if not self.idle:
            for item in np.argsort(-problem.priority, kind="stable"):
                for _ in range(int(problem.count[item])):
                    if not _place(problem, hosts, int(item)):
                        break
            solution = _solution(hosts)
        while self.pause and (self.stubborn or not clock.over):
            time.sleep(self.pause)
            if observer:
                left = int((problem.count - solution.placed(problem.items)).sum())
                observer(Progress(clock.elapsed, "hosts", float(len(hosts)), 0.0, left, "fake"))
        bounds = tuple(
            Bound(tier_value(problem, solution, goal), "fake") if self.proves else TRIVIAL for goal in problem.goals
        )
        ended = "cancelled" if clock.cancelled else "time" if self.pause or self.idle else "exhausted"
        return Result(solution, bounds, ended, "fake", clock.elapsed, self.conflict)


def _solution(hosts):
    return Solution.of([(b, 1, content) for b, content in hosts])


def _place(problem: Problem, hosts, item: int) -> bool:
    already = set(broken_forms(problem, _solution(hosts)))
    fresh = [(int(b), {}) for b in np.argsort(problem.price, kind="stable")]
    for bin_type, content in [*hosts, *fresh]:
        if not problem.fits[item, bin_type]:
            continue
        tried = [*hosts, (bin_type, content)] if not any(content is known for _, known in hosts) else hosts
        content[item] = content.get(item, 0) + 1
        if not set(broken_forms(problem, _solution(tried))) - already:
            if tried is not hosts:
                hosts.append((bin_type, content))
            return True
        content[item] -= 1
    return False
