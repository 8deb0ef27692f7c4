"""At most so much money a month, for hosts or for what workloads take of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache

from models.catalog import HOURS_PER_MONTH
from models.reports import Violation
from models.resources import Capacity
from models.rules import Budget
from planner.verify.amounts import started_percent
from planner.verify.layout import Layout

MICRO = 1_000_000


def check(rule: Budget, layout: Layout) -> Iterator[Violation]:
    """Hosts at their prices, used or not; replicas at the dominant share of their host's price.

    Counted in whole millionths an hour, as prices are: the limit is rounded down, each replica's charge up.
    What is over is counted by the percent, a started one in full.
    """
    most = int(rule.max_per_month * MICRO / HOURS_PER_MONTH)
    hourly = _hosts(rule, layout) if rule.workloads is None else _charged(rule, layout)
    if hourly > most:
        code, month = layout.scenario.spec.currency.code, Decimal(hourly) / MICRO * HOURS_PER_MONTH
        what = "hosts" if rule.workloads is None else "workloads"
        message = f"{month:,.2f} {code} a month, at most {rule.max_per_month:,.2f} allowed"
        yield Violation(rule.rule, what, message, rule.name, started_percent(hourly, most))


def _hosts(rule: Budget, layout: Layout) -> int:
    return sum(int(facts.per_hour * MICRO) for _, facts in layout.selected_stands(rule.hosts))


def _charged(rule: Budget, layout: Layout) -> int:
    """What the replicas of the selected workloads are charged for their share of the selected hosts."""
    assert rule.workloads is not None
    demand = {w: layout.workloads[w].demand().amounts() for w in layout.select(rule.workloads)}

    @cache
    def charge(workload: int, price: Decimal, room: tuple[tuple[str, int | None], ...]) -> int:
        exact = Fraction(price) * MICRO * _share(demand[workload], dict(room))
        return -(-exact.numerator // exact.denominator)

    return sum(
        count * charge(w, facts.per_hour, _limits(facts.allocatable, demand[w]))
        for stand, facts in layout.selected_stands(rule.hosts)
        for w, count in stand.counts.items()
        if w in demand
    )


def _limits(room: Capacity, asked: dict[str, int]) -> tuple[tuple[str, int | None], ...]:
    return tuple((name, room.limit(name)) for name in asked)


def _share(asked: dict[str, int], limits: dict[str, int | None]) -> Fraction:
    """The largest share of a resource of the host; all of it where the host has none."""
    shares = [
        Fraction(amount, limit) if limit else Fraction(1)
        for name, amount in asked.items()
        if amount and (limit := limits[name]) is not None
    ]
    return max(shares, default=Fraction(0))
