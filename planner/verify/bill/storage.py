"""What the volumes of replicas cost: each claim at the price of what it takes on its host."""

from __future__ import annotations

from decimal import Decimal

from models.catalog import HOURS_PER_MONTH
from planner.verify.layout import Layout


def per_month(layout: Layout) -> Decimal:
    """Every volume of every placed replica, each priced by the hour to a millionth; none of daemonsets."""
    price = layout.admission.sources.per_hour
    hourly = (
        stand.counts[w] * price(claim, stand.location)
        for w, stands in layout.stands_of.items()
        for claim in layout.workloads[w].volumes
        for stand in stands
    )
    return sum(hourly, Decimal(0)) * HOURS_PER_MONTH
