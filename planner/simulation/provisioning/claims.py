"""Hosts to be: who waits is packed onto claims, and each claim gets the cheapest offering that holds its content.

First fit decreasing, as Karpenter's scheduler has it (`pkg/controllers/provisioning/scheduling`: `queue.go`, pods by
CPU and memory; `scheduler.go`, the claim with the fewest pods first, then a new one of the first pool that takes the
pod; `nodeclaim.go`, a claim keeps all offerings that hold its content).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from planner.simulation.cluster import Ints
from planner.simulation.provisioning.offers import Bools, Offers
from planner.simulation.state import CLASS, DEVICE, HOME, SHAPE
from planner.simulation.trial import Trial, largest_first


class Claim:
    """A host to be, and what it is to carry.

    Attributes
    ----------
    offering : int
        The one that stands for it in the sketch, at first the roomiest.
    host : int
        Its row in the sketch.
    rows : list of int
        Containers, in the order in which they were taken.
    holds : bool[T]
        Offerings that have room for the content, but for the rules of domains.
    """

    def __init__(self, market: Market, offering: int, host: int, pool: str) -> None:
        self._market = market
        self.offering, self.host = offering, host
        self.rows: list[int] = []
        self.holds: Bools = market.of_pool(pool)
        self._sum = np.zeros(market.offers.capacity.shape[1], dtype=np.int64)
        self._milli = 0  # of GPUs
        self._refused: set[tuple[int, int]] = set()

    def take(self, c: int) -> bool:
        """Take a container, where some offering then still holds all; whether it did."""
        s = self._market.cluster.state
        k = int(s.containers[c, CLASS])
        like = k, int(s.containers[c, HOME])
        if like in self._refused:
            return False
        shape = int(s.classes[k, SHAPE])
        total = self._sum + s.size[shape]
        milli = self._milli + int(s.asks[shape, 0] * s.asks[shape, 1])
        offers = self._market.offers
        holds = self.holds & self._market.takes(shape) & (offers.capacity >= total).all(axis=1)
        holds &= offers.devices * DEVICE >= milli
        if not holds.any() or not self._seat(c, holds):
            self._refused.add(like)
            return False
        self.rows.append(c)
        self._sum, self._milli, self.holds = total, milli, holds
        return True

    def settle(self, among: Bools) -> bool:
        """Become the cheapest of some offerings that takes the content under all rules; whether there is one."""
        price = self._market.price
        fit = np.flatnonzero(self.holds & among)
        return any(self.become(t) for t in fit[np.lexsort((fit, price[fit]))].tolist())

    def become(self, offering: int) -> bool:
        """Be of another offering; it stays the same where that does not take the content, or may not be opened."""
        if offering == self.offering:
            return True
        if not self._market.swap(self.offering, offering):
            return False
        old, self.offering = self.offering, offering
        self._recast()
        if self._put():
            return True
        self._market.swap(offering, old)
        self.offering = old
        self._recast()
        self._put()
        return False

    def _seat(self, c: int, holds: Bools) -> bool:
        """Put a container on the host, or on one of another offering that takes it with the rest."""
        cluster, now = self._market.cluster, self._market.now
        if holds[self.offering] and cluster.put(c, self.host, now):
            return True
        seen = {self._market.place(self.offering)} if holds[self.offering] else set()
        for t in self._market.roomiest(holds):
            place = self._market.place(t)
            if place in seen:  # a rule, or devices, kept it off: more room does not help
                continue
            seen.add(place)
            was = self.offering
            if self.become(t):
                if cluster.put(c, self.host, now):
                    return True
                self.become(was)
        return False

    def _recast(self) -> None:
        cluster, now = self._market.cluster, self._market.now
        cluster.evict(self.rows, now)
        cluster.close(self.host, now)
        self.host = cluster.open(cluster.types[self.offering], now)

    def _put(self) -> bool:
        cluster, now = self._market.cluster, self._market.now
        if all(cluster.put(c, self.host, now) for c in self.rows):
            return True
        cluster.evict(self.rows, now)
        return False


class Market:
    """What may still be opened in a sketch, while claims are made there.

    Attributes
    ----------
    trial : Trial
    cluster : Cluster
        The sketch.
    room : int
        Hosts for which there are blank rows.
    price : int64[T]
        Micro-USD per hour, now.
    """

    def __init__(self, trial: Trial, offers: Offers, room: int) -> None:
        self.trial, self.cluster = trial, trial.cluster
        self.now, self.offers, self.room = trial.now, offers, room
        self.price = offers.prices(self.cluster)
        self._left = offers.left(self.cluster)
        self._takes: dict[int, Bools] = {}
        most = np.maximum(1, offers.capacity.max(axis=0, initial=0))
        self._size = (offers.capacity / most).sum(axis=1) + offers.devices

    def pack(self, rows: Ints, *, whole: bool = False) -> tuple[list[Claim], list[int]]:
        """Make claims for containers; those that no claim takes are left. `whole` stops at the first of them."""
        claims: list[Claim] = []
        missed: list[int] = []
        hopeless: set[tuple[int, int]] = set()  # of whom one was missed, and nobody was taken since
        for c in largest_first(self.cluster, rows).tolist():
            like = tuple(self.cluster.state.containers[c, [CLASS, HOME]].tolist())
            if like in hopeless:
                missed.append(c)
            elif any(claim.take(c) for claim in sorted(claims, key=lambda claim: len(claim.rows))):
                hopeless.clear()
            elif (claim := self._claim(c)) is not None:
                claims.append(claim)
                hopeless.clear()
            else:
                missed.append(c)
                hopeless.add(like)
            if whole and missed:
                break
        return claims, missed

    def takes(self, shape: int) -> Bools:
        """bool[T]: offerings that take a container of a shape when they are empty."""
        if shape not in self._takes:
            self._takes[shape] = self.offers.takes(self.cluster, shape)
        return self._takes[shape]

    def of_pool(self, pool: str) -> Bools:
        """bool[T]: offerings of a pool."""
        own: Bools = self.offers.opens & np.array([each == pool for each in self.offers.pools], dtype=bool)
        return own

    def roomiest(self, among: Bools) -> list[int]:
        """Offerings by how much room they have, the most first; of equals the cheapest."""
        found = np.flatnonzero(among)
        return list(found[np.lexsort((found, self.price[found], -self._size[found]))].tolist())

    def place(self, offering: int) -> tuple[bytes, int]:
        """What rules and devices see of an offering."""
        return self.cluster.types[offering].domain.tobytes(), int(self.offers.devices[offering])

    def swap(self, old: int, new: int) -> bool:
        """Let a claim be of another offering, as far as quotas let it."""
        free = self._left + self.offers.weight[:, old]
        if not self.offers.within(free)[new]:
            return False
        self._left = free - self.offers.weight[:, new]
        return True

    def drop(self, claims: Iterable[Claim]) -> None:
        """Take claims back: their containers have no host again."""
        for claim in claims:
            self.cluster.evict(claim.rows, self.now)
            self.cluster.close(claim.host, self.now)
            self._left = self._left + self.offers.weight[:, claim.offering]
            self.room += 1

    def _claim(self, c: int) -> Claim | None:
        """A claim of the first pool that takes a container."""
        if self.room <= 0:
            return None
        shape = int(self.cluster.state.classes[self.cluster.state.containers[c, CLASS], SHAPE])
        fit = self.offers.within(self._left) & self.takes(shape)
        for pool in dict.fromkeys(self.offers.pools[t] for t in np.flatnonzero(fit).tolist()):
            first = self.roomiest(fit & self.of_pool(pool))[0]
            host = self.cluster.open(self.cluster.types[first], self.now)
            self._left = self._left - self.offers.weight[:, first]
            self.room -= 1
            claim = Claim(self, first, host, pool)
            if claim.take(c):
                return claim
            self.drop([claim])
        return None
