"""The search: improves a plan by emptying hosts and packing them anew, and by local moves, as long as it may."""

from __future__ import annotations

from dataclasses import dataclass, field

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.given import carried
from planner.problem import Problem, Solution, score
from planner.solvers.greedy import Greedy
from planner.solvers.result import Observer, Result, deciding_goal
from planner.solvers.search.books import joined
from planner.solvers.search.objective import LINEAR
from planner.solvers.search.run import Run
from planner.solvers.stop import Clock, Stop

GREEDY = 0.3
"""Of the time, what the greedy start may use."""


@dataclass(frozen=True)
class Search:
    """Ruin and recreate, and local moves, under annealing, on two threads or one.

    Attributes
    ----------
    greedy : Greedy
        Makes the start where none is given.
    hot, cold : float
        The temperature at the beginning and at the end, in prices of a typical host.
    threads : int
        1 or 2.
    """

    greedy: Greedy = field(default_factory=Greedy)
    hot: float = 0.03
    cold: float = 0.0003
    threads: int = 2

    def can(self, problem: Problem) -> bool:
        """Whether there is anything to search: copies come first, and a goal that is a sum follows."""
        return problem.goals[0].goal == "unplaced" and any(goal.goal in LINEAR for goal in problem.goals)

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Improve the start, or what `greedy` finds, until the stop is met; one iteration is one move."""
        clock = stop.start()
        bounds = tuple(TRIVIAL for _ in problem.goals)
        if start is None:
            begun = self.greedy.solve(problem, clock.part(GREEDY), seed=seed, observer=observer)
            start, bounds = begun.solution, begun.bounds
        enough = _enough(problem, bounds, clock)
        run = Run(problem.core, clock, seed, start, observer, self.hot, self.cold, enough, self.threads)
        if self.can(problem) and problem.count.any() and problem.fits.any():
            run.improve()
        best = min((start, joined(run.best)), key=lambda solution: score(problem, solution))
        return Result(best, carried(problem, bounds, start, best), run.ended, "search", clock.elapsed)


def _enough(problem: Problem, bounds: tuple[Bound, ...], clock: Clock) -> float | None:
    """The value of the deciding tier with which the gap goal is met, where there is one."""
    bound = bounds[problem.goals.index(deciding_goal(problem.goals))].value
    return bound / (1 - clock.stop.gap) if 0 < clock.stop.gap < 1 else None
