"""Round-trip times between places: measured, or known of zones and regions, or estimated by distance.

Figures that are not measured: inside a zone about 0.5 ms (FlashGrid, "Latencies between AWS
availability zones", 2023-03, measured pairs); between the zones of a region at most about 2 ms
(Microsoft, "What are availability zones?", azure-docs `availability-zones-overview.md`, 2025-01);
between regions by great circle (`models.traffic.estimated_ms`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import inf

from models.topology import Level, Topology
from models.traffic import MeasuredLatency, Users, estimated_ms

SAME_ZONE_MS = 0.5
SAME_REGION_MS = 2.0
_INNER: tuple[Level, ...] = ("zone", "site", "rack")
"""Levels inside a region; where a topology skips zones, a site or a rack stands for one."""


@dataclass(frozen=True)
class RoundTrip:
    """A round-trip time in ms, infinite where nothing is known; `estimated` unless measured."""

    ms: float
    estimated: bool = True

    def __str__(self) -> str:
        if self.ms == inf:
            return "an unknown time"
        return f"about {self.ms:.3g} ms (estimated)" if self.estimated else f"{self.ms:g} ms"


UNKNOWN = RoundTrip(inf)


class Latencies:
    """Round-trip times between the places of a topology.

    The most specific knowledge wins: of the measured pairs that hold for two places (either way
    round, their own or of what they lie in) the deepest, the slower one of equals; but what is known
    of hosts in one zone, or in one region, goes before a pair measured between wider domains. Places
    without common region and measured pair are estimated from their coordinates.

    Parameters
    ----------
    measured : iterable of MeasuredLatency
    topology : Topology
    """

    def __init__(self, measured: Iterable[MeasuredLatency], topology: Topology) -> None:
        self._topology = topology
        self._measured: dict[frozenset[str], float] = {}
        for pair in measured:
            ends = frozenset(pair.between)
            self._measured[ends] = max(pair.ms, self._measured.get(ends, 0.0))
        self._named = frozenset().union(*self._measured)
        self._spots: dict[str, str] = {}
        self._known: dict[tuple[str, str], RoundTrip] = {}

    def ms(self, here: str, there: str) -> float:
        """Milliseconds between a host at one place and another host at the other (or at the same)."""
        return self.round_trip(here, there).ms

    def round_trip(self, here: str, there: str) -> RoundTrip:
        """The same, with whether it is an estimate."""
        ends = min(self.spot(here), self.spot(there)), max(self.spot(here), self.spot(there))
        if ends not in self._known:
            self._known[ends] = self._found(*ends)
        return self._known[ends]

    def to_users(self, here: str, users: Users) -> RoundTrip:
        """From a place to users, by distance."""
        place = self._topology.place(here)
        if place is None or users.latitude is None or users.longitude is None:
            return UNKNOWN
        return RoundTrip(estimated_ms(place, (users.latitude, users.longitude)))

    def spot(self, location: str) -> str:
        """The domain that decides how far a location is: its zone, or a measured one inside it."""
        if location not in self._spots:
            inner = (self._topology.ancestor(location, level) for level in _INNER)
            base = next((domain for domain in inner if domain), location)
            named = (domain for domain in _upwards(location) if domain in self._named)
            self._spots[location] = max(base, next(named, ""), key=len)  # both lead down to the location
        return self._spots[location]

    def _found(self, here: str, there: str) -> RoundTrip:
        """The most specific of what is measured and what is known of zones and regions, else by distance."""
        candidates = [*self._measured_between(here, there), *self._inside(here, there)]
        if candidates:
            return max(candidates, key=lambda found: (found[0], not found[1].estimated, found[1].ms))[1]
        place, other = self._topology.place(here), self._topology.place(there)
        return RoundTrip(estimated_ms(place, other)) if place and other else UNKNOWN

    def _measured_between(self, here: str, there: str) -> list[tuple[int, RoundTrip]]:
        pairs = ((_depth(a) + _depth(b), frozenset((a, b))) for a, b in product(_upwards(here), _upwards(there)))
        return [(depth, RoundTrip(self._measured[ends], False)) for depth, ends in pairs if ends in self._measured]

    def _inside(self, here: str, there: str) -> list[tuple[int, RoundTrip]]:
        """What is known of two hosts in one zone, or else in one region."""
        for level, ms in (*((level, SAME_ZONE_MS) for level in _INNER), ("region", SAME_REGION_MS)):
            domain = self._topology.ancestor(here, level)
            if domain is not None and domain == self._topology.ancestor(there, level):
                return [(2 * _depth(domain), RoundTrip(ms))]
        return []


def _upwards(path: str) -> list[str]:
    """The path and every domain around it, the innermost first."""
    steps = path.split("/")
    return ["/".join(steps[:n]) for n in range(len(steps), 0, -1)]


def _depth(path: str) -> int:
    return path.count("/") + 1


def clusters(
    latencies: Latencies, max_ms: float, sources: Iterable[str], targets: Iterable[str]
) -> tuple[frozenset[str], ...]:
    """Disjoint groups of spots in which every source is within `max_ms` of every target.

    A source then needs only some target in its group, wherever each of them stands. Groups are
    taken greedily, each time the one with the most sources that are not in a group yet; each
    grows from a target by the place that is within reach of most others. With equal sources and
    targets it is a cover by cliques, largest first.

    Returns
    -------
    tuple of frozenset of str
        Spots (`Latencies.spot`), each in one group at most; every group has a source and a target.
    """
    a, b = ({latencies.spot(location) for location in locations} for locations in (sources, targets))
    spots = sorted(a | b)

    def agree(x: str, y: str) -> bool:
        asked = (x in a and y in b) or (x in b and y in a)
        return not asked or latencies.ms(x, y) <= max_ms

    near = [sum(1 << n for n, other in enumerate(spots) if agree(spot, other)) for spot in spots]
    ranked = sorted(range(len(spots)), key=lambda n: (spots[n] not in a, -near[n].bit_count(), n))
    is_source = sum(1 << n for n, spot in enumerate(spots) if spot in a)
    left = sum(1 << n for n in range(len(spots)) if near[n] >> n & 1)
    found: list[frozenset[str]] = []
    while True:
        seeds = [n for n, spot in enumerate(spots) if spot in b and left >> n & 1]
        groups = [_grown(seed, near, ranked, left) for seed in seeds]
        best = max(groups, key=lambda group: ((group & is_source).bit_count(), group.bit_count()), default=0)
        if not best & is_source:
            return tuple(found)
        found.append(frozenset(spot for n, spot in enumerate(spots) if best >> n & 1))
        left &= ~best


def _grown(seed: int, near: list[int], ranked: list[int], left: int) -> int:
    """The group that grows from a seed, place after place in their order: a bit for each member."""
    group, open_to = 1 << seed, near[seed] & left & ~(1 << seed)
    for n in ranked:
        if open_to >> n & 1:
            group |= 1 << n
            open_to &= near[n] & ~(1 << n)
    return group
