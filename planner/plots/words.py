"""What is known about a plan, in plain words."""

from __future__ import annotations

from decimal import Decimal

from models.catalog import HOURS_PER_MONTH
from models.plan import PlanStatus, TierResult
from planner.plots.labels import counted, money, number

_BETTER = {
    "unplaced": "leaves fewer replicas out",
    "hosts": "uses fewer hosts",
    "cost": "costs less",
    "domains": "uses fewer domains",
    "balance": "balances hosts better",
    "breaches": "breaks the rules to mend less often",
    "egress": "costs less for traffic",
    "moves": "moves fewer replicas",
    "fragmentation": "strands less room",
    "risk": "keeps fewer replicas in one place",
    "carbon": "emits less carbon dioxide",
}


def verdict(status: PlanStatus) -> tuple[str, str]:
    """How good the plan is: a headline and a sentence that says what it means."""
    goal = status.objective_goal.split(" ")[0]
    better = _BETTER.get(goal, f"is better in {status.objective_goal}")
    match status.state:
        case "OPTIMAL":
            placed = " and places as much" if status.unplaced else ""
            return "Proven optimal", f"No plan that keeps every rule{placed} {better}."
        case "INFEASIBLE":
            return "Cannot be done", "No plan keeps every rule; what excludes each other is told below."
        case "UNKNOWN" if status.hosts_used:
            left = counted(status.unplaced, "replica")
            return "Incomplete", f"{left} left out; whether a plan with all of them exists is not known."
        case "UNKNOWN":
            return "No plan found", f"The search ended ({status.ended or 'no reason told'}) before it found one."
    # A bound of 0 says nothing: no plan does with less.
    if status.gap is None or not status.bound:
        return "Valid, not proven best", "The plan keeps every rule; how far it is from the best is not known."
    if status.gap <= 1e-9:
        least = goal_value(goal, status.bound, status.currency)
        return f"Best in {status.objective_goal}", f"No plan does with less than {least}; not every goal is proven."
    # Rounded up: a gap is a promise about the most that can be missing.
    gap = f"{max(0.1, -(-status.gap * 1000 // 1) / 10):g} %"
    least = goal_value(goal, status.bound, status.currency)
    mine = goal_value(goal, status.objective, status.currency)
    return f"Within {gap} of the best", f"This plan: {mine}. Proven: no plan does with less than {least}."


def goal_value(goal: str, value: float, currency: str) -> str:
    """The value of a goal tier with its unit; money and carbon by the month."""
    match goal.split(" ")[0]:
        case "cost" | "egress":
            return f"{money(Decimal(str(value)) * HOURS_PER_MONTH, currency)} a month"
        case "hosts":
            return counted(value, "host")
        case "unplaced":
            return counted(value, "replica")
        case "domains":
            return counted(value, "domain")
        case "breaches":
            return counted(value, "breach")
        case "moves":
            return counted(value, "move")
        case "carbon":
            return f"{number(value * HOURS_PER_MONTH / 1000)} kg CO2e a month"
        case "balance" | "fragmentation" | "risk":
            return f"{value:.1%}".replace("%", " %")
    return number(value)


def has_more_than_compute(status: PlanStatus) -> bool:
    """Whether the bill has parts worth a table: more than the hourly prices of hosts."""
    return bool(set(status.cost_breakdown) - {"compute"}) or bool(status.upfront)


def tier_gap(tier: TierResult) -> str:
    """The gap of a tier for people."""
    if tier.gap is None:
        return "not known"
    return "none" if tier.gap <= 1e-9 else f"{tier.gap:.1%}".replace("%", " %") if tier.gap >= 0.0005 else "<0.1 %"
