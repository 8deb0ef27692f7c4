"""Every host of the plan stands today or can be opened, and is what the plan says it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from models.host import Host, HostPool
from models.plan import PlannedHost
from models.reports import Violation
from models.resources import describe_amount
from models.topology import is_within
from planner.verify.amounts import counted
from planner.verify.layout import Layout, Stand
from planner.verify.lookup import admits_type


def check(layout: Layout) -> Iterator[Violation]:
    """Hosts are known, named once, priced and sized right; what must stay is in the plan."""
    yield from _names(layout)
    opened, sized = dict[Hashable, tuple[str, ...]](), dict[Hashable, tuple[str, ...]]()  # alike for equal hosts
    for stand in layout.stands:
        planned, wrong = stand.planned, list[str]()
        if planned.standing:
            wrong += _as_standing(layout, stand)
        else:
            if planned.name in layout.lookup.hosts:
                wrong.append("is opened under the name of a host that stands today")
            said = planned.pool, planned.location, planned.host_type, planned.purchase, planned.per_hour
            if said not in opened:
                opened[said] = tuple(_as_opened(layout, planned))
            wrong += opened[said]
        size = id(stand.facts), id(planned.allocatable)  # objects that stay while the plan does
        if size not in sized:
            sized[size] = tuple(_sized(layout, stand))
        for message in (*wrong, *sized[size]):
            yield Violation("host", stand.name, message)
    yield from _pool_limits(layout)
    yield from _must_stay(layout)


def _names(layout: Layout) -> Iterator[Violation]:
    for name, times in Counter(stand.name for stand in layout.stands).items():
        if times > 1:
            yield Violation("host", name, f"the plan has {times} hosts of this name")


def _as_standing(layout: Layout, stand: Stand) -> Iterator[str]:
    planned, host = stand.planned, layout.lookup.hosts.get(stand.name)
    if host is None or stand.facts is None:
        yield "is said to stand today, but the scenario has no such host"
        return
    yield from _differences(planned, host)
    if planned.per_hour != stand.facts.per_hour:
        code = layout.scenario.spec.currency.code
        yield f"costs {stand.facts.per_hour} {code}/h, the plan says {planned.per_hour}"


def _differences(planned: PlannedHost, host: Host) -> Iterator[str]:
    known = {"location": host.location, "host_type": host.host_type, "pool": host.pool, "purchase": host.purchase}
    for key, value in known.items():
        said = getattr(planned, key)
        if value is not None and said != value:
            yield f"has the {key.replace('_', ' ')} {value!r}, the plan says {said!r}"


def _as_opened(layout: Layout, planned: PlannedHost) -> Iterator[str]:
    pool = layout.lookup.pools.get(planned.pool)
    if pool is None:
        yield f"is opened from the pool {planned.pool!r}, which the scenario does not know"
        return
    yield from _outside(layout, planned, pool)
    host_type = layout.lookup.host_type(planned)
    if host_type is None:
        yield f"has the type {planned.host_type!r}, which the catalog does not know in {planned.cloud!r}"
        return
    if not admits_type(pool, host_type):
        yield f"has the type {planned.host_type!r}, which the pool {pool.name!r} does not admit"
    if planned.purchase not in pool.purchases:
        yield f"is bought as {planned.purchase!r}, which the pool {pool.name!r} does not admit"
    price = layout.lookup.price(planned, pool)
    if price is None:
        yield f"has no price as {planned.host_type!r}, {planned.purchase!r} in {planned.location!r}"
    elif price[0] != planned.per_hour:
        code = layout.scenario.spec.currency.code
        yield f"costs {price[0]} {code}/h by the catalog, the plan says {planned.per_hour}"


def _outside(layout: Layout, planned: PlannedHost, pool: HostPool) -> Iterator[str]:
    if planned.location not in layout.topology.leaves:
        yield f"stands in {planned.location!r}, where no host can stand: not a leaf of the topology"
    if not any(is_within(planned.location, place) for place in pool.locations):
        yield f"stands in {planned.location!r}, outside the pool {pool.name!r} ({', '.join(pool.locations)})"


def _sized(layout: Layout, stand: Stand) -> Iterator[str]:
    if stand.facts is None or layout.room(stand.facts) == stand.planned.allocatable:
        return
    room, said = layout.room(stand.facts), stand.planned.allocatable
    for name in {**room.amounts(), **said.amounts()}:
        has, claimed = room.limit(name), said.limit(name)
        if has != claimed:
            yield f"has {_limit(name, has)} for workloads, the plan says {_limit(name, claimed)}"


def _limit(name: str, value: int | None) -> str:
    return f"no limit on {name}" if value is None else describe_amount(name, value)


def _pool_limits(layout: Layout) -> Iterator[Violation]:
    opened = Counter(stand.planned.pool for stand in layout.stands if not stand.planned.standing)
    for pool in layout.scenario.spec.pools:
        if pool.max_hosts is not None and opened[pool.name] > pool.max_hosts:
            message = f"{counted(opened[pool.name], 'host')} opened, at most {pool.max_hosts} allowed"
            yield Violation("host", pool.name, message)


def _must_stay(layout: Layout) -> Iterator[Violation]:
    kept = {stand.name for stand in layout.stands if stand.planned.standing}
    for host in layout.scenario.spec.hosts:
        if not host.releasable and host.name not in kept:
            yield Violation("host", host.name, "cannot be released, but is not in the plan")
