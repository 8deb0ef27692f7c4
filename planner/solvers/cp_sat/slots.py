"""How many hosts of each bin type the exact model needs to offer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.bounds.charge import Charge
from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.score import tier_value, unplaced

Ints = npt.NDArray[np.int64]


def slots(problem: Problem, start: Solution | None = None, tiers: int = 0) -> Ints:
    """int64[B]: hosts that a plan may open of each bin type without being worse than `start`.

    Parameters
    ----------
    problem : Problem
    start : Solution, optional
    tiers : int
        The first so many goal tiers may not get worse than in `start`: the tier to be solved, and
        those before it.
    """
    usable = problem.fits & (problem.available > 0)
    copies = problem.count @ usable
    rooms = np.zeros(problem.bins, dtype=np.int64)
    for room in problem.rooms:
        rooms += np.where(room.bins & usable[room.item], room.copies, 0)
    most = np.minimum(problem.available, problem.required + copies + rooms)
    for quota in problem.quotas:
        kept = int((quota.weight * problem.required).sum())
        spare = np.maximum(0, quota.most - kept)
        most = np.minimum(
            most, np.where(quota.weight > 0, problem.required + spare // np.maximum(1, quota.weight), most)
        )
    if start is not None:
        for goal in problem.goals[:tiers]:
            if goal.goal in ("hosts", "cost", "carbon") and not (goal.goal == "cost" and problem.extras.commitments):
                charge = Charge.of(problem, goal.goal)
                spare = tier_value(problem, start, goal) - int((charge.host * problem.required).sum())
                spare -= _beside_hosts(problem, start) if goal.goal == "cost" else 0
                by_value = problem.required + max(0, spare) // np.maximum(1, charge.host)
                most = np.where(charge.host > 0, np.minimum(most, by_value), most)
    offered: Ints = np.maximum(problem.required, most)
    return offered


def _beside_hosts(problem: Problem, start: Solution) -> int:
    """What a plan that is no worse than `start` pays at least beside its hosts, in micro-USD per hour."""
    usable = problem.fits & (problem.available > 0)
    if (
        problem.placing is None
        or problem.goals[0].goal != "unplaced"
        or unplaced(problem, start)[usable.any(axis=1)].any()
    ):
        return problem.fixed
    least = np.where(usable, problem.placing, np.iinfo(np.int64).max).min(axis=1, initial=np.iinfo(np.int64).max)
    return problem.fixed + int((least * problem.count)[usable.any(axis=1)].sum())


def copies_per_host(problem: Problem) -> Ints:
    """int64[I, B]: the most copies of an item type that an empty host takes; 0 where it does not fit."""
    room = problem.capacity[None, :, :] // np.maximum(problem.size[:, None, :], 1)
    by_size = np.where(problem.size[:, None, :] > 0, room, UNLIMITED).min(axis=2, initial=UNLIMITED)
    most: Ints = np.where(problem.fits, np.minimum(by_size, problem.count[:, None]), 0)
    return most


def variables(problem: Problem, offered: Ints) -> int:
    """About how many variables the model has: one per slot, and one per slot and item type that fits."""
    return int(((problem.fits & (problem.count > 0)[:, None]).sum(axis=0) + 1) @ np.minimum(offered, 10**9))
