"""What a plan costs in a month, part by part, once more from the words.

A part is a function of its own file, `per_month(layout)`: exact money in the scenario's currency, unrounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.catalog import HOURS_PER_MONTH
from planner.verify.bill import commitments, egress, hosts, licences, moves, penalties, storage
from planner.verify.layout import Layout

MILLIONTH = Decimal("0.000001")
COMPUTE, PENALTIES = "compute", "penalties"
PARTS: Mapping[str, Callable[[Layout], Decimal]] = {
    COMPUTE: hosts.per_month,
    "storage": storage.per_month,
    "egress": egress.per_month,
    "licences": licences.per_month,
    "commitments": commitments.per_month,
    "moves": moves.per_month,
    PENALTIES: penalties.per_month,
}
"""In the order in which reports show them. `penalties` are no money that anybody pays: they are told apart."""


@dataclass(frozen=True)
class Bill:
    """A plan's costs a month by part, those that occur.

    Attributes
    ----------
    parts : mapping of str to Decimal
    """

    parts: Mapping[str, Decimal]

    @property
    def per_month(self) -> Decimal:
        """What is paid in a month: everything but penalties."""
        return sum((cost for name, cost in self.parts.items() if name != PENALTIES), Decimal(0))

    @property
    def goal_per_hour(self) -> Decimal:
        """The value of the goal `cost`: all of it, penalties included, by the hour."""
        return sum(self.parts.values(), Decimal(0)) / HOURS_PER_MONTH


def rounding(layout: Layout) -> Decimal:
    """By how much the goal `cost` in whole millionths an hour may differ from exact money.

    Each part of the cost is rounded by itself: for every host, replica, breach, rule and commitment.
    """
    spec = layout.scenario.spec
    rounded = len(layout.stands) + sum(map(len, layout.placed.values()))
    paid = sum(count for _, count in penalties.soft_breaches(layout))
    return MILLIONTH * (rounded * len(PARTS) + paid + len(spec.rules_in_force) + len(spec.commitments))


def bill_of(layout: Layout) -> Bill:
    """The bill of a plan."""
    costs = {name: per_month(layout) for name, per_month in PARTS.items()}
    return Bill({name: cost for name, cost in costs.items() if cost})
