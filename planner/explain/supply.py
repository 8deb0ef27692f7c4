"""What keeps a replica off hosts that would take it: used-up quotas, and hosts that are full."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.resources import describe_amount
from planner.explain.outcome import Bools, LeftOut, Outcome
from planner.explain.steps import Step, hosts_needed, more_hosts
from planner.problem.forms import Quota


def supply_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Full hosts, then used-up quotas."""
    yield _full_step(outcome, left)
    yield from _quota_steps(outcome, left)


def _quota_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Quotas that leave no further host of an offering, whose hosts in use have no room."""
    full = ~outcome.roomy(left.item)
    opened = outcome.used < outcome.problem.available
    for quota in outcome.problem.quotas:
        spent = int((quota.weight * outcome.used).sum())
        bins = (quota.weight > 0) & (spent + quota.weight > quota.most) & full & opened
        if bins.any():
            yield _quota_step(outcome, left, quota, spent, outcome.offerings_of(bins))


def _quota_step(outcome: Outcome, left: LeftOut, quota: Quota, spent: int, blocked: Bools) -> Step:
    def change(alone: Bools) -> str:
        hosts, best = hosts_needed(outcome, left, alone)
        weight = int(quota.weight[outcome.bin_of[best]])
        most = spent + hosts * weight
        more = more_hosts(hosts) if weight == 1 else _written(quota, hosts * weight)
        return f"raise {quota.rule!r} by {more}, from {_written(quota, quota.most)} to {_written(quota, most)}"

    detail = f"used up: {_written(quota, spent)} of {_written(quota, quota.most)}"
    return Step(quota.rule, blocked, lambda removed: [(quota.rule, removed, detail)], change)


def _written(quota: Quota, value: int) -> str:
    """An amount of a quota; those on capacity carry the resource at the end of their label."""
    _, bracket, resource = quota.rule.removesuffix(")").rpartition(" (")
    return describe_amount(resource, value) if bracket else f"{value:,}"


def _full_step(outcome: Outcome, left: LeftOut) -> Step:
    """Standing hosts that would hold a replica when empty, but are all in use and full."""
    exhausted = (outcome.used >= outcome.problem.available) & ~outcome.roomy(left.item)
    blocked = outcome.offerings_of(exhausted) & outcome.standing

    def tell(removed: Bools) -> list[tuple[str, Bools, str]]:
        return [("full", removed, f"fits alone on {outcome.counted(removed)}; full")]

    def change(alone: Bools) -> str:
        hosts, best = hosts_needed(outcome, left, alone)
        offer = outcome.names.offerings[best]
        return f"add {more_hosts(hosts)} like {offer.host} ({offer.host_type})"

    return Step("full", blocked, tell, change)


def untried_step(outcome: Outcome, left: LeftOut) -> Step:
    """What nothing above keeps it off: only the end of the search does."""
    everything: Bools = np.ones(len(outcome.names.offerings), dtype=bool)
    detail = "nothing keeps it off; the search ended before it found how"
    return Step.plain("search", everything, detail, "give the search more time")
