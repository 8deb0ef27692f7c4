"""What the search returns, and what it tells on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from planner.solvers.reassign.problem import Integers

Ended = Literal["optimal", "gap", "time", "iterations", "cancelled"]


@dataclass(frozen=True, eq=False)
class Reassigned:
    """An assignment that keeps all rules.

    Attributes
    ----------
    place : (P,) int64
        The machine of each process.
    cost, bound : int
        Its cost; what no assignment can fall below.
    ended : str
        Why the search ended; `optimal` where cost and bound meet.
    seconds : float
    """

    place: Integers
    cost: int
    bound: int
    ended: Ended
    seconds: float

    @property
    def gap(self) -> float:
        """(cost - bound) / cost, and 0 where both are 0."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


class Watcher(Protocol):
    """Anyone who wants to see progress."""

    def __call__(self, seconds: float, cost: int, bound: int) -> None:
        """Take a cost better than all before; called from the search's threads."""
