"""The relaxation as a guide for heuristics: hosts of each type and where copies go, at any size."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import Charge
from planner.bounds.flat import flattened
from planner.bounds.linear import relax
from planner.problem.problem import Problem

LARGE = 100_000
"""Item types times bin types beyond which forms on domains are left out and equal bin types joined."""

BLEND, FAR_MORE = 1_000_000, 100
"""The largest price where two goals are blended into one cost, and how much more the first of them weighs."""


@dataclass(frozen=True, eq=False)
class Guide:
    """What a relaxation says, by the bin types of the problem.

    Attributes
    ----------
    bound : Bound
        Holds where all is placed that fits somewhere.
    hosts : float64[B]
    assigned : float64[I, B]
        Copies of item types on bin types.
    """

    bound: Bound
    hosts: npt.NDArray[np.float64]
    assigned: npt.NDArray[np.float64]


def guide(problem: Problem, goal: GoalTier, seconds: float = math.inf) -> Guide | None:
    """Relax a problem; a large one without its forms on domains, equal bin types taking equal parts.

    Moves and carbon leave open which hosts to open: there, the cost decides between equals, and the
    bound is trivial.

    Returns
    -------
    Guide or None
        None where there is not room for everything and no cap decides what stays out, or time ran out.
    """
    if goal.goal in ("moves", "carbon"):
        blended = guide(_with_cost(problem, goal), GoalTier(goal="cost"), seconds)
        return None if blended is None else replace(blended, bound=TRIVIAL)
    if problem.fits.size <= LARGE or not problem.has_domain_forms:
        relaxation = relax(problem, goal, seconds=seconds, partly=bool(problem.caps))
        return None if relaxation is None else Guide(relaxation.bound, relaxation.hosts, relaxation.assigned)
    flat, groups = flattened(problem)
    relaxation = relax(flat, goal, seconds=seconds, partly=bool(problem.caps))
    if relaxation is None:
        return None
    hosts, assigned = np.zeros(problem.bins), np.zeros(problem.fits.shape)
    for n, group in enumerate(groups):
        hosts[group] = relaxation.hosts[n] / len(group)
        assigned[:, group] = relaxation.assigned[:, n, None] / len(group)
    return Guide(relaxation.bound, hosts, assigned)


def _with_cost(problem: Problem, goal: GoalTier) -> Problem:
    """The problem with a cost in which moves or carbon weigh far more than money."""
    charge, money = Charge.of(problem, "moves" if goal.goal == "moves" else "carbon"), Charge.of(problem, "cost")
    weight, cents = BLEND / charge.largest, BLEND / FAR_MORE / money.largest
    placing = sum(
        (share * table for share, table in ((weight, charge.copy), (cents, money.copy)) if table is not None),
        np.zeros(problem.fits.shape),
    )
    price = np.rint(weight * charge.host + cents * money.host).astype(np.int64)
    return replace(problem, price=price, placing=np.rint(placing).astype(np.int64))
