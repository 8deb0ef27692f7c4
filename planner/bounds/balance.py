"""How full the fullest host must be at least."""

from __future__ import annotations

import numpy as np

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.domains import must_place
from planner.bounds.given import Given
from planner.problem.problem import UNLIMITED, Problem


def fullest_host(problem: Problem, given: Given) -> Bound:
    """Millionths of the fullest resource: the largest item on its roomiest host, or the mean of all hosts.

    The mean counts only where an earlier tier fixes the number of hosts.
    """
    usable = problem.available > 0
    limited = (problem.capacity < UNLIMITED) & (problem.capacity > 0)
    room = np.where(limited, problem.capacity, 1)
    placed = must_place(problem, given)
    least = 0
    for i in np.flatnonzero(placed > 0).tolist():
        bins = problem.fits[i] & usable
        share = np.where(limited[bins], -(-problem.size[i] * 1_000_000 // room[bins]), 0).max(axis=1, initial=0)
        least = max(least, int(share.min()))
    if given.hosts:
        demand = placed @ problem.size
        everywhere = limited[usable].all(axis=0)
        total = problem.capacity[usable].max(axis=0, initial=1) * given.hosts
        least = max(least, int(np.where(everywhere, -(-demand * 1_000_000 // np.maximum(total, 1)), 0).max(initial=0)))
    return Bound(least, "largest item") if least else TRIVIAL
