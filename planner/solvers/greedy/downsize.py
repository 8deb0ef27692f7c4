"""Give each host the cheapest bin type that still takes its content."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.forms import Ints
from planner.problem.score import cap_use
from planner.problem.solution import ranges
from planner.solvers.greedy.caps import CapRows
from planner.solvers.greedy.charges import Charges
from planner.solvers.trim import Patterns

AT_ONCE = 1 << 15
"""Patterns that are looked at together: tables of these by bin types are held."""


def downsize(problem: Problem, solution: Solution, charges: Charges) -> Solution:
    """Change bin types, within the same domains, wherever that costs less and quotas and caps allow it."""
    chosen, scarce = _cheapest(problem, solution, charges)
    pattern = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
    if (chosen != solution.bin).any():
        solution = Solution.joined(chosen, solution.multiplicity, pattern, solution.item, solution.copies)
    return _one_by_one(problem, solution, charges) if scarce else solution


def _cheapest(problem: Problem, solution: Solution, charges: Charges) -> tuple[Ints, bool]:
    """int64[P]: the cheapest bin type of each pattern that nobody else can want, and whether some want a scarce one."""
    free = _plentiful(problem)
    chosen, scarce = solution.bin.copy(), False
    for first in range(0, len(solution.bin), AT_ONCE):
        part = _some(solution, np.arange(first, min(first + AT_ONCE, len(solution.bin))))
        cheaper, cost = _cheaper(problem, part, charges)
        best = np.where(cheaper, cost, np.inf).argmin(axis=1)
        moves = cheaper.any(axis=1) & free[part.bin]
        scarce |= bool((cheaper.any(axis=1) & ~(moves & free[best])).any())
        moves &= free[best]
        chosen[first : first + AT_ONCE][moves] = best[moves]
    return chosen, scarce


def _plentiful(problem: Problem) -> npt.NDArray[np.bool_]:
    """bool[B]: bin types of which any number may be opened and closed, whatever else is in use."""
    free = (problem.available >= UNLIMITED) & (problem.required == 0) & (not problem.caps)
    return np.asarray(free & ~problem.quota_weight.any(axis=0))


def _some(solution: Solution, patterns: Ints) -> Solution:
    """Some of the patterns."""
    length = np.diff(solution.start)[patterns]
    inside = ranges(solution.start[patterns], length)
    return Solution(
        solution.bin[patterns],
        solution.multiplicity[patterns],
        np.cumsum([0, *length], dtype=np.int64),
        solution.item[inside],
        solution.copies[inside],
    )


def _cheaper(
    problem: Problem, solution: Solution, charges: Charges
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Where a pattern can go that costs less than where it is, and what it costs there: bool and float64[P, B]."""
    cost = _cost(solution, charges)
    less = cost < cost[np.arange(len(solution.bin)), solution.bin][:, None]
    return _takes(problem, solution, less), cost


def _one_by_one(problem: Problem, solution: Solution, charges: Charges) -> Solution:
    """Change bin types one pattern after the other, as far as what they share lasts."""
    cheaper, cost = _cheaper(problem, solution, charges)
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


def _takes(problem: Problem, solution: Solution, asked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """bool[P, B]: of what is asked, a bin type in the same domains takes a pattern's content; none for empty hosts."""
    filled = np.diff(solution.start) > 0
    places = np.unique(problem.domain, axis=0, return_inverse=True)[1].reshape(-1)
    takes = asked & filled[:, None] & (places[solution.bin][:, None] == places[None, :])
    load = solution.load(problem.size)
    pattern, b = np.nonzero(takes)
    kept = (load[pattern] <= problem.capacity[b]).all(axis=1)
    takes[pattern[~kept], b[~kept]] = False
    pattern, b = pattern[kept], b[kept]
    length = np.diff(solution.start)[pattern]
    item = solution.item[ranges(solution.start[pattern], length)]
    refused = np.repeat(np.arange(len(pattern)), length)[~problem.fits[item, np.repeat(b, length)]]
    takes[pattern[refused], b[refused]] = False
    return np.asarray(takes)
