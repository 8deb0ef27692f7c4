"""The goal tiers of the status: values recomputed, bounds below them, and the state they allow."""

from __future__ import annotations

from collections.abc import Iterator

from models.catalog import HOURS_PER_MONTH
from models.goals import GoalTier
from models.plan import TierResult
from models.reports import Violation
from planner.verify.bill import egress
from planner.verify.bill.bill import bill_of, rounding
from planner.verify.carbon import grams_per_hour
from planner.verify.concentration import largest_share, stranded
from planner.verify.layout import Layout
from planner.verify.modes import mended_breaches
from planner.verify.rules.figures import share
from planner.verify.rules.moves import moves

TOLERANCE = 1e-6
ROOM_TOLERANCE = 1e-3
"""Solvers round memory to MiB: a share is right to a thousandth."""


def check(layout: Layout) -> Iterator[Violation]:
    """Every tier's value is what the plan comes to, no bound exceeds it, OPTIMAL is proven."""
    results, goals = layout.plan.status.tiers, layout.scenario.spec.goals_in_force
    yield from _state(layout)
    if not results:
        return
    if len(results) != len(goals) or any(r.goal not in (g.goal, str(g)) for r, g in zip(results, goals, strict=True)):
        asked, given = ", ".join(map(str, goals)), ", ".join(result.goal for result in results)
        yield Violation("tiers", "goals", f"the scenario asks for {asked}; the plan reports {given}")
        return
    for result, goal in zip(results, goals, strict=True):
        yield from _tier(layout, result, goal)
    yield from _deciding(layout)


def value(layout: Layout, goal: GoalTier) -> float:
    """What the plan comes to in a goal; units as in `TierResult`."""
    match goal.goal:
        case "unplaced":
            return sum(layout.missing(w) for w in range(len(layout.workloads)))
        case "breaches":
            return mended_breaches(layout)
        case "hosts":
            return len(layout.stands)
        case "cost":
            return float(bill_of(layout).goal_per_hour)
        case "domains":
            return len({layout.domain(stand, goal.level) for stand in layout.stands} - {None})
        case "balance":
            return max((share(layout, stand) for stand in layout.stands), default=0.0)
        case "fragmentation":
            return stranded(layout, goal)
        case "risk":
            return largest_share(layout, goal.level)
        case "egress":
            return float(egress.per_month(layout) / HOURS_PER_MONTH)
        case "moves":
            return moves(layout) or 0
        case "carbon":
            return grams_per_hour(layout)


def _tier(layout: Layout, result: TierResult, goal: GoalTier) -> Iterator[Violation]:
    right = value(layout, goal)
    tolerance = ROOM_TOLERANCE if goal.goal in ("balance", "fragmentation") else TOLERANCE
    slack = float(rounding(layout)) if goal.goal == "cost" else 0.0
    if not (near(result.value, right, tolerance) or abs(result.value - right) <= slack):
        yield Violation("tiers", str(goal), f"comes to {right:g}, the plan says {result.value:g}")
    if result.bound is not None and not (result.bound <= result.value or near(result.bound, result.value)):
        yield Violation("tiers", str(goal), f"has the bound {result.bound:g} above the plan's value {result.value:g}")
    if result.gap == 0 and (result.bound is None or not near(result.bound, result.value)):
        yield Violation("tiers", str(goal), f"has no gap by the plan, but {result.value:g} against {result.bound}")


def _state(layout: Layout) -> Iterator[Violation]:
    status = layout.plan.status
    if status.state == "OPTIMAL":
        if not status.tiers:
            yield Violation("tiers", "state", "is OPTIMAL without any tier to prove it")
        for result in status.tiers:
            if result.bound is None or not near(result.bound, result.value):
                message = f"is OPTIMAL, but {result.goal} has {result.value:g} against the bound {result.bound}"
                yield Violation("tiers", "state", message)
    if status.state == "INFEASIBLE" and not status.conflicts:
        yield Violation("tiers", "state", "is INFEASIBLE, but no conflict is named")


def _deciding(layout: Layout) -> Iterator[Violation]:
    """`objective`, `bound` and `gap` are those of one of the tiers."""
    status = layout.plan.status
    mine = [tier for tier in status.tiers if tier.goal == status.objective_goal]
    if not mine:
        yield Violation("tiers", "objective", f"is of the goal {status.objective_goal!r}, which no tier reports")
    elif not (near(status.objective, mine[0].value) and _same(status.bound, mine[0].bound)):
        said = f"is {status.objective:g} with the bound {status.bound}"
        yield Violation("tiers", "objective", f"{said}, its tier has {mine[0].value:g} and {mine[0].bound}")


def _same(one: float | None, other: float | None) -> bool:
    return one is other if one is None or other is None else near(one, other)


def near(one: float, other: float, tolerance: float = TOLERANCE) -> bool:
    """Whether two values are equal but for rounding, relative to the larger."""
    return abs(one - other) <= tolerance * max(1.0, abs(one), abs(other))
