"""Pricing by search: the content of one host that is worth most at given values, and an upper bound on its worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from planner.bounds.classes import Classes
from planner.bounds.columns.branching_kernel import best_by_branching
from planner.bounds.columns.host_forms import HostForms
from planner.bounds.columns.hosts import Hosts
from planner.bounds.columns.knapsack_kernel import best_content, worth_of_room
from planner.problem.device_kernel import all_held

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
KEPT = 6
"""Contents that one search returns."""
CLOSE = 1e-7
"""Relative distance of bound and content below which a content counts as best."""
SEARCHED = 3
"""Resources that bind, up to which contents are searched by one weight of all: beyond, such a bound says too little."""
DEPTH = 100
"""Levels of a tree of branches."""


@dataclass(frozen=True, eq=False)
class Offer:
    """What pricing found for one kind of host.

    Attributes
    ----------
    contents : list of int64[C]
        Copies of each class, good ones; the best is the last.
    value : float
        Of the best content that was found.
    upper : float
        No content is worth more.
    """

    contents: list[Ints]
    value: float
    upper: float

    @property
    def best(self) -> bool:
        """Whether the last content is known to be best."""
        return self.upper <= self.value + CLOSE * abs(self.value)


@dataclass(frozen=True, eq=False)
class Pricing:
    """One kind of host with the classes that fit it.

    Attributes
    ----------
    classes : Classes
    room : int64[R]
    limit : int64[C]
        The most copies of each class on the host.
    forms : HostForms
    """

    classes: Classes
    room: Ints
    limit: Ints
    forms: HostForms

    @classmethod
    def of(cls, classes: Classes, hosts: Hosts, kind: int, forms: HostForms) -> Pricing:
        """Of a kind of host."""
        return cls(classes, hosts.capacity[kind], hosts.most[kind], forms)

    @cached_property
    def inside(self) -> Ints:
        """int64[n]: classes of which a copy fits."""
        return np.flatnonzero(self.limit > 0)

    @cached_property
    def binding(self) -> Ints:
        """int64[R']: resources that all copies together can exhaust."""
        return np.flatnonzero((self.classes.size * self.limit[:, None]).sum(axis=0) > self.room)

    @cached_property
    def size(self) -> Ints:
        """int64[n, R']: sizes of the classes that fit, in the resources that can bind."""
        return np.ascontiguousarray(self.classes.size[np.ix_(self.inside, self.binding)])

    @cached_property
    def branched(self) -> bool:
        """Whether the relaxation bounds every branch: where many resources bind, as those of every hour do."""
        in_devices = self.classes.size[np.ix_(self.inside, np.flatnonzero(self.forms.device))].any()
        return len(self.binding) > SEARCHED and not in_devices

    def best(self, value: Floats, floor: float, nodes: int, *, most: Ints | None = None) -> Offer:
        """The best content at values float64[C] that is worth more than `floor`, by at most so many steps.

        With `most` int64[C], no content has more copies of a class than that.
        """
        limit = self.limit[self.inside] if most is None else np.minimum(self.limit, most)[self.inside]
        at = np.flatnonzero((value[self.inside] > 0) & (limit > 0))
        if not len(at):
            return Offer([], floor, floor)
        worth = value[self.inside[at]]
        if not len(self.binding) and self.forms.none:
            total = float(worth @ limit[at])
            return Offer([self._content(at, limit[at])], total, total) if total > floor else Offer([], floor, floor)
        if self.branched:
            return self._by_branching(at, worth, limit[at], floor, nodes)
        capacity = self.room[self.binding]
        scaled = self.size[at] / np.maximum(capacity, 1)
        room = worth_of_room(worth, scaled, limit[at].astype(float)) + 1e-9 * worth.max()
        weight = scaled @ room
        with np.errstate(divide="ignore"):
            order = np.lexsort((-weight, -worth / weight))
        at, worth, weight = at[order], worth[order], weight[order]
        top, upper, found, number = best_content(
            worth, weight, self.size[at], limit[at], capacity, room / np.maximum(capacity, 1),
            *self.forms.rows(self.inside[at]), *self._devices(self.inside[at]), floor, nodes, KEPT,
        )  # fmt: skip
        return self._offer(at, float(top), float(upper), found, number)

    def _by_branching(self, at: Ints, worth: Floats, limit: Ints, floor: float, nodes: int) -> Offer:
        """The best content of the classes `at`; limits that several share are rows as resources are."""
        member = self.forms.member[:, self.inside[at]]
        shared = member @ limit > self.forms.most
        size = np.hstack([self.size[at], member[shared].T.astype(np.int64)])
        capacity = np.concatenate([self.room[self.binding], self.forms.most[shared]])
        limit = np.where((size > capacity).any(axis=1), 0, limit)
        *_, clash_start, clash_of = self.forms.rows(self.inside[at])
        found = best_by_branching(
            worth, size, limit, np.maximum(capacity, 1), clash_start, clash_of, floor, nodes, KEPT, DEPTH
        )
        return self._offer(at, *found)

    def _offer(self, at: Ints, top: float, upper: float, found: Ints, number: int) -> Offer:
        """What a kernel returns, by classes: its ring of contents from the first to the best."""
        kept = min(number, KEPT)
        contents = [self._content(at, found[(number - kept + n) % KEPT]) for n in range(kept)]
        return Offer(contents, top, upper)

    def worth_of_room(self, value: Floats) -> Floats:
        """float64[R]: what a unit of each resource is worth on the host, by the linear knapsack."""
        worth = np.zeros(len(self.room))
        if len(self.inside) and len(self.binding):
            capacity = np.maximum(self.room[self.binding], 1)
            most = self.limit[self.inside].astype(float)
            worth[self.binding] = worth_of_room(np.maximum(0.0, value[self.inside]), self.size / capacity, most)
            worth[self.binding] /= capacity
        return worth

    def _devices(self, inside: Ints) -> tuple[Ints, Ints, Ints]:
        """Sizes int64[n, M] of classes in what comes in devices, room int64[M], and units int64[M] of one device."""
        at = np.flatnonzero(self.forms.device)
        return np.ascontiguousarray(self.classes.size[np.ix_(inside, at)]), self.room[at], self.forms.device[at]

    def _content(self, at: Ints, copies: Ints) -> Ints:
        content = np.zeros(self.classes.number, dtype=np.int64)
        content[self.inside[at]] = copies
        return content

    def takes(self, content: Ints) -> bool:
        """Whether a host takes a content, copies int64[C]."""
        fits = (content <= self.limit).all() and (content @ self.classes.size <= self.room).all()
        if not fits or not self.forms.hold(content):
            return False
        held = np.flatnonzero(content)
        size, room, unit = self._devices(held)
        return bool(all_held(size, content[held], room, unit) == 1)
