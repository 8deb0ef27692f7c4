"""How old the prices are that a plan is reckoned with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from models.catalog import Price
from models.plan import PlannedHost
from planner.problem import Names


def prices_used(names: Names, hosts: Iterable[PlannedHost]) -> tuple[Price, ...]:
    """The catalog's prices behind the hosts of a plan, each once; prices stated for hosts of one's own have no date."""
    spec = names.scenario.spec
    own = {host.name for host in spec.hosts if host.per_hour is not None or host.owned is not None}
    pools = {pool.name for pool in spec.pools if pool.owned is not None}
    bought = (host for host in hosts if not _ours(host, own, pools))
    return tuple({id(price): price for price in _found(names, bought)}.values())


def _ours(host: PlannedHost, own: set[str], pools: set[str]) -> bool:
    """Whether the scenario says what the host costs."""
    return host.name in own if host.standing else host.purchase == "owned" and host.pool in pools


def _found(names: Names, hosts: Iterable[PlannedHost]) -> Iterator[Price]:
    for location, host_type, purchase in dict.fromkeys((h.location, h.host_type, h.purchase) for h in hosts):
        region = (names.topology.ancestor(location, "region") or location).rpartition("/")[2]
        price = names.catalog.price_of.get((location.split("/")[0], region, host_type, purchase))
        if price is not None:
            yield price


def oldest_price(names: Names, hosts: Iterable[PlannedHost]) -> str:
    """The day of the oldest price used (YYYY-MM-DD), "" where none has a date."""
    return min((price.as_of.isoformat() for price in prices_used(names, hosts)), default="")
