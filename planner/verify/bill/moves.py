"""What moves cost: each is paid once, and counts spread over a month."""

from __future__ import annotations

from decimal import Decimal

from models.rules import Moves
from planner.verify.layout import Layout
from planner.verify.rules.moves import moved


def per_month(layout: Layout) -> Decimal:
    """Every rule that prices moves, over the replicas of its workloads that move."""
    priced = ((rule, rule.price) for rule in layout.scenario.spec.rules_of(Moves))
    return sum(
        (price * sum(moved(layout, w) for w in layout.select(rule.workloads)) for rule, price in priced if price),
        Decimal(0),
    )
