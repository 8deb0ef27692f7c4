"""How many domains of a level a plan must use: by limits and spreads, and where hosts stay anyway."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.given import Given, ranks
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]


def domains_needed(problem: Problem, level: int, given: Given) -> Bound:
    """The least number of domains of `level` (below the host level) with a host.

    A limit of `most` copies a domain needs copies / most domains, a spread of skew s over D domains
    whose smallest holds m needs all D where copies > s (D - 1), and copies / s where m counts as 0.
    """
    usable = problem.available > 0
    placed = must_place(problem, given)
    here = problem.domain[:, level]
    kept = len(np.unique(here[(problem.required > 0) & (here >= 0)]))
    some = [(here[problem.fits[i] & usable] >= 0).all() for i in np.flatnonzero(placed > 0)]
    least, method = max(kept, int(any(some))), "domains in use"
    for limit in problem.limits:
        if limit.level == level and _inside(problem, limit.items, level):
            least = max(least, -(-_sure(problem, limit.items, given) // max(1, limit.most)))
    for spread in problem.spreads:
        if spread.level == level and _inside(problem, spread.items, level):
            copies, number = _sure(problem, spread.items, given), len(spread.domains)
            if spread.zero_minimum:
                least = max(least, -(-copies // spread.max_skew))
            elif copies > spread.max_skew * (number - 1):
                least = max(least, number)
            else:
                least = max(least, -(-copies // spread.max_skew))
    return Bound(least, method) if least else TRIVIAL


def must_place(problem: Problem, given: Given) -> Ints:
    """int64[I]: copies of each item type that no plan may leave out, looked at one by one."""
    allowed = given.allowance(problem)[np.searchsorted(-ranks(problem), -problem.priority)]
    fits = (problem.fits & (problem.available > 0)).any(axis=1)
    return np.where(fits & (allowed >= 0), np.maximum(0, problem.count - allowed), 0)


def _sure(problem: Problem, items: Ints, given: Given) -> int:
    """Copies of several item types that are placed for sure, together."""
    fits = (problem.fits & (problem.available > 0))[items].any(axis=1)
    allowed = given.allowance(problem)
    rank = np.searchsorted(-ranks(problem), -problem.priority[items])
    sure = 0
    for k in np.unique(rank).tolist():
        copies = int(problem.count[items[fits & (rank == k)]].sum())
        sure += max(0, copies - int(allowed[k])) if allowed[k] >= 0 else 0
    return sure


def _inside(problem: Problem, items: Ints, level: int) -> bool:
    """Whether the items can stand in domains of the level only."""
    bins = (problem.fits[items] & (problem.available > 0)).any(axis=0)
    return bool((problem.domain[bins, level] >= 0).all())
