"""A problem as the kernels' `Given`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.goals import GoalTier
from planner.bounds.flat import flattened
from planner.bounds.linear import relax
from planner.problem import UNLIMITED, Problem
from planner.solvers.greedy.caps import CapRows
from planner.solvers.search.arrays import Arrays, Floats, Given, Ints
from planner.solvers.search.groups import Group, far_arrays, groups_of, host_limits, near_arrays
from planner.solvers.search.objective import LINEAR, Objective
from planner.solvers.search.pointer_kernel import point_at_given

REWARD = 0.3
"""What slack on an empty host would take off its price."""


@dataclass(frozen=True, eq=False)
class Case:
    """A problem made ready for the search.

    Attributes
    ----------
    problem : Problem
    given : Given
    pointer : object
        The same for kernels.
    far : tuple of Group
        Groups bound in domains.
    """

    problem: Problem
    given: Given
    pointer: Any
    far: tuple[Group, ...]

    @classmethod
    def of(cls, problem: Problem, seconds: float = math.inf) -> Case:
        """Compile a problem, in so many seconds where more are not to be spent on its relaxation."""
        objective = Objective.of(problem)
        near, far = groups_of(problem)
        caps = CapRows.of_units(problem, [((i, 1),) for i in range(problem.items)]) if problem.caps else None
        none, table = np.empty(0, dtype=np.int64), np.empty((0, problem.bins), dtype=np.int64)
        start = np.zeros(problem.items + 1, dtype=np.int64)
        given = Given(
            **_rooms(problem, objective),
            open=objective.open,
            place=objective.place,
            loss=objective.loss,
            **_worth(problem, objective, seconds),
            **_spots(problem, objective.open),
            most=_most(problem),
            loose=np.array([UNLIMITED]),
            **near_arrays(problem, near),
            **far_arrays(problem, far),
            cap_start=start if caps is None else caps.start,
            cap_of=none if caps is None else caps.of,
            cap_row=none if caps is None else caps.row,
            cap_table=table if caps is None else caps.table,
            **_quotas(problem),
            goal_domain=objective.goal_domain,
            goal_price=np.array([objective.goal_price]),
        )
        solid = Given(*(_solid(array) for array in given))
        return cls(problem, solid, point_at_given(solid), tuple(far))


def _solid(array: Any) -> Any:
    """A writable contiguous copy: kernels are compiled for those."""
    return np.array(array, order="C")


def _rooms(problem: Problem, objective: Objective) -> Arrays:
    """Sizes and capacities, and how slack and size are measured.

    A resource weighs in the slack by how full the hosts would be of it: what abounds is not missed.
    """
    total = problem.size.T @ problem.count
    capacity = np.minimum(problem.capacity, np.maximum(total, problem.size.max(axis=0, initial=0)) + 1)
    device = np.zeros(len(problem.resources), dtype=np.int64) if problem.device is None else problem.device
    capacity = np.where(device > 0, problem.capacity, capacity)  # all of them: devices are not filled to the last
    full = 1.0 / np.maximum(capacity, 1)
    usable = problem.fits.any(axis=0)
    typical = np.median(capacity[usable] if usable.any() else capacity, axis=0)
    load = total / np.maximum(typical, 1)
    weight: Floats = (load / max(1e-9, float(load.max(initial=0.0)))) ** 2
    weight /= max(1e-9, float(weight.sum()))
    reward = np.where(problem.required > 0, 0.0, REWARD * objective.open)
    return {
        "size": problem.size, "device": device, "capacity": capacity,
        "bulk": problem.size / np.maximum(typical, 1) * np.sqrt(weight),
        "fits": problem.fits, "share": weight * full, "reward": reward, "full": full,
    }  # fmt: skip


def _most(problem: Problem) -> Ints:
    """int64[I]: copies on one host; below `loose` for those that take devices, so that rules are asked about them."""
    most = host_limits(problem)
    if problem.device is None:
        return most
    bound = problem.size[:, problem.device > 0].any(axis=1)
    return np.where(bound, np.minimum(most, UNLIMITED - 1), most)


def _worth(problem: Problem, objective: Objective, seconds: float) -> Arrays:
    """What a copy should cost: by the relaxation without forms on domains, else its part of the best host for it."""
    alone = np.full(problem.items, np.inf)
    for b in range(problem.bins):
        share = (problem.size / np.maximum(problem.capacity[b], 1)).max(axis=1, initial=0.0)
        alone = np.minimum(alone, np.where(problem.fits[:, b], share * objective.open[b], np.inf))
    worth = np.where(np.isfinite(alone), alone, 0.0)
    relaxed = relax(flattened(problem)[0], _leading(problem), seconds=seconds)
    if relaxed is not None and (relaxed.value > 0).any():
        worth = np.minimum(worth, relaxed.value)
    size = np.maximum(1e-9, (problem.size / np.maximum(np.median(problem.capacity, axis=0), 1)).sum(axis=1))
    dear = np.maximum(worth, 1e-9) / size
    return {"worth": worth, "dear": dear / max(1e-12, float(dear.max(initial=0.0)))}


def _leading(problem: Problem) -> GoalTier:
    """The first goal that the relaxation knows."""
    return next((goal for goal in problem.goals if goal.goal in LINEAR), problem.goals[0])


def _spots(problem: Problem, price: Floats) -> Arrays:
    """Bin types in equal domains, the cheapest first."""
    spot = np.unique(problem.domain, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.lexsort((price, spot))
    start = np.searchsorted(spot[order], np.arange(int(spot.max(initial=-1)) + 2))
    return {"spot": spot.astype(np.int64), "spot_start": start.astype(np.int64), "spot_bins": order.astype(np.int64)}


def _quotas(problem: Problem) -> Arrays:
    """The quotas that each bin type is in."""
    weight: Ints = problem.quota_weight
    bins, quotas = np.nonzero(weight.T)
    start = np.searchsorted(bins, np.arange(problem.bins + 1))
    return {"quota_start": start.astype(np.int64), "quota_of": quotas, "quota_weight": weight[quotas, bins]}
