"""Kinds of hosts: bin types that nothing tells apart for a pattern, without those that another one beats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.charge import Charge, Objective
from planner.bounds.classes import Classes
from planner.bounds.given import Given
from planner.bounds.master import Budget, budgets
from planner.problem.forms import HOST
from planner.problem.problem import UNLIMITED, Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
COMPARED = 1500
"""Kinds up to which each is compared with all others."""


@dataclass(frozen=True, eq=False)
class Hosts:
    """Kinds of hosts `K`: every bin type of a kind has the same room, costs, weights and domains.

    Attributes
    ----------
    of : int64[B]
        The kind of each bin type; -1 for those that are beaten or of no use.
    like : int64[K]
        A bin type of each kind.
    capacity : int64[K, R]
        As far as classes can use it.
    most : int64[K, C]
        The most copies of each class on one host.
    charge : float64[K]
        What a host counts in the objective.
    beside : float64[C, K] or None
        What a copy counts there above its cheapest place.
    cheapest : float64[C]
        What a copy counts at its cheapest place.
    available, required : int64[K]
    budgets : tuple of Budget
        Over bin types, as `planner.bounds.master` makes them.
    """

    of: Ints
    like: Ints
    capacity: Ints
    most: Ints
    charge: Floats
    beside: Floats | None
    cheapest: Floats
    available: Ints
    required: Ints
    budgets: tuple[Budget, ...]

    @classmethod
    def merge(cls, problem: Problem, classes: Classes, objective: Objective, given: Given) -> Hosts:
        """Take together equal bin types and drop those that another one beats at everything."""
        charge, limits = Charge.of(problem, objective), budgets(problem, classes, given)
        copy = None if charge.copy is None else charge.copy[classes.like].astype(float)
        useful = np.flatnonzero((problem.available > 0) & (classes.fits.any(axis=0) | (problem.required > 0)))
        room = np.minimum(problem.capacity, (classes.size * classes.count[:, None]).sum(axis=0))
        if problem.device is not None:  # devices are not filled to the last: more of them than are asked for may count
            room = np.where(problem.device > 0, problem.capacity, room)
        place = problem.domain[:, asked_levels(classes)]
        costs = [charge.host[None, :].astype(float), *(budget.host[None, :] for budget in limits)]
        costs += [table for table in (copy, *(budget.copy for budget in limits)) if table is not None]
        dear = np.concatenate(costs)
        key = np.concatenate([room.T, classes.fits, place.T, dear]).T[useful]
        _, first, of = np.unique(np.ascontiguousarray(key), axis=0, return_index=True, return_inverse=True)
        of, like = of.ravel(), useful[first]
        required = np.bincount(of, weights=problem.required[useful]).astype(np.int64)
        available = np.bincount(of, weights=np.minimum(problem.available[useful], UNLIMITED)).astype(np.int64)
        available = np.minimum(available, required + classes.count.sum())
        kept = ~_beaten(room[like], classes.fits[:, like], place[like], dear[:, like], available, required, classes)
        number = np.full(len(like), -1, dtype=np.int64)
        number[kept] = np.arange(kept.sum())
        kind = np.full(problem.bins, -1, dtype=np.int64)
        kind[useful] = number[of]
        like = like[kept]
        cheapest = np.zeros(classes.number)
        beside = None
        if copy is not None and copy.any():
            cheapest = np.where(classes.fits, copy, np.inf).min(axis=1)
            beside = np.where(classes.fits, copy - cheapest[:, None], 0.0)[:, like]
        return cls(
            of=kind, like=like, capacity=room[like], most=_most(classes, room[like], like),
            charge=charge.host[like].astype(float), beside=beside, cheapest=cheapest,
            available=available[kept], required=required[kept],
            budgets=tuple(limits),
        )  # fmt: skip

    @property
    def number(self) -> int:
        """K, the number of kinds."""
        return len(self.like)


def asked_levels(classes: Classes) -> list[int]:
    """Levels on which some limit or spread counts copies."""
    levels = {limit.level for limit in classes.limits} | {spread.level for spread in classes.spreads}
    return sorted(levels - {HOST})


def _most(classes: Classes, room: Ints, like: Ints) -> Ints:
    """int64[K, C]: copies of a class that one host takes."""
    most = np.where(classes.fits.T[like], np.minimum(classes.count, classes.per_host)[None, :], 0)
    for r in range(room.shape[1]):
        asked = classes.size[:, r] > 0
        most[:, asked] = np.minimum(most[:, asked], room[:, r, None] // classes.size[asked, r])
    return most


def _beaten(
    room: Ints, fits: Bools, place: Ints, dear: Floats, available: Ints, required: Ints, classes: Classes
) -> Bools:
    """bool[K]: kinds for which another does: as much room, in the same domains, never dearer, without limit."""
    number = len(room)
    beaten = np.zeros(number, dtype=bool)
    if number > COMPARED:
        return beaten
    free = available >= classes.count.sum() + required  # as many as any plan can use
    for k in np.flatnonzero(required == 0).tolist():
        better = free & ~beaten & (room >= room[k]).all(axis=1) & (place == place[k]).all(axis=1)
        better &= (dear <= dear[:, [k]]).all(axis=0) & (fits >= fits[:, [k]]).all(axis=0)
        better[k] = False
        beaten[k] = better.any()
    return beaten
