"""What a reader of the plan should know before acting on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from models.plan import PlannedHost
from planner.explain.conflict import missing_rooms
from planner.explain.outcome import Outcome
from planner.explain.prices import prices_used
from planner.explain.unknown import unknown
from planner.lint.prices import worth_checking

_KUBERNETES = {"kubernetes", "eks", "gke", "aks"}


def warnings(outcome: Outcome, hosts: Sequence[PlannedHost], today: date) -> tuple[str, ...]:
    """Warnings of the build, then those about rules, prices and drift."""
    found = [
        *outcome.names.warnings,
        *_rooms(outcome),
        *_prices(outcome, hosts, today),
        *unknown(outcome, hosts),
        *_drift(outcome, hosts),
    ]
    return tuple(dict.fromkeys(found))


def _rooms(outcome: Outcome) -> Iterator[str]:
    for rule in sorted(missing_rooms(outcome)):
        yield f"room: the plan does not keep all that {rule} asks for"


def _prices(outcome: Outcome, hosts: Sequence[PlannedHost], today: date) -> Iterator[str]:
    used, currency = prices_used(outcome.names, hosts), outcome.names.scenario.spec.currency
    for old in worth_checking(used, today):
        yield f"prices: {old}; check before buying"
    if used and currency.as_of is not None:
        rate = f"{currency.per_usd.normalize():f} {currency.code} for a USD, the rate of {currency.as_of}"
        yield f"prices: those in USD are converted at {rate}"


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
