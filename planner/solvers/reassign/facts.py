"""What the kernels read: the problem's arrays, merged so that one loop prices a machine.

Load and balance costs have one form. With ``U`` the usage of a machine, load is ``max(0, w U_r - w safety_r)``
and balance is ``max(0, w (target free_1 - free_2))``, where ``free = capacity - U`` is linear in ``U`` again. So
each is a *charge*: a level that processes raise (or lower) by fixed amounts, and that costs what is above 0.
Weights are multiplied in, and charges without weight are left out.

Transient resources need no bookkeeping, either. A process always holds them on its first machine: there they are
taken off the room for good, and the process holds none of them there while it stays. So what a process holds
depends only on whether it is at home.

Axis letters: ``P`` processes, ``M`` machines, ``R`` resources, ``C`` charges, ``S`` services, ``E`` dependencies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.solvers.reassign.problem import Integers, Reassignment

GHOST, GHOST_MOST = 30.0, 6.0
"""How shy a process is: 30 times its size (1 is the mean), and no more than 6: the logarithm of a few hundred
places that entice it away."""


class Facts(NamedTuple):
    """Read-only arrays of the kernels; a named tuple, as numba takes no dataclasses.

    Attributes
    ----------
    raises : (P, C) int64
        By how much a process raises each charge of its machine.
    empty_level : (M, C) int64
        Level of each charge on an empty machine.
    holds : (2, P, R) int64
        What a process holds of each resource: [0] away from home, [1] at home.
    empty_room : (M, R) int64
        Room of an empty machine, less what is always held by the processes that call it home.
    home, service : (P,) int64
    move_cost : (P,) int64
        Weighted process move cost.
    ghost : (P,) float64
        What a process holds twice when it is away from home, see `anneal.shyness`.
    machine_move : (M, M) int64
        As in the problem; `machine_weight` not multiplied in.
    location, neighbourhood : (M,) int64
    table_row : (S,) int64
        Row of a service in the table of machines it is on; -1 where it has one process only.
    spread : (S,) int64
        As in the problem, 0 where any place will do.
    needs_start : (S + 1,) int64
    needs : (E,) int64
        Services that a service depends on.
    feeds_start : (S + 1,) int64
    feeds : (E,) int64
        Services that depend on a service.
    members_start : (S + 1,) int64
    members : (P,) int64
        Processes of a service.
    site_of : (M,) int64
        Machines of one location and neighbourhood are one site: no rule but conflict tells them apart.
    site_start : (sites + 1,) int64
    site : (M,) int64
        Machines of a site.
    by_size, rank : (P,) int64
        Processes, the largest first; the place of a process in that order.
    service_weight, machine_weight : int
    """

    raises: Integers
    empty_level: Integers
    holds: Integers
    empty_room: Integers
    home: Integers
    service: Integers
    move_cost: Integers
    ghost: NDArray[np.float64]
    machine_move: Integers
    location: Integers
    neighbourhood: Integers
    table_row: Integers
    spread: Integers
    needs_start: Integers
    needs: Integers
    feeds_start: Integers
    feeds: Integers
    members_start: Integers
    members: Integers
    site_of: Integers
    site_start: Integers
    site: Integers
    by_size: Integers
    rank: Integers
    service_weight: int
    machine_weight: int


def facts_of(problem: Reassignment) -> Facts:
    """Merge a problem's arrays for the kernels."""
    raises, empty_level = _charges(problem)
    home = problem.initial
    held = np.where(problem.transient, problem.need, 0)
    empty_room = problem.capacity.copy()
    np.subtract.at(empty_room, home, held)
    location = np.unique(problem.location, return_inverse=True)[1].astype(np.int64)
    services = len(problem.spread)
    many = np.bincount(problem.service, minlength=services) > 1
    pairs = np.unique(problem.depends[problem.depends[:, 0] != problem.depends[:, 1]], axis=0)
    needs_start, needs = _grouped(pairs[:, 0], pairs[:, 1], services)
    feeds_start, feeds = _grouped(pairs[:, 1], pairs[:, 0], services)
    members_start, members = _grouped(problem.service, np.arange(problem.processes), services)
    places = np.stack([problem.location, problem.neighbourhood])
    site_of = np.unique(places, axis=1, return_inverse=True)[1].astype(np.int64).reshape(-1)
    site_start, site = _grouped(site_of, np.arange(problem.machines), int(site_of.max()) + 1)
    sizes = problem.need / np.maximum(1.0, problem.need.mean(axis=0))
    by_size = np.argsort(-sizes.sum(axis=1), kind="stable")
    weights = [int(weight) for weight in problem.move_weights]
    return Facts(
        raises=raises,
        empty_level=empty_level,
        holds=np.stack([problem.need, problem.need - held]),
        empty_room=empty_room,
        home=home,
        service=problem.service,
        move_cost=weights[0] * problem.process_move,
        ghost=_ghost(sizes[:, problem.transient]),
        machine_move=problem.machine_move,
        location=location,
        neighbourhood=np.unique(problem.neighbourhood, return_inverse=True)[1].astype(np.int64),
        table_row=np.where(many, np.cumsum(many) - 1, -1),
        spread=np.where(problem.spread > 1, problem.spread, 0),
        needs_start=needs_start,
        needs=needs,
        feeds_start=feeds_start,
        feeds=feeds,
        members_start=members_start,
        members=members,
        site_of=site_of,
        site_start=site_start,
        site=site,
        by_size=by_size,
        rank=np.argsort(by_size),
        service_weight=weights[1],
        machine_weight=weights[2],
    )


def _charges(problem: Reassignment) -> tuple[Integers, Integers]:
    """What processes raise, and the levels of empty machines: loads first, then balances."""
    load = problem.load_weight > 0
    raises = [problem.need[:, load] * problem.load_weight[load]]
    levels = [-problem.safety[:, load] * problem.load_weight[load]]
    for first, second, target, weight in problem.balance[problem.balance[:, 3] > 0]:
        raises.append(weight * (problem.need[:, second] - target * problem.need[:, first])[:, None])
        levels.append(weight * (target * problem.capacity[:, first] - problem.capacity[:, second])[:, None])
    return np.ascontiguousarray(np.hstack(raises)), np.ascontiguousarray(np.hstack(levels))


def _grouped(keys: Integers, values: Integers, groups: int) -> tuple[Integers, Integers]:
    """Values sorted by their keys, and where each group starts."""
    order = np.argsort(keys, kind="stable")
    starts: NDArray[np.int64] = np.searchsorted(keys[order], np.arange(groups + 1)).astype(np.int64)
    return starts, values[order].copy()


def _ghost(held_twice: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shyness by what processes hold twice: (P, transient resources), 1 for a process of mean size."""
    size = held_twice.sum(axis=1) / max(1, held_twice.shape[1])
    shy: NDArray[np.float64] = np.minimum(GHOST * size, GHOST_MOST)
    return shy
