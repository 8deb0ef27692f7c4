"""What heuristics pay for hosts and places: the goal that decides, money breaking its ties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.charge import Charge, Objective
from planner.problem import Problem
from planner.solvers.result import deciding_goal

Floats = npt.NDArray[np.float64]
TIE = 1e-6
"""What money weighs beside a goal that comes before it."""


@dataclass(frozen=True, eq=False)
class Charges:
    """What opening a host costs, and what a copy costs above its cheapest place.

    What a copy costs in its cheapest place is paid by every plan, and tells no two places apart.

    Attributes
    ----------
    open : float64[B]
    regret : float64[I, B] or None
        None where every place costs a copy the same; infinite where it does not fit.
    """

    open: Floats
    regret: Floats | None

    @classmethod
    def of(cls, problem: Problem) -> Charges:
        """By the deciding goal, or the first that is a sum over hosts and copies where it is none."""
        money, name = Charge.of(problem, "cost"), _decides(problem)
        charge = Charge.of(problem, name)
        if name == "cost":
            return cls(
                money.host.astype(np.float64) + TIE,
                _regret(problem, None if money.copy is None else money.copy.astype(float)),
            )
        cents = TIE * charge.largest / max(float(money.host.max(initial=0)), 1.0)
        tables = [weight * table for weight, table in ((1.0, charge.copy), (cents, money.copy)) if table is not None]
        beside = np.sum(tables, axis=0) if tables else None
        return cls(charge.host + cents * money.host, _regret(problem, beside))

    def of_rows(self, contents: list[tuple[tuple[int, int], ...]]) -> Floats | None:
        """float64[K, B]: the regret of whole units, each (item type, copies) pairs; None where there is none."""
        if self.regret is None or not contents:
            return None
        rows = np.array([sum(self.regret[i] * n for i, n in content) for content in contents])
        least = rows.min(axis=1, keepdims=True)
        rows -= np.where(np.isfinite(least), least, 0.0)
        return np.where(np.isfinite(rows), rows, 0.0)  # where a unit does not fit, nobody asks


def _decides(problem: Problem) -> Objective:
    known: tuple[Objective, ...] = ("hosts", "cost", "moves", "carbon")
    order = [deciding_goal(problem.goals), *(goal for goal in problem.goals if goal.goal == "cost"), *problem.goals]
    return next((name for goal in order for name in known if goal.goal == name), "cost")


def _regret(problem: Problem, beside: Floats | None) -> Floats | None:
    if beside is None:
        return None
    paid = np.where(problem.fits, beside, np.inf)
    least = paid.min(axis=1, initial=np.inf, keepdims=True)
    regret = np.where(problem.fits, paid - np.where(np.isfinite(least), least, 0.0), np.inf)
    return regret if (regret[problem.fits] > 0).any() else None
