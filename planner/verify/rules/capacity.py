"""No host carries more than it has, in any resource at any moment, and GPU shares fit onto single devices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.reports import Violation
from models.resources import GPU, describe_amount
from models.supply import Offering
from planner.verify.devices import fits_on_devices
from planner.verify.layout import Layout, Load, Stand
from planner.verify.over_time import at_moment, peak, summed


def check(layout: Layout) -> Iterator[Violation]:
    """Replicas and daemonsets together ask for at most the host's allocatable, whenever that is.

    A host that carries no replica is passed over: what its daemonsets ask for is not the plan's doing. So is
    a resource of which usage counts instead of requests: `overload_risk` answers for it.
    """
    fine: set[tuple[Load, Offering]] = set()
    for stand in layout.stands:
        if stand.facts is None or not stand.counts or (stand.load, stand.facts) in fine:
            continue
        wrong = tuple(_overfull(layout, stand, stand.facts))
        yield from wrong
        if not wrong:
            fine.add((stand.load, stand.facts))


def _overfull(layout: Layout, stand: Stand, facts: Offering) -> Iterator[Violation]:
    """What a host carries too much."""
    asked = summed(((stand.over_time, 1), (layout.taken(facts), 1)))
    for name in layout.at_risk(facts):
        asked.pop(name, None)
    crowded = False
    for name, value in peak(asked).items():
        limit = facts.allocatable.limit(name)
        if value and limit is not None and value > limit:
            crowded |= name == GPU
            when = layout.time.said(int(np.argmax(asked[name])))
            shown = f"{describe_amount(name, value)} asked for{when}, {describe_amount(name, limit)} there"
            yield Violation("capacity", stand.name, f"{shown}: {describe_amount(name, value - limit)} too much")
    if GPU in asked and np.any(asked[GPU]) and not crowded:
        yield from devices(layout, stand, facts)


def devices(layout: Layout, stand: Stand, facts: Offering) -> Iterator[Violation]:
    """Devices are dealt out anew at every moment."""
    milli = facts.allocatable[GPU]
    carried = [*stand.counts.items(), *((w, 1) for w in layout.daemonsets_on(facts))]
    seen: set[tuple[int, ...]] = set()
    for moment in range(len(layout.time.moments)):
        asks = tuple(at_moment(layout.time.demand[w].get(GPU, 0), moment) for w, count in carried for _ in range(count))
        if asks not in seen and not fits_on_devices(asks, milli):
            asked, there = describe_amount(GPU, sum(asks)), describe_amount(GPU, milli)
            shown = f"shares of {asked} do not fit onto the devices of {there} one by one{layout.time.said(moment)}"
            yield Violation("capacity", stand.name, shown)
            return
        seen.add(asks)
