"""How old the prices are that a plan is reckoned with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.catalog import Price
from models.plan import PlannedHost
from planner.problem import Names


def prices_used(names: Names, hosts: Iterable[PlannedHost]) -> tuple[Price, ...]:
    """The catalog's prices behind the hosts of a plan, each once; prices stated on a host have no date."""
    own = {host.name for host in names.scenario.spec.hosts if host.per_hour is not None}
    return tuple({id(price): price for price in _found(names, hosts, own)}.values())


def _found(names: Names, hosts: Iterable[PlannedHost], own: set[str]) -> Iterator[Price]:
    for host in hosts:
        if not (host.standing and host.name in own):
            region = (names.topology.ancestor(host.location, "region") or host.location).rpartition("/")[2]
            price = names.catalog.price_of.get((host.cloud, region, host.host_type, host.purchase))
            if price is not None:
                yield price


def oldest_price(names: Names, hosts: Iterable[PlannedHost]) -> str:
    """The day of the oldest price used (YYYY-MM-DD), "" where none has a date."""
    return min((price.as_of.isoformat() for price in prices_used(names, hosts)), default="")
