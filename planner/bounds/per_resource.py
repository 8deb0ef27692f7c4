"""The simplest bounds: one resource at a time, as if copies were a liquid."""

from __future__ import annotations

import numpy as np

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import Charge
from planner.bounds.rounding import round_up
from planner.problem.problem import UNLIMITED, Problem

METHOD = "per resource"


def hosts_per_resource(problem: Problem) -> Bound:
    """Total demand of a resource over the room of the largest host, rounded up; all is placed that fits."""
    usable = problem.available > 0
    placed = (problem.fits & usable).any(axis=1)
    demand = problem.count[placed] @ problem.size[placed]
    room = problem.capacity[usable].max(axis=0, initial=1)
    needed = np.where(room < UNLIMITED, -(-demand // np.maximum(room, 1)), 0)
    least = max(int(needed.max(initial=0)), int(problem.required.sum()))
    return Bound(least, METHOD) if least else TRIVIAL


def cost_per_resource(problem: Problem) -> Bound:
    """Every unit of a resource at the price per unit of the cheapest host that takes its item; all is placed.

    Each copy costs at least its cheapest place beside that.
    """
    fits = problem.fits & (problem.available > 0)
    placed = fits.any(axis=1)
    least = float((problem.price * problem.required).sum())
    for r in range(len(problem.resources)):
        room = problem.capacity[:, r]
        per_unit = np.where(room < UNLIMITED, problem.price / np.maximum(room, 1), 0.0)
        cheapest = np.where(fits, per_unit[None, :], np.inf).min(axis=1, initial=np.inf)[placed]
        least = max(least, float((problem.count[placed] * problem.size[placed, r] * cheapest).sum()))
    if problem.placing is not None:
        beside = np.where(fits, problem.placing, np.iinfo(np.int64).max).min(axis=1, initial=np.iinfo(np.int64).max)
        least += float(problem.count[placed] @ beside[placed])
    value = round_up(least, Charge.of(problem, "cost").step)
    return Bound(value, METHOD) if value else TRIVIAL
