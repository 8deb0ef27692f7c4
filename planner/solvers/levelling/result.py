"""What levelling returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from planner.solvers.levelling.problem import Ints
from planner.solvers.result import relative_gap

Ended = Literal["gap", "time", "iterations", "cancelled"]


@dataclass(frozen=True)
class LevellingResult:
    """A placement, how good it is known to be, and why the search ended.

    Attributes
    ----------
    host : int32[C]
        Host of each container in the order of `LevellingProblem.item_of`; -1 where unplaced.
    cost : float
        Of all hosts in use.
    bound : float
        No placement of all containers costs less.
    unplaced : int
    ended : str
    rounds : int
        Iterations that were run.
    seconds : float
    """

    host: Ints
    cost: float
    bound: float
    unplaced: int
    ended: Ended
    rounds: int
    seconds: float

    @property
    def gap(self) -> float:
        """(cost - bound) / cost."""
        return relative_gap(self.cost, self.bound)


class Observer(Protocol):
    """Anyone who wants to see progress."""

    def __call__(self, seconds: float, cost: float, bound: float, unplaced: int) -> None:
        """Take one line of progress; called after every round, should be quick."""
