"""What a reader of the plan should know before acting on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from models.catalog import Price
from models.plan import PlannedHost
from planner.explain.conflict import missing_rooms
from planner.explain.outcome import Outcome
from planner.explain.prices import prices_used

YEAR = timedelta(days=365)
_KUBERNETES = {"kubernetes", "eks", "gke", "aks"}


def warnings(outcome: Outcome, hosts: Sequence[PlannedHost], today: date) -> tuple[str, ...]:
    """Warnings of the build, then those about rules, prices and drift."""
    found = [*outcome.names.warnings, *_rooms(outcome), *_prices(outcome, hosts, today), *_drift(outcome, hosts)]
    return tuple(dict.fromkeys(found))


def _rooms(outcome: Outcome) -> Iterator[str]:
    for rule in sorted(missing_rooms(outcome)):
        yield f"headroom: the plan does not keep all the room that {rule} asks for"


def _prices(outcome: Outcome, hosts: Sequence[PlannedHost], today: date) -> Iterator[str]:
    used = prices_used(outcome.names, hosts)
    dated = [price for price in used if price.quality == "dated"]
    if dated:
        yield f"prices: {_told(dated)} of a source that is itself dated; check before buying"
    old = [price for price in used if price.as_of < today - YEAR and price.quality != "dated"]
    if old:
        yield f"prices: {_told(old)} older than a year; check before buying"


def _told(prices: Sequence[Price]) -> str:
    oldest = min(prices, key=lambda price: (price.as_of, price.host_type))
    which = f"{oldest.host_type} in {oldest.cloud}/{oldest.region}, of {oldest.as_of}"
    return f"1 price ({which}) is" if len(prices) == 1 else f"{len(prices):,} prices (the oldest: {which}) are"


def _drift(outcome: Outcome, hosts: Sequence[PlannedHost]) -> Iterator[str]:
    """A packed plan does not stay packed under a scheduler that spreads (kube-scheduler, LeastAllocated)."""
    spec = outcome.names.scenario.spec
    platforms = {pool.name: pool.platform.kind for pool in spec.pools}
    standing = {host.name: host.platform.kind for host in spec.hosts}
    kinds = {standing[host.name] if host.standing else platforms[host.pool] for host in hosts}
    if len(hosts) > 1 and kinds & _KUBERNETES:
        yield (
            "drift: the plan packs hosts, kube-scheduler's default scoring (LeastAllocated) spreads; "
            "set MostAllocated scoring, or the cluster drifts away from the plan"
        )
