"""Commitments applied to the hosts of a plan, in the scenario's order and in exact fractions."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.catalog import HOURS_PER_MONTH
from models.money import Commitment
from models.plan import CommitmentUse
from models.supply import Offering
from planner.verify.layout import Layout

Kind = tuple[Fraction, tuple[bool, ...]]
"""What tells hosts apart here: their price, and which commitments select them."""


@dataclass(frozen=True)
class Applied:
    """What is left to pay for hosts, and how far each commitment is used.

    Attributes
    ----------
    hosts : Decimal
        Money per hour for hosts, or parts of them, that no commitment covers.
    used : tuple of Decimal
        By commitment, what of its hourly payment is used.
    """

    hosts: Decimal
    used: tuple[Decimal, ...]


def per_month(layout: Layout) -> Decimal:
    """The fees of all commitments, used or not."""
    fees = (commitment.per_hour for commitment in layout.scenario.spec.commitments)
    return sum(fees, Decimal(0)) * HOURS_PER_MONTH


def uses(layout: Layout) -> tuple[CommitmentUse, ...]:
    """How far each commitment is used, in a month."""
    given = layout.scenario.spec.commitments
    return tuple(
        CommitmentUse(
            name=commitment.name,
            paid_per_month=commitment.per_hour * HOURS_PER_MONTH,
            used_per_month=used * HOURS_PER_MONTH,
            unused_per_month=(commitment.per_hour - used) * HOURS_PER_MONTH,
        )
        for commitment, used in zip(given, applied(layout).used, strict=True)
    )


def applied(layout: Layout) -> Applied:
    """Cover hosts commitment by commitment, the dearest first, part of a host at the end.

    Of equally dear hosts, those come first that other commitments do not select.
    """
    given = layout.scenario.spec.commitments
    left = _hosts(layout)
    used = tuple(_covered(commitment, n, left) for n, commitment in enumerate(given))
    rest = sum((price * hosts for (price, _), hosts in left.items()), Fraction(0))
    return Applied(_decimal(rest), tuple(_decimal(each) for each in used))


def _hosts(layout: Layout) -> dict[Kind, Fraction]:
    """The plan's hosts by kind; only on-demand hosts are selected."""
    given = layout.scenario.spec.commitments
    marks: dict[Offering | None, tuple[bool, ...]] = {None: (False,) * len(given)}
    left: dict[Kind, Fraction] = defaultdict(Fraction)
    for (facts, price), hosts in Counter((stand.facts, stand.per_hour) for stand in layout.stands).items():
        if facts not in marks and facts is not None:
            on_demand = facts.purchase == "on_demand"
            marks[facts] = tuple(on_demand and commitment.hosts.selects(facts) for commitment in given)
        left[Fraction(price), marks[facts]] += hosts
    return left


def _covered(commitment: Commitment, n: int, left: dict[Kind, Fraction]) -> Fraction:
    """Take off `left` what the n-th commitment covers; what of its hourly payment that uses."""
    selected = sorted((kind for kind in left if kind[1][n] and kind[0]), key=lambda kind: (-kind[0], kind[1]))
    whole = Fraction(commitment.covers_hosts or commitment.spend_per_hour or 0)
    charged = 1 - Fraction(str(commitment.percent or 0)) / 100
    room = whole
    for kind in selected:
        each = Fraction(1) if commitment.kind == "resource" else kind[0] * charged
        taken = min(left[kind], room / each)
        left[kind] -= taken
        room -= taken * each
    return Fraction(commitment.per_hour) * (1 - room / whole) if whole else Fraction(0)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator
