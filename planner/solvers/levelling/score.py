"""What a placement costs and what it breaks, recomputed from the problem alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.solvers.levelling.problem import Ints, LevellingProblem


def cost(problem: LevellingProblem, host: Ints) -> float:
    """Cost of all hosts in use.

    Parameters
    ----------
    host : int32[C]
        Host of each container in the order of `problem.item_of`; -1 where unplaced.
    """
    used = _sums(problem, host, problem.load)
    busy = np.bincount(host[host >= 0], minlength=len(used)) > 0
    share = used[busy] / problem.power[problem.type_of[busy], None]
    return float((1 + problem.cost.over(share).mean(axis=1)).sum())


def broken(problem: LevellingProblem, host: Ints) -> int:
    """Hosts whose load or other resources overflow, plus rules broken on a host."""
    kind = problem.type_of
    over = (_sums(problem, host, problem.load) > problem.power[kind, None]).any(axis=1)
    over |= (_sums(problem, host, problem.need) > problem.room[kind]).any(axis=1)
    held: list[dict[int, int]] = [{} for _ in kind]
    for item, place in zip(problem.item_of.tolist(), host.tolist(), strict=True):
        if place >= 0:
            held[place][item] = held[place].get(item, 0) + 1
    most: dict[int, list[tuple[int, int]]] = {}
    for a, b, k in problem.rules.tolist():
        most.setdefault(a, []).append((b, k))
    rules = sum(here.get(b, 0) > k for here in held for a in here for b, k in most.get(a, ()))
    return int(over.sum()) + rules


def _sums(problem: LevellingProblem, host: Ints, size: Ints) -> npt.NDArray[np.int64]:
    """[H, columns]: sizes of the containers on each host."""
    sums = np.zeros((len(problem.type_of), size.shape[1]), np.int64)
    placed = np.flatnonzero(host >= 0)
    np.add.at(sums, host[placed], size[problem.item_of[placed]])
    return sums
