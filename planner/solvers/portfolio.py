"""The portfolio: greedy first, exact where the problem is small, bounds beside both, one clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from planner.bounds.best import best_bounds
from planner.bounds.bound import Bound
from planner.problem import Problem, Solution, score
from planner.problem.score import tier_value
from planner.solvers.cp_sat import CpSat
from planner.solvers.greedy import Greedy
from planner.solvers.result import Ended, Observer, Progress, Result, deciding_goal, relative_gap
from planner.solvers.stop import Clock, Stop
from planner.solvers.twins import Twins
from planner.solvers.zoned import Zoned

ZONED_SHARE = 0.6
"""Of the time left, what packing zone by zone may use where the exact solver can follow."""


@dataclass(frozen=True)
class Portfolio:
    """Greedy, then the exact solver where it can; the better plan and the better bounds are kept.

    Attributes
    ----------
    greedy : Greedy
    exact : CpSat
    zoned : Zoned
    """

    greedy: Greedy = field(default_factory=Greedy)
    exact: CpSat = field(default_factory=CpSat)
    zoned: Zoned = field(default_factory=Zoned)

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Solve until every tier is proven optimal, the gap goal is met, or the stop is.

        Solvers see the core of the problem; what they do not see counts in the score of the result and in
        its bounds. (`steered` looks for plans that do well by it.)
        """
        clock = stop.start()
        twins = Twins.of(problem)
        begun = None if start is None else twins.join(start)
        result = self._solve(twins, clock, seed, begun, _Watched(twins.problem, observer))
        result = replace(result, solution=twins.deal(result.solution))
        if problem.extras:
            best = result.solution if start is None else min(result.solution, start, key=partial(score, problem))
            result = replace(result, solution=best, bounds=best_bounds(problem, best, clock))
        return replace(result, ended=_why(problem, result, clock), seconds=clock.elapsed)

    def _solve(self, twins: Twins, clock: Clock, seed: int, start: Solution | None, watched: _Watched) -> Result:
        """Greedy, then zone by zone, then exact: each begins with the best so far, while there is a gap.

        Bounds are kept from stage to stage: one that holds given the values of earlier tiers also
        holds given better ones.
        """
        problem = twins.problem
        result = self.greedy.solve(problem, clock, seed=seed, start=start, observer=watched)
        watched.bound = result.bounds[watched.tier].value
        if _gaps(problem, result)[watched.tier] == 0:
            result = _bounded(problem, result, clock)
        exact = self.exact.can(problem, result.solution)
        whole = twins.deal(result.solution)
        if not _done(problem, result, clock) and self.zoned.can(twins.whole, whole):
            share = clock.part(ZONED_SHARE if exact else 1.0)
            packed = self.zoned.solve(twins.whole, share, seed=seed, start=whole, observer=watched)
            result = replace(packed, solution=twins.join(packed.solution), bounds=result.bounds)
        if not _done(problem, result, clock) and exact:
            found = self.exact.solve(problem, clock, seed=seed, start=result.solution, observer=watched)
            better = score(problem, found.solution) < score(problem, result.solution)
            found = found if better or _proven(problem, found) else replace(found, solver=result.solver)
            result = replace(found, bounds=_better(found.bounds, result.bounds))
        return _bounded(problem, result, clock)


@dataclass
class _Watched:
    """Passes progress on, with the best bound known for the deciding tier added."""

    problem: Problem
    observer: Observer | None
    bound: float | None = None

    @property
    def tier(self) -> int:
        """The place of the deciding tier among the goals."""
        return self.problem.goals.index(deciding_goal(self.problem.goals))

    def __call__(self, progress: Progress) -> None:
        """Take one progress line."""
        if self.observer is not None:
            known = [bound for bound in (progress.bound, self.bound) if bound is not None]
            self.observer(replace(progress, bound=max(known, default=None)))


def _bounded(problem: Problem, result: Result, clock: Clock) -> Result:
    """The result with independent bounds where they are better and a gap is left."""
    if _proven(problem, result):
        return result
    return replace(result, bounds=_better(result.bounds, best_bounds(problem, result.solution, clock)))


def _better(one: tuple[Bound, ...], other: tuple[Bound, ...]) -> tuple[Bound, ...]:
    return tuple(a.better(b) for a, b in zip(one, other, strict=True))


def _done(problem: Problem, result: Result, clock: Clock) -> bool:
    return clock.over or _proven(problem, result) or _close(problem, result, clock.stop.gap)


def _gaps(problem: Problem, result: Result) -> list[float]:
    values = [tier_value(problem, result.solution, goal) for goal in problem.goals]
    return [relative_gap(value, bound.value) for value, bound in zip(values, result.bounds, strict=True)]


def _proven(problem: Problem, result: Result) -> bool:
    return not any(_gaps(problem, result))


def _close(problem: Problem, result: Result, goal: float) -> bool:
    """Whether the tiers up to the deciding one are within the gap goal (a goal of 0 asks for a proof of all)."""
    tier = problem.goals.index(deciding_goal(problem.goals))
    return goal > 0 and all(gap <= goal for gap in _gaps(problem, result)[: tier + 1])


def _why(problem: Problem, result: Result, clock: Clock) -> Ended:
    if _proven(problem, result):
        return "optimal"
    if _close(problem, result, clock.stop.gap):
        return "gap"
    if clock.cancelled:
        return "cancelled"
    return "time" if clock.over else result.ended
