"""What hosts cost at their prices, and what is paid for them at the start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from models.catalog import HOURS_PER_MONTH
from models.plan import PlannedHost
from planner.verify.bill.commitments import applied
from planner.verify.layout import Layout


def per_month(layout: Layout) -> Decimal:
    """The prices of all hosts, or parts of hosts, that no commitment covers."""
    return applied(layout).hosts * HOURS_PER_MONTH


def by(layout: Layout, key: Callable[[PlannedHost], str]) -> Mapping[str, Decimal]:
    """Money a month of the hosts at their prices, before commitments: by cloud, by purchase option."""
    split: dict[str, Decimal] = defaultdict(Decimal)
    for stand in layout.stands:
        split[key(stand.planned)] += stand.per_hour * HOURS_PER_MONTH
    return split


def upfront(layout: Layout) -> Decimal:
    """Money once at the start: for the hosts to be opened, and for all commitments.

    It is part of the hourly prices, spread over the term. For hosts that stand it is paid already.
    """
    opened = (stand.facts.upfront for stand in layout.stands if stand.facts and not stand.planned.standing)
    agreed = (commitment.upfront for commitment in layout.scenario.spec.commitments)
    return sum(opened, Decimal(0)) + sum(agreed, Decimal(0))
