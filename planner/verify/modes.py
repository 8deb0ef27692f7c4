"""How strictly rules are meant: breaches of soft rules are counted and paid, those to mend compared with today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from models.plan import Breach
from models.reports import Violation
from models.rules import SoftRule, rule_label
from planner.verify.layout import Layout


def violations(rule: Any, layout: Layout) -> Iterable[Violation]:
    """What a rule in force has against a plan, by its mode.

    A hard rule forbids every breach, a soft one none. One to mend forbids more of them than the
    placement of today has.
    """
    mode = rule.__dict__.get("mode", "hard")  # promises have none; asking a model for what it lacks is slow
    return _found(rule, layout) if mode == "hard" else _worse(rule, layout) if mode == "mend" else ()


def _worse(rule: Any, layout: Layout) -> Iterator[Violation]:
    """A rule to mend that the plan breaks more often than the placement of today does."""
    count, today = breaches(rule, layout), breaches(rule, layout.as_today)
    if count > today:
        message = f"{count} against {today} today: a rule to mend may not be broken more than today"
        yield Violation(rule.rule, "breaches", message, rule.name, count - today)


def breaches(rule: Any, layout: Layout) -> int:
    """How often a placement breaks a rule."""
    return sum(violation.amount for violation in _found(rule, layout))


def mended_breaches(layout: Layout) -> int:
    """Breaches of all rules to mend: the value of the goal tier `breaches`."""
    return sum(breaches(rule, layout) for rule in layout.scenario.spec.lenient if rule.mode == "mend")


def reported(layout: Layout) -> tuple[Breach, ...]:
    """The soft rules and those to mend that the plan breaks, or that today's placement does."""
    lenient = layout.scenario.spec.lenient
    counted = ((rule, breaches(rule, layout), breaches(rule, layout.as_today)) for rule in lenient)
    return tuple(
        Breach(
            rule=rule_label(rule),
            mode=rule.mode,
            count=count,
            today=before,
            penalty_per_month=penalty(rule, count) if rule.mode == "soft" else None,
        )
        for rule, count, before in counted
        if count or before
    )


def penalty(rule: SoftRule, count: int) -> Decimal:
    """Money per month for so many breaches of a soft rule."""
    return (rule.penalty or Decimal(0)) * count


def check_report(layout: Layout) -> Iterator[Violation]:
    """What the status says of breaches, if it says anything, is what the plan comes to."""
    said = layout.plan.status.breaches
    right = reported(layout) if said else ()
    if _plain(right) != _plain(said):
        told = ", ".join(f"{breach.rule} {breach.count}" for breach in right) or "none"
        given = ", ".join(f"{breach.rule} {breach.count}" for breach in said) or "none"
        yield Violation("breaches", "status", f"come to {told}, the plan says {given}")


def _plain(found: tuple[Breach, ...]) -> list[tuple[Any, ...]]:
    return [(b.rule, b.mode, b.count, b.today, float(b.penalty_per_month or 0)) for b in found]


def _found(rule: Any, layout: Layout) -> Iterator[Violation]:
    check = _register().get(type(rule))
    return iter(()) if check is None else check(rule, layout)


@cache
def _register() -> Mapping[type, Callable[[Any, Layout], Iterator[Violation]]]:
    from planner.verify.checks import BY_RULE  # the register knows all checks, those that ask for breaches, too

    return BY_RULE
