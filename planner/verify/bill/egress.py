"""What traffic between replicas and to users costs, summed by tariff over all workloads."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from models.egress import EgressTariff, Tariffs
from models.selectors import WorkloadSelector
from planner.verify.layout import Layout

_Key = tuple[str, str, str | None, str | None]


def per_month(layout: Layout) -> Decimal:
    """Every tariff's traffic of the month, through its tiers."""
    if not layout.scenario.spec.traffic:
        return Decimal(0)
    tariffs = Tariffs(layout.catalog.egress, layout.topology)
    gb: dict[_Key, Fraction] = defaultdict(Fraction)
    rows: dict[_Key, EgressTariff] = {}

    def charge(row: EgressTariff | None, amount: Fraction) -> None:
        if row is not None:
            key = (row.cloud, row.scope, row.region, row.to_region)
            rows[key] = row
            gb[key] += amount * row.times

    for flow in layout.scenario.spec.traffic:
        amount = Fraction(str(flow.gb_per_month))
        for here, out in _shares(layout, flow.source).items():
            if flow.target is None:
                charge(tariffs.to_users(here), amount * out)
                continue
            for there, into in _shares(layout, flow.target).items():
                charge(tariffs.between(here, there), amount * out * into)
    return sum((rows[key].cost(float(amount)) for key, amount in gb.items()), Decimal(0))


def _shares(layout: Layout, selector: WorkloadSelector) -> dict[str, Fraction]:
    """By location, the share of all replicas of some workloads, placed or not, that stands there."""
    selected = layout.select(selector)
    replicas = sum(layout.workloads[w].count for w in selected)
    shares: dict[str, Fraction] = defaultdict(Fraction)
    for w in selected:
        for stand in layout.stands_of.get(w, ()):
            shares[stand.location] += Fraction(stand.counts[w], max(1, replicas))
    return shares
