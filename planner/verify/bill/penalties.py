"""Penalties: what the breaches of soft rules count in a month."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from models.rules import SoftRule
from planner.verify.layout import Layout
from planner.verify.modes import breaches, penalty


def per_month(layout: Layout) -> Decimal:
    """Breaches times penalty, over all soft rules."""
    return sum((penalty(rule, count) for rule, count in soft_breaches(layout)), Decimal(0))


def soft_breaches(layout: Layout) -> Iterator[tuple[SoftRule, int]]:
    """How often the plan breaks each soft rule."""
    for rule in layout.scenario.spec.lenient:
        if rule.mode == "soft":
            yield rule, breaches(rule, layout)
