"""What hosts and copies count in a goal that is a sum over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from planner.bounds.rounding import RELATIVE, round_up
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Objective = Literal["hosts", "cost", "moves", "carbon", "unplaced"]


@dataclass(frozen=True, eq=False)
class Charge:
    """The value of a goal: `host` for each opened host, and `copy` for each placed copy.

    Attributes
    ----------
    host : int64[B]
    copy : int64[I, B] or None
        None is nothing.
    parts : bool
        Whether parts of hosts count: where commitments cover them, or licences are shared out over copies.
    """

    host: Ints
    copy: Ints | None
    parts: bool = False

    @classmethod
    def of(cls, problem: Problem, objective: Objective) -> Charge:
        """What counts in a goal: the units of `score`, without what every plan pays.

        `unplaced` is no sum over hosts: nothing is charged.
        """
        nothing = np.zeros(problem.bins, dtype=np.int64)
        match objective:
            case "hosts":
                return cls(nothing + 1, None)
            case "cost":
                extras = problem.extras
                return cls(problem.price, problem.placing, bool(extras.commitments or extras.licences))
            case "carbon":
                return cls(nothing if problem.carbon is None else problem.carbon, None)
            case "moves":
                return cls(nothing, None if problem.moving is None else problem.moving.astype(np.int64))
            case "unplaced":
                return cls(nothing, None)

    @property
    def largest(self) -> float:
        """The most that one host or copy counts; 1 where nothing counts."""
        copy = 0 if self.copy is None else int(np.abs(self.copy).max(initial=0))
        return float(max(int(np.abs(self.host).max(initial=0)), copy) or 1)

    def rounded(self, bound: float, relative: float = RELATIVE) -> int:
        """The least value that a plan may have, given a bound in floating point; bills round parts to the nearest."""
        return round_up(bound - self.slack, self.step, relative)

    @property
    def slack(self) -> float:
        """What a value may have lost when it was rounded."""
        return 0.5 if self.parts else 0.0

    @property
    def step(self) -> int:
        """Every plan's value is a multiple of this."""
        if self.parts:
            return 1
        found = int(np.gcd.reduce(self.host, initial=0))
        if self.copy is not None:
            found = int(np.gcd.reduce(self.copy, axis=None, initial=found))
        return found or 1


def beside_charge(problem: Problem) -> int:
    """What any plan costs at least beside the charge: what every plan pays, less what commitments may take off.

    The prices of whole hosts may exceed their bill by a host for each commitment on spending, which covers part
    of a host at its end. (Where hosts may be covered in parts, they do not: see `base`.)
    """
    spending = (commitment for commitment in problem.extras.commitments if not commitment.hosts)
    return problem.fixed - sum(int(commitment.list_price[commitment.bins].max(initial=0)) for commitment in spending)
