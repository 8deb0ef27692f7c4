"""Give each host the cheapest bin type that still takes its content."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.problem import Problem, Solution
from planner.problem.score import cap_use
from planner.solvers.greedy.caps import CapRows
from planner.solvers.greedy.charges import Charges
from planner.solvers.trim import Patterns


def downsize(problem: Problem, solution: Solution, charges: Charges) -> Solution:
    """Change bin types, within the same domains, wherever that costs less and quotas and caps allow it."""
    cost = _cost(solution, charges)
    patterns = np.arange(len(solution.bin))
    cheaper = _takes(problem, solution) & (cost < cost[patterns, solution.bin][:, None])
    if not cheaper.any():
        return solution
    caps = CapRows.of_units(problem, [tuple(content.items()) for _, _, content in solution.patterns()])
    spare = caps.most - np.array([cap_use(solution, cap) for cap in problem.caps], dtype=np.int64)
    used = solution.bins_used(problem.bins)
    weights = problem.quota_weight
    room = problem.quota_most - weights @ used
    changed: Patterns = []
    for p, (b, multiplicity, content) in enumerate(solution.patterns()):
        left = multiplicity
        by_cost = np.argsort(cost[p], kind="stable") if cheaper[p].any() else np.empty(0, dtype=np.int64)
        weighs = slice(caps.start[p], caps.start[p + 1])
        for other in by_cost[cheaper[p, by_cost]].tolist():
            most = min(left, int(problem.available[other] - used[other]), int(used[b] - problem.required[b]))
            more = weights[:, other] - weights[:, b]
            for q in np.flatnonzero(more > 0):
                most = min(most, int(room[q] // more[q]))
            heavier = caps.table[caps.row[weighs], other] - caps.table[caps.row[weighs], b]
            for n in np.flatnonzero(heavier > 0):
                most = min(most, int(spare[caps.of[weighs][n]] // heavier[n]))
            if most > 0:
                changed.append((other, most, content))
                used[other] += most
                used[b] -= most
                room -= more * most
                spare[caps.of[weighs]] -= heavier * most
                left -= most
        changed.append((b, left, content))
    return Solution.of(changed)


def _cost(solution: Solution, charges: Charges) -> npt.NDArray[np.float64]:
    """float64[P, B]: what each pattern costs on each bin type."""
    cost = np.repeat(charges.open[None, :], len(solution.bin), axis=0)
    if charges.regret is not None:
        host = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
        np.add.at(cost, host, charges.regret[solution.item] * solution.copies[:, None])
    return cost


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
