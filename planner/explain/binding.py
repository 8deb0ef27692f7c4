"""What binds: how much of each resource a group of hosts uses, and what is stranded beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from models.plan import PlannedHost
from models.resources import Resources


@dataclass(frozen=True)
class HostGroup:
    """Hosts of one type, pool, region and purchase option.

    Attributes
    ----------
    region : str
        The first two levels of their locations.
    zones : int
        In how many different locations they stand.
    shares : dict of str to float
        Used share of every resource that these hosts limit, 0-1, over all of them.
    binding : str
        The resource that binds most of them; "" where they are empty.
    stranded : Resources
        What is left of all other resources, over all hosts, room kept free not counted.
    """

    pool: str
    region: str
    zones: int
    host_type: str
    purchase: str
    standing: bool
    hosts: int
    replicas: int
    per_hour: Decimal
    shares: dict[str, float]
    reserved: dict[str, float]
    binding: str
    stranded: Resources

    @property
    def density(self) -> float:
        """Replicas per host."""
        return self.replicas / self.hosts


def host_groups(hosts: Iterable[PlannedHost]) -> tuple[HostGroup, ...]:
    """Group the hosts of a plan, the largest group first."""
    alike: dict[tuple[object, ...], list[PlannedHost]] = defaultdict(list)
    for host in hosts:
        region = "/".join(host.location.split("/")[:2])
        alike[host.pool, region, host.host_type, host.purchase, host.standing, host.per_hour].append(host)
    groups = (_group(members) for members in alike.values())
    return tuple(sorted(groups, key=lambda g: (-g.hosts, g.region, g.host_type, g.purchase, g.pool)))


def _group(hosts: list[PlannedHost]) -> HostGroup:
    first = hosts[0]
    given: Counter[str] = Counter()
    used: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for (allocatable, asked, reserved), count in Counter((h.allocatable, h.used, h.reserved) for h in hosts).items():
        limits = {name: limit for name in allocatable.amounts() if (limit := allocatable.limit(name))}
        given.update({name: limit * count for name, limit in limits.items()})
        used.update({name: asked[name] * count for name in limits})
        kept.update({name: reserved[name] * count for name in limits})
    bound = Counter(host.binding for host in hosts if host.binding)
    binding = min(bound, key=lambda name: (-bound[name], name)) if bound else ""
    return HostGroup(
        pool=first.pool,
        region="/".join(first.location.split("/")[:2]),
        zones=len({host.location for host in hosts}),
        host_type=first.host_type,
        purchase=first.purchase,
        standing=first.standing,
        hosts=len(hosts),
        replicas=sum(host.replicas for host in hosts),
        per_hour=first.per_hour,
        shares={name: used[name] / limit for name, limit in given.items()},
        reserved={name: kept[name] / limit for name, limit in given.items() if kept[name]},
        binding=binding,
        stranded=Resources.of({n: max(0, g - used[n] - kept[n]) for n, g in given.items() if n != binding}),
    )
