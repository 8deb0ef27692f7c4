"""Equal hosts, grouped: what is drawn once with a multiplicity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from models.plan import PlannedHost
from planner.plots.labels import resource_title

MOST_BANDS = 4
"""Averages by fullness that hosts of one type are parted into at most."""


@dataclass(frozen=True)
class HostGroup:
    """Hosts that are drawn as one.

    Attributes
    ----------
    hosts : tuple of PlannedHost
        At least one.
    alike : bool
        Whether all carry the same (of each family as many); else the group stands for their average.
    """

    hosts: tuple[PlannedHost, ...]
    alike: bool = True

    @property
    def count(self) -> int:
        """How many hosts it stands for."""
        return len(self.hosts)

    @cached_property
    def contents(self) -> Mapping[str, int]:
        """Replicas by workload on all its hosts together."""
        total: Counter[str] = Counter()
        for host in self.hosts:
            total.update({workload: len(ordinals) for workload, ordinals in host.runs.items() if ordinals})
        return total

    def per_host(self, workload: str) -> float:
        """Replicas of a workload on one host (the average where the hosts differ)."""
        return self.contents.get(workload, 0) / self.count

    def limit(self, resource: str) -> float | None:
        """What one host can give of a resource, in the model's units; None is without limit."""
        limits = [host.allocatable.limit(resource) for host in self.told]
        stated = [limit for limit in limits if limit is not None]
        return sum(stated) / len(stated) if stated else None

    def used(self, resource: str) -> float:
        """What the placed replicas ask of one host at its fullest, in the model's units."""
        return sum(host.used[resource] for host in self.told) / len(self.told)

    def reserved(self, resource: str) -> float:
        """What headroom rules keep free of one host, in the model's units."""
        return sum(host.reserved[resource] for host in self.told) / len(self.told)

    def share(self, resource: str) -> float | None:
        """The used share of a resource, 0-1 (above 1 where a host is overfull); None without limit."""
        limit = self.limit(resource)
        return self.used(resource) / limit if limit else None

    @cached_property
    def binding(self) -> str:
        """The resource that binds most of its hosts, "" where none does."""
        return Counter(host.binding for host in self.hosts).most_common(1)[0][0]

    @cached_property
    def type_names(self) -> str:
        """The host type, with the count of further ones."""
        return _first_and_more(host.host_type for host in self.hosts)

    @cached_property
    def purchases(self) -> str:
        """The purchase option, with the count of further ones."""
        return _first_and_more(host.purchase.replace("_", " ") for host in self.hosts)

    @cached_property
    def location(self) -> str:
        """The path that all its hosts share."""
        paths = [host.location.split("/") for host in self.hosts]
        shared = [names[0] for names in zip(*paths, strict=False) if len(set(names)) == 1]
        return "/".join(shared) or "several clouds"

    @cached_property
    def told(self) -> tuple[PlannedHost, ...]:
        """The hosts that amounts are read from: one is enough where all are alike."""
        return self.hosts[:1] if self.alike else self.hosts


def _first_and_more(names: Iterable[str]) -> str:
    ranked = [name for name, _ in Counter(names).most_common()]
    return ranked[0] if len(ranked) == 1 else f"{ranked[0]} and {len(ranked) - 1} more"


def equal_hosts(hosts: Sequence[PlannedHost]) -> tuple[HostGroup, ...]:
    """Group hosts of the same type, purchase option, location and contents by workload counts.

    Returns
    -------
    tuple of HostGroup
        Types together, the largest first; within a type the most frequent first.
    """
    return _ordered(_grouped(hosts, lambda host: (host.location, _likeness(host, {})), alike=True))


def _grouped(hosts: Iterable[PlannedHost], key: Callable[[PlannedHost], Hashable], alike: bool) -> list[HostGroup]:
    found: dict[Hashable, list[PlannedHost]] = {}
    for host in hosts:
        found.setdefault(key(host), []).append(host)
    return [HostGroup(tuple(members), alike or len(members) == 1) for members in found.values()]


def _likeness(host: PlannedHost, families: Mapping[str, str]) -> Hashable:
    counts: dict[str, int] = {}
    for workload, ordinals in host.runs.items():
        if ordinals:
            family = families.get(workload, workload)
            counts[family] = counts.get(family, 0) + len(ordinals)
    sizes = host.allocatable, host.used, host.reserved
    kind = host.host_type, host.purchase, host.per_hour, host.binding, host.standing
    return kind, sizes, frozenset(counts.items())


def _kind(host: PlannedHost) -> Hashable:
    return host.cloud, host.host_type, host.purchase


def _type(host: PlannedHost) -> Hashable:
    return host.cloud, host.host_type


def host_groups(
    hosts: Sequence[PlannedHost], most: int, one_by_one: int = 0, families: Mapping[str, str] | None = None
) -> tuple[HostGroup, ...]:
    """At most `most` groups of hosts of one place: each by itself, equal ones, or averages of what is left.

    Parameters
    ----------
    hosts : sequence of PlannedHost
    most : int
        Where equal hosts make more groups, hosts of a type are averaged in bands by how full they
        are, and if there are too many types, across types.
    one_by_one : int
        Up to so many hosts, each is a group of its own.
    families : mapping of str to str, optional
        Families by workload: hosts with as many replicas of each are equal, whichever these are.
    """
    if len(hosts) <= one_by_one:
        return _ordered(HostGroup((host,)) for host in hosts)
    groups = _grouped(hosts, lambda host: _likeness(host, families or {}), alike=True)
    if len(groups) <= most:
        return _ordered(groups)
    repeated = sorted((group for group in groups if group.count > 1), key=lambda group: -group.count)
    for kept, key in ((repeated[: most // 2], _kind), ([], _kind), ([], _type)):
        told = {host.name for group in kept for host in group.hosts}
        kinds = _grouped((host for host in hosts if host.name not in told), key, alike=False)
        if len(kept) + len(kinds) <= most:
            bands = min(MOST_BANDS, (most - len(kept)) // max(1, len(kinds)))
            return _ordered([*kept, *(band for kind in kinds for band in _bands(kind, bands))])
    ranked = sorted(kinds, key=lambda group: -group.count)
    mixed = HostGroup(tuple(host for group in ranked[most - 1 :] for host in group.hosts), alike=False)
    return (*_ordered(ranked[: most - 1]), mixed)


def _bands(group: HostGroup, bands: int) -> Iterator[HostGroup]:
    """Part hosts into bands of about equal count, the fullest first."""
    ranked = sorted(group.hosts, key=_fullness, reverse=True)
    size = -(-len(ranked) // bands)
    for at in range(0, len(ranked), size):
        members = tuple(ranked[at : at + size])
        yield HostGroup(members, alike=len(members) == 1)


def _fullness(host: PlannedHost) -> float:
    limit = host.allocatable.limit(host.binding) if host.binding else None
    return host.used[host.binding] / limit if limit else 0.0


def _ordered(groups: Iterable[HostGroup]) -> tuple[HostGroup, ...]:
    def place(group: HostGroup) -> tuple[object, ...]:
        first = group.hosts[0]
        size = (-first.allocatable.cpu, -first.allocatable.memory)
        like = (not group.alike, -group.count if group.alike else -_fullness(first), first.location)
        return (*size, first.host_type, first.purchase, *like)

    return tuple(sorted(groups, key=place))


def by_location(hosts: Sequence[PlannedHost], most: int) -> dict[str, list[PlannedHost]]:
    """Hosts by location; deep paths are cut to a common depth that leaves at most `most` of them.

    Standing order of the keys is by path, so that zones of a region and regions of a cloud are
    neighbours.
    """
    depth = max((host.location.count("/") + 1 for host in hosts), default=1)
    while True:
        found: dict[str, list[PlannedHost]] = {}
        for host in hosts:
            found.setdefault("/".join(host.location.split("/")[:depth]), []).append(host)
        if len(found) <= most or depth == 1:
            return dict(sorted(found.items()))
        depth -= 1


def binding_resource(hosts: Sequence[PlannedHost]) -> str:
    """The resource that binds most hosts of those that tell how much they have; `cpu` where nothing is known."""
    counts = Counter(host.binding for host in hosts if host.binding and host.allocatable.limit(host.binding))
    return min(counts, key=lambda name: (-counts[name], resource_title(name))) if counts else "cpu"
