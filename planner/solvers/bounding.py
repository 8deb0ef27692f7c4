"""Bounds made beside the search for plans, where they take long and nobody proves anything on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.bounds.best import best_bounds
from planner.bounds.bound import Bound
from planner.problem import Problem, Solution
from planner.problem.forms import HOST
from planner.solvers.result import Observer, Result, deciding_goal, progress_of
from planner.solvers.stop import Clock

COLUMNS = 0.9
"""Of the time left, what column generation may use for each tier."""
LOST = 0.02
"""The part of a bound that column generation does not win back, where leaving out the rules on domains costs it."""


@dataclass(frozen=True)
class Bounding:
    """Proves and does not search: the start with better bounds.

    First those of the problem, then, by patterns of hosts, those of the problem without rules that bind domains.
    """

    def solve(self, problem: Problem, clock: Clock, start: Solution, observer: Observer | None = None) -> Result:
        """The bounds of tiers, given what `start` reaches in earlier ones."""
        tier = problem.goals.index(deciding_goal(problem.goals))
        bounds = best_bounds(problem, start, clock)
        free = without_domains(problem)
        if free is not problem and not clock.over:
            linear = best_bounds(free, start, clock)
            bounds = better(bounds, linear)
            if linear[tier].value < (1 - LOST) * bounds[tier].value:
                free = problem
        if observer is not None:
            observer(progress_of(problem, start, bounds[tier].value or None, clock, "bounds"))
        if (free is not problem or not problem.has_domain_forms) and not clock.over:
            bounds = better(bounds, best_bounds(free, start, clock, columns=COLUMNS))
        return Result(start, bounds, "exhausted", "bounds", clock.elapsed)


def without_domains(problem: Problem) -> Problem:
    """The problem without the rules that bind domains: what no plan of it can beat, none of the whole can."""
    if not problem.has_domain_forms:
        return problem
    return replace(
        problem,
        limits=tuple(form for form in problem.limits if form.level == HOST),
        apart=tuple(form for form in problem.apart if form.level == HOST),
        together=(),
        near=(),
        spreads=(),
    )


def better(one: tuple[Bound, ...], other: tuple[Bound, ...]) -> tuple[Bound, ...]:
    """The better bound of each tier."""
    return tuple(a.better(b) for a, b in zip(one, other, strict=True))
