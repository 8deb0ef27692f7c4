"""No host carries more than it has, in any resource, and GPU shares fit onto single devices."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.resources import GPU, describe_amount
from models.supply import Offering
from planner.verify.amounts import excess, total
from planner.verify.devices import fits_on_devices
from planner.verify.layout import Layout, Stand


def check(layout: Layout) -> Iterator[Violation]:
    """Replicas and daemonsets together ask for at most the host's allocatable.

    A host that carries no replica is passed over: what its daemonsets ask for is not the plan's doing.
    """
    for stand in layout.stands:
        if stand.facts is None or not stand.counts:
            continue
        asked = total(((stand.used, 1), (layout.taken(stand.facts), 1)))
        over = excess(asked, stand.facts.allocatable)
        for name, value, limit in over:
            shown = f"{describe_amount(name, value)} asked for, {describe_amount(name, limit)} there"
            yield Violation("capacity", stand.name, f"{shown}: {describe_amount(name, value - limit)} too much")
        if asked.get(GPU) and not any(name == GPU for name, _, _ in over):
            yield from _devices(layout, stand, stand.facts)


def _devices(layout: Layout, stand: Stand, facts: Offering) -> Iterator[Violation]:
    milli = facts.allocatable[GPU]
    asks = [layout.demand[w].get(GPU, 0) for w, count in stand.counts.items() for _ in range(count)]
    asks += [layout.demand[w].get(GPU, 0) for w in layout.daemonsets_on(facts)]
    if not fits_on_devices(asks, milli):
        asked, there = describe_amount(GPU, sum(asks)), describe_amount(GPU, milli)
        yield Violation("capacity", stand.name, f"shares of {asked} do not fit onto the devices of {there} one by one")
