"""The plan's cost, once more from the prices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from models.reports import Violation
from planner.verify.bill import commitments, hosts
from planner.verify.bill.bill import bill_of
from planner.verify.layout import Layout

HALF_A_CENT = Decimal("0.005")


def check(layout: Layout) -> Iterator[Violation]:
    """The bill of a month of 730 h: in all and by part, by cloud and by purchase option, to the cent.

    The status may leave the break-downs out; what it states must be right.
    """
    status, code = layout.plan.status, layout.scenario.spec.currency.code
    if status.currency != code:
        yield Violation("cost", "currency", f"is {code}, the plan says {status.currency}")
    bill = bill_of(layout)
    yield from _compared("cost_per_month", bill.per_month, status.cost_per_month, code)
    yield from _parts("cost_breakdown", bill.parts, status.cost_breakdown, code)
    by_cloud, by_purchase = (hosts.by(layout, key) for key in (lambda host: host.cloud, lambda host: host.purchase))
    yield from _parts("cost_by_cloud", by_cloud, status.cost_by_cloud, code)
    yield from _parts("cost_by_purchase", by_purchase, status.cost_by_purchase, code)
    yield from _compared("upfront", hosts.upfront(layout), status.upfront, code, "once")
    yield from _uses(layout, code)


def _uses(layout: Layout, code: str) -> Iterator[Violation]:
    """What the plan says of each commitment, by name."""
    right, said = commitments.uses(layout), {use.name: use for use in layout.plan.status.commitments}
    for use in right if said else ():
        stated = said.pop(use.name, None)
        if stated is None:
            yield Violation("cost", use.name, "is a commitment that the plan does not report")
            continue
        for key in ("paid_per_month", "used_per_month", "unused_per_month"):
            yield from _compared(f"{use.name}: {key}", getattr(use, key), getattr(stated, key), code)
    for name in said:
        yield Violation("cost", name, "is reported as a commitment, but the scenario has none of this name")


def _parts(subject: str, right: Mapping[str, Decimal], said: Mapping[str, Decimal], code: str) -> Iterator[Violation]:
    for key in {**right, **said} if said else ():
        yield from _compared(f"{subject}[{key}]", right.get(key, Decimal(0)), said.get(key, Decimal(0)), code)


def _compared(subject: str, right: Decimal, said: Decimal, code: str, when: str = "a month") -> Iterator[Violation]:
    if not abs(right - said) <= HALF_A_CENT:
        yield Violation("cost", subject, f"comes to {right:,.2f} {code} {when}, the plan says {said:,.2f}")
