"""The plan's cost, once more from the prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

from models.catalog import HOURS_PER_MONTH
from models.reports import Violation
from planner.verify.layout import Layout

HALF_A_CENT = Decimal("0.005")


def check(layout: Layout) -> Iterator[Violation]:
    """Price x 730 h of the plan's hosts: in all, by cloud and by purchase option, to the cent.

    The status may leave the two break-downs out; what it states must be right.
    """
    status = layout.plan.status
    whole = Decimal(0)
    by_cloud: dict[str, Decimal] = defaultdict(Decimal)
    by_purchase: dict[str, Decimal] = defaultdict(Decimal)
    for stand in layout.stands:
        monthly = stand.per_hour * HOURS_PER_MONTH
        whole += monthly
        by_cloud[stand.planned.cloud] += monthly
        by_purchase[stand.planned.purchase] += monthly
    yield from _compared("cost_per_month", whole, status.cost_per_month)
    yield from _parts("cost_by_cloud", by_cloud, status.cost_by_cloud)
    yield from _parts("cost_by_purchase", by_purchase, status.cost_by_purchase)


def _parts(subject: str, right: Mapping[str, Decimal], said: Mapping[str, Decimal]) -> Iterator[Violation]:
    for key in {**right, **said} if said else ():
        yield from _compared(f"{subject}[{key}]", right.get(key, Decimal(0)), said.get(key, Decimal(0)))


def _compared(subject: str, right: Decimal, said: Decimal) -> Iterator[Violation]:
    if not abs(right - said) <= HALF_A_CENT:
        yield Violation("cost", subject, f"comes to {right:,.2f} USD a month, the plan says {said:,.2f}")
