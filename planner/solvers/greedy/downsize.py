"""Give each host the cheapest bin type that still takes its content."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.problem import Problem, Solution
from planner.solvers.trim import Patterns


def downsize(problem: Problem, solution: Solution, cost: npt.NDArray[np.float64]) -> Solution:
    """Change bin types, within the same domains, wherever that costs less and quotas allow it."""
    cheaper = _takes(problem, solution) & (cost[None, :] < cost[solution.bin][:, None])
    if not cheaper.any():
        return solution
    used = solution.bins_used(problem.bins)
    weights = problem.quota_weight
    room = problem.quota_most - weights @ used
    by_cost = np.argsort(cost, kind="stable")
    changed: Patterns = []
    for p, (b, multiplicity, content) in enumerate(solution.patterns()):
        left = multiplicity
        for other in by_cost[cheaper[p, by_cost]].tolist() if cheaper[p].any() else []:
            most = min(left, int(problem.available[other] - used[other]), int(used[b] - problem.required[b]))
            more = weights[:, other] - weights[:, b]
            for q in np.flatnonzero(more > 0):
                most = min(most, int(room[q] // more[q]))
            if most > 0:
                changed.append((other, most, content))
                used[other] += most
                used[b] -= most
                room -= more * most
                left -= most
        changed.append((b, left, content))
    return Solution.of(changed)


def _takes(problem: Problem, solution: Solution) -> npt.NDArray[np.bool_]:
    """bool[P, B]: a bin type in the same domains takes a pattern's content; none for empty hosts."""
    filled = np.diff(solution.start) > 0
    takes = np.zeros((len(solution.bin), problem.bins), dtype=bool)
    if filled.any():
        admitted = np.logical_and.reduceat(problem.fits[solution.item], solution.start[:-1][filled], axis=0)
        load = solution.load(problem.size)[filled]
        roomy = (load[:, None, :] <= problem.capacity[None, :, :]).all(axis=2)
        places = np.unique(problem.domain, axis=0, return_inverse=True)[1].reshape(-1)
        takes[filled] = admitted & roomy & (places[solution.bin[filled]][:, None] == places[None, :])
    return takes
