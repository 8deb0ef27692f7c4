"""What the offerings have: limits, less daemonsets, less the share that headroom rules keep."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.resources import CPU, MEMORY, VOLUMES, Capacity, Resources
from planner.problem.demand.timeline import Timeline
from planner.problem.draft import Draft
from planner.problem.problem import UNLIMITED

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NO_LIMIT = 2**62
"""Stands for "without limit" among amounts in the models' units (a TiB is `UNLIMITED` bytes)."""


class Rooms:
    """Room of every offering in the models' units.

    Parameters
    ----------
    draft : Draft
        With all rules compiled.
    line : Timeline
    """

    def __init__(self, draft: Draft, line: Timeline) -> None:
        self._draft, self._line = draft, line
        workloads = draft.scenario.spec.workloads
        self._daemonsets = [w for w, workload in enumerate(workloads) if workload.kind == "daemon_set"]
        self._runs = draft.admits[self._daemonsets].T.astype(np.int64)
        self._limits: dict[str, Ints] = {}

    def limit(self, resource: str) -> Ints:
        """int64[O]: what there is for workloads and daemonsets; `NO_LIMIT` where there is no end to it."""
        if resource not in self._limits:
            self._limits[resource] = self._limit(resource)
        return self._limits[resource]

    def _limit(self, resource: str) -> Ints:
        if resource in self._draft.more_room:
            room = self._draft.more_room[resource]
            return np.where(room >= UNLIMITED, NO_LIMIT, room)
        stated = (offer.allocatable.limit(resource) for offer in self._draft.offerings)
        limits = np.array([NO_LIMIT if limit is None else limit for limit in stated], dtype=np.int64)
        if resource == VOLUMES:
            lowered = self._draft.volume_limit
            limits = np.minimum(limits, np.where(lowered >= UNLIMITED, NO_LIMIT, lowered))
        return limits

    def daemons(self, asked: Ints) -> Ints:
        """int64[O]: what daemonsets take, of whom each replica takes what int64[A] says."""
        return np.asarray(self._runs @ asked[self._daemonsets], dtype=np.int64)

    def left(self, resource: str, asked: Ints) -> Ints:
        """int64[O]: room for replicas, when everyone asks for int64[A]."""
        limit = self.limit(resource)
        room = np.where(limit == NO_LIMIT, NO_LIMIT, np.maximum(0, limit - self.daemons(asked)))
        return self._less_share(room) if resource in (CPU, MEMORY) else room

    def _less_share(self, room: Ints) -> Ints:
        """Exactly: a product of bytes and a long fraction does not go into 64 bits."""
        for o, share in enumerate(self._draft.reserved_share):
            if share and room[o] != NO_LIMIT:
                room[o] = int(int(room[o]) * (1 - share))
        return room

    @cached_property
    def crowded(self) -> Bools:
        """bool[O]: hosts on which at some time the daemonsets alone do not fit."""
        full = np.zeros(len(self._draft.offerings), dtype=bool)
        for resource in self._taken:
            if resource not in self._draft.more_room:
                own = (offer.allocatable.limit(resource) for offer in self._draft.offerings)
                limits = np.array([NO_LIMIT if limit is None else limit for limit in own], dtype=np.int64)
                for moment in self._line.hardest(resource):
                    full |= self.daemons(self._line.asked(resource, moment)) > limits
        return full

    @property
    def _taken(self) -> Iterable[str]:
        """Resources that daemonsets ask for."""
        return [name for name, asked in self._line.flat.items() if asked[self._daemonsets].any()]

    def allocatable(self) -> tuple[Capacity, ...]:
        """What replicas can use of each offering at the time when daemonsets take the least of it."""
        least = {name: self._least_taken(name) for name in self._taken}
        known: dict[tuple[int, ...], Capacity] = {}
        rooms = []
        for o, offer in enumerate(self._draft.offerings):
            taken = {name: int(amounts[o]) for name, amounts in least.items()}
            key = (id(offer.allocatable), *taken.values())
            if key not in known:
                known[key] = offer.allocatable.minus(Resources.of(taken))
            rooms.append(known[key])
        return tuple(rooms)

    def _least_taken(self, resource: str) -> Ints:
        moments = range(len(self._line.moments)) if resource in self._line.varying else (0,)
        taken = [self.daemons(self._line.asked(resource, moment)) for moment in moments]
        return np.asarray(np.min(taken, axis=0), dtype=np.int64)
