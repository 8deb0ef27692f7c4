"""What survival asks of hosts by their whole contents: the strongest cover, by column generation.

Without the domain that is lost, hosts hold all survivors: they are a packing of these by themselves. Let copies
have worths, and let no content of a host of bin type b be worth more than most[b]. Then, for any worths,

    sum of most[b] * hosts[b] over the bin types outside the domain >= worth of all survivors

Column generation for the survivors alone finds the worths that prove most, and its pricing what a host holds
at most (the dual of the cutting stock program; see `columns/`). Unlike the sums of `survival`, such a row
knows that hosts cannot be filled exactly.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.bounds.charge import Objective
from planner.bounds.classes import Classes, Cover
from planner.bounds.columns.generation import MOST_ROUNDS, Generation
from planner.bounds.columns.hosts import Hosts
from planner.bounds.columns.offers import EFFORTS, offers
from planner.bounds.flat import flattened
from planner.bounds.given import Given
from planner.bounds.survival import losses, row
from planner.problem.extras import Extras
from planner.problem.extras.survival import Survival
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LARGEST = 400
"""Classes beyond which column generation takes too long."""
PRICED = 0.3
"""Of the time, what the last pricing may use."""
SMALL = 1e-9
"""Worths below this part of the largest are none: LP solvers stumble over them."""
SAFE = 1 + 1e-9
"""What rounding errors may have taken off the worth of a content."""


def worth_covers(
    whole: Problem,
    classes: Classes,
    groups: Sequence[Sequence[int]],
    objective: Objective,
    seconds: float,
    *,
    rounds: int = MOST_ROUNDS,
    known: Iterable[tuple[int, Mapping[int, int]]] = (),
) -> tuple[Cover, ...]:
    """The rows of all survivals; none where time does not suffice.

    Parameters
    ----------
    whole : Problem
        With survivals, and the domains of its bin types.
    classes : Classes
        Survivors apart from others, over groups of its bin types.
    groups : sequence of sequence of int
        The bin types of `whole` behind each of those of `classes`.
    objective : str
        What hosts count: the worths are those that prove most of it.
    seconds, rounds
        Limits of column generation.
    known : iterable of (bin type, {item type: copies})
        Hosts of a known plan to begin with.
    """
    hosts = list(known)
    survivals = whole.extras.survivals
    return tuple(
        cover
        for survival in survivals
        for cover in _covers(whole, survival, classes, groups, objective, seconds / len(survivals), rounds, hosts)
    )


def _covers(
    whole: Problem,
    survival: Survival,
    classes: Classes,
    groups: Sequence[Sequence[int]],
    objective: Objective,
    seconds: float,
    rounds: int,
    known: list[tuple[int, Mapping[int, int]]],
) -> Iterator[Cover]:
    alone = replace(
        whole, count=np.where(survival.survives, whole.count, 0), required=np.zeros_like(whole.required),
        extras=Extras(), quotas=(), caps=(), placing=None, moving=None,
    )  # fmt: skip
    flat, flat_groups = flattened(alone)
    found = _worths(flat, flat_groups, objective, seconds, rounds, known)
    if found is None:
        return
    item, most = found
    copy = np.full(classes.number, np.inf)
    inside = np.flatnonzero(classes.of >= 0)
    np.minimum.at(copy, classes.of[inside], item[inside])  # less worth than it has proves less, and nothing wrong
    host = np.array([most[list(group)].max() for group in groups])
    takes = classes.fits[survival.survives[classes.like]].any(axis=0)
    reserve = float(host[takes].min()) if takes.any() else 0.0
    least = float(copy @ classes.count)
    for times, outside in losses(whole, survival, groups) if least > 0 else ():
        yield row(survival, host, copy, least, reserve, times, outside)


def _worths(
    flat: Problem,
    groups: Sequence[Sequence[int]],
    objective: Objective,
    seconds: float,
    rounds: int,
    known: list[tuple[int, Mapping[int, int]]],
) -> tuple[Floats, Floats] | None:
    """float64[I]: what copies are worth; float64[bin types behind `groups`]: what a host holds at most.

    None where there is nothing to place, too much, or no time.
    """
    begun = time.monotonic()
    run = Generation(flat, objective, Given.full(flat))
    classes, hosts = run.classes, run.hosts
    if not hosts.number or not 0 < classes.number <= LARGEST:
        return None
    at = {b: n for n, group in enumerate(groups) for b in group}
    for b, content in known:
        run.learn(at[b], content)
    run.run(begun + (1 - PRICED) * seconds, rounds)
    duals = run.columns().duals
    value, opening = run.values(duals)
    found = offers(run.pricing, value, hosts.charge + opening, EFFORTS[-2], begun + seconds)
    if found is None:
        return None
    worth = np.where(duals.demand > SMALL * duals.demand.max(initial=0.0), duals.demand, 0.0)
    holds = _of_all(flat, classes, hosts, np.array([found[k].upper for k in range(hosts.number)]) * SAFE)
    most = np.zeros(sum(len(group) for group in groups))
    for n, group in enumerate(groups):
        most[list(group)] = holds[n]
    return np.where(classes.of >= 0, worth[classes.of], 0.0), most


def _of_all(flat: Problem, classes: Classes, hosts: Hosts, upper: Floats) -> Floats:
    """float64[B]: what hosts of any bin type hold at most, by the kinds that take whatever they take.

    Kinds that another one beats were left out; that one has no less room.
    """
    asked = (classes.size * classes.count[:, None]).sum(axis=0)
    room, holds = np.minimum(flat.capacity, asked), np.zeros(flat.bins)
    for b in np.flatnonzero(classes.fits.any(axis=0)).tolist():
        larger = (hosts.capacity >= room[b]).all(axis=1)
        larger &= (classes.fits[:, hosts.like] >= classes.fits[:, [b]]).all(axis=0)
        holds[b] = upper[hosts.of[b]] if hosts.of[b] >= 0 else upper[larger].min()
    return holds
