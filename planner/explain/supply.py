"""What keeps a replica off hosts that would take it: hosts that are full, used-up caps and quotas."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from models.catalog import HOURS_PER_MONTH
from models.resources import describe_amount
from planner.explain.outcome import Bools, Ints, LeftOut, Outcome
from planner.explain.steps import Step, hosts_needed, more_hosts
from planner.explain.withheld import withheld_when_used
from planner.plots.labels import money, number, percent
from planner.problem.forms import Cap, Quota
from planner.problem.score import cap_use

STORAGE_POOL, A_MONTH = "storage pool ", " a month"
"""How labels begin whose unit is a MiB, and what they end in whose unit is a millionth of money per hour."""


def supply_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Hosts with room that rules withhold, full hosts, then caps on replicas and quotas on hosts that are used up."""
    withheld = tuple(withheld_when_used(outcome, left))
    yield from withheld
    yield _full_step(outcome, left).sparing(withheld)
    yield from _cap_steps(outcome, left)
    yield from _quota_steps(outcome, left)


def _cap_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Caps on what placed replicas weigh (requests, charges, moves, volumes) that leave too little for one more."""
    for cap in outcome.problem.caps:
        for row in cap.weight[cap.items == left.item]:
            spent = cap_use(outcome.solution, cap)
            bins = (row > 0) & (spent + row > cap.most)
            if bins.any():
                yield _cap_step(outcome, left, cap, row, spent, outcome.offerings_of(bins))


def _cap_step(outcome: Outcome, left: LeftOut, cap: Cap, weight: Ints, spent: int, blocked: Bools) -> Step:
    def change(alone: Bools) -> str:
        least = min(int(weight[outcome.bin_of[o]]) for o in np.flatnonzero(alone))
        return _raise(cap, spent + least * len(left.ordinals))

    def tell(removed: Bools) -> list[tuple[str, Bools, str]]:
        least = min(int(weight[outcome.bin_of[o]]) for o in np.flatnonzero(removed))
        used = "none allowed"
        if cap.most:
            used = f"{percent(spent / cap.most)} used ({written(cap, spent)} of {written(cap, cap.most)})"
        return [(cap.rule, removed, f"{used}; one more takes {written(cap, least)}")]

    return Step(cap.rule, blocked, tell, change)


def _raise(form: Quota | Cap, most: int) -> str:
    """`raise 'vcpu (cpu)' by 4 CPU, from 8 CPU to 12 CPU`."""
    more, was, then = (written(form, value) for value in (most - form.most, form.most, most))
    return f"raise {form.rule!r} by {more}, from {was} to {then}"


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
        if weight == 1:
            return f"raise {quota.rule!r} by {more_hosts(hosts)}, from {quota.most:,} to {most:,}"
        return _raise(quota, most)

    detail = f"used up: {written(quota, spent)} of {written(quota, quota.most)}"
    return Step(quota.rule, blocked, lambda removed: [(quota.rule, removed, detail)], change)


def written(form: Quota | Cap, value: int) -> str:
    """An amount of a quota or cap: the label of those that do not count hosts or replicas ends in what they count."""
    _, bracket, what = form.rule.removesuffix(")").rpartition(" (")
    if form.rule.startswith(STORAGE_POOL):
        return f"{number(value / 1024)} GiB"
    if bracket and what.endswith(A_MONTH):
        month = Decimal(value) * HOURS_PER_MONTH / 1_000_000
        return f"{money(month, what.removesuffix(A_MONTH))} a month"
    return describe_amount(what, value) if bracket else f"{value:,}"


def _full_step(outcome: Outcome, left: LeftOut) -> Step:
    """Standing hosts that would hold a replica when empty, but are all in use and full."""
    blocked = outcome.exhausted(left.item)

    def tell(removed: Bools) -> list[tuple[str, Bools, str]]:
        kept = _kept_beside(outcome, removed)
        return [("full", removed, f"fits alone on {outcome.counted(removed)}; full{kept}")]

    def change(alone: Bools) -> str:
        hosts, best = hosts_needed(outcome, left, alone)
        offer = outcome.names.offerings[best]
        return f"add {more_hosts(hosts)} like {offer.host} ({offer.host_type})"

    return Step("full", blocked, tell, change)


def _kept_beside(outcome: Outcome, offerings: Bools) -> str:
    """The rules that keep room on some hosts, as the end of a sentence; "" where none does."""
    solution = outcome.solution
    host = np.repeat(solution.bin, np.diff(solution.start))
    here = np.isin(host, outcome.bin_of[offerings])
    kept = {outcome.names.room[i][0] for i in np.unique(solution.item[here]).tolist() if i in outcome.names.room}
    return f", with the room that {' and '.join(sorted(kept))} keeps" if kept else ""


def untried_step(outcome: Outcome, left: LeftOut) -> Step:
    """What nothing above keeps it off: only the end of the search does."""
    everything: Bools = np.ones(len(outcome.names.offerings), dtype=bool)
    detail = "nothing keeps it off; the search ended before it found how"
    return Step.plain("search", everything, detail, "give the search more time")
