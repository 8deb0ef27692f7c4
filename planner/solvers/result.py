"""What a solver returns, and what it tells on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from models.goals import GoalTier
from planner.bounds.bound import Bound
from planner.problem import Problem, Solution
from planner.problem.score import tier_value, unplaced
from planner.solvers.stop import Clock, Stop

Ended = Literal["optimal", "gap", "time", "iterations", "cancelled", "exhausted", "infeasible"]


UNBOUNDED = frozenset({"breaches", "egress", "fragmentation", "risk"})
"""Goals without bounds beyond 0: plans are compared by them, nothing is proven of them."""


@dataclass(frozen=True)
class Result:
    """A solution, how good it is known to be, and why the solver ended.

    Attributes
    ----------
    solution : Solution
        May leave copies unplaced; breaks no form.
    bounds : tuple of Bound
        One per goal tier, in the problem's order.
    ended : str
    solver : str
        The solver that found the solution.
    seconds : float
    conflict : tuple of str
        Where not everything can be placed and that is proven: what stands in the way.
    """

    solution: Solution
    bounds: tuple[Bound, ...]
    ended: Ended
    solver: str
    seconds: float
    conflict: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Progress:
    """One line of progress: the deciding tier's incumbent against its bound."""

    seconds: float
    goal: str
    incumbent: float | None
    bound: float | None
    unplaced: int
    note: str

    @property
    def gap(self) -> float | None:
        """Relative gap; None while either side is unknown."""
        if self.incumbent is None or self.bound is None:
            return None
        return relative_gap(self.incumbent, self.bound)


def relative_gap(value: float, bound: float) -> float:
    """(value - bound) / value, and 0 where both are 0."""
    return 0.0 if value <= bound else (value - bound) / abs(value)


def deciding_goal(goals: tuple[GoalTier, ...]) -> GoalTier:
    """The first goal beyond placing everything that has bounds: the one by which gaps are told.

    Where there is none, the first beyond placing everything.
    """
    beyond = [goal for goal in goals if goal.goal != "unplaced"]
    bounded = [goal for goal in beyond if goal.goal not in UNBOUNDED]
    return next(iter([*bounded, *beyond, *goals]))


def progress_of(problem: Problem, solution: Solution, bound: float | None, clock: Clock, note: str) -> Progress:
    """A progress line for an incumbent."""
    goal = deciding_goal(problem.goals)
    left = int(unplaced(problem, solution).sum())
    return Progress(clock.elapsed, goal.goal, tier_value(problem, solution, goal), bound, left, note)


class Observer(Protocol):
    """Anyone who wants to see progress."""

    def __call__(self, progress: Progress) -> None:
        """Take one progress line; called often, should be quick."""


class Solver(Protocol):
    """The contract of all solvers: see README.md."""

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Solve until the stop is met; a running clock is shared with the solver around."""
