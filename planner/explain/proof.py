"""What is known about how good a plan is: each tier's value against its bound, and the state."""

from __future__ import annotations

from collections.abc import Sequence

from models.goals import GoalTier
from models.plan import Conflict, PlannedHost, State, TierResult
from planner.bounds.bound import Bound
from planner.explain.outcome import Outcome
from planner.problem.score import tier_value
from planner.solvers.result import relative_gap

_UNITS = {"cost": 1_000_000, "balance": 1_000_000}
"""Integers of `problem.score` per unit of a plan's status: USD per hour, a share of 1."""
_BALANCE_TOLERANCE = 1e-3


def tiers(outcome: Outcome, bounds: Sequence[Bound], hosts: Sequence[PlannedHost]) -> tuple[TierResult, ...]:
    """Every goal tier with its value, proven bound and gap, in the units of a plan's status."""
    goals = outcome.problem.goals
    known: list[Bound | None] = [*bounds[: len(goals)], *[None] * (len(goals) - len(bounds))]
    return tuple(_tier(outcome, goal, bound, hosts) for goal, bound in zip(goals, known, strict=True))


def _tier(outcome: Outcome, goal: GoalTier, bound: Bound | None, hosts: Sequence[PlannedHost]) -> TierResult:
    exact = tier_value(outcome.problem, outcome.solution, goal)
    if goal.goal == "unplaced":
        rooms = list(outcome.names.room)  # copies of kept room are no replicas
        exact -= int(outcome.left[rooms].sum())
        bound = Bound(max(0, bound.value - int(outcome.problem.count[rooms].sum())), bound.method) if bound else None
    value = exact / _UNITS.get(goal.goal, 1)
    if goal.goal == "balance" and abs(_fullest(hosts) - value) > _BALANCE_TOLERANCE:
        # Room kept free counts as used for solvers, not for readers; the bound speaks of the first.
        value, bound = _fullest(hosts), None
    if bound is None:
        return TierResult(goal=str(goal), value=value)
    return TierResult(
        goal=str(goal),
        value=value,
        bound=bound.value / _UNITS.get(goal.goal, 1),
        gap=relative_gap(exact, bound.value),
        method=bound.method,
    )


def _fullest(hosts: Sequence[PlannedHost]) -> float:
    """The used share of the fullest host's fullest resource."""
    limits = ((host.used[name], host.allocatable.limit(name)) for host in hosts for name in host.used.amounts())
    return max((used / limit for used, limit in limits if limit), default=0.0)


def deciding(results: Sequence[TierResult]) -> TierResult:
    """The tier that people mean by "the objective": the first one that is not `unplaced`."""
    return next((tier for tier in results if tier.goal != "unplaced"), results[0])


def state(outcome: Outcome, results: Sequence[TierResult], conflicts: Sequence[Conflict]) -> State:
    """OPTIMAL and INFEASIBLE are proven; FEASIBLE holds everything; UNKNOWN left something out unproven."""
    if conflicts:
        return "INFEASIBLE"
    if (outcome.left > 0).any():
        return "UNKNOWN"
    return "OPTIMAL" if all(tier.gap == 0 for tier in results) else "FEASIBLE"


def least_unplaced(outcome: Outcome, bounds: Sequence[Bound]) -> Bound:
    """The proven least number of copies left out."""
    for goal, bound in zip(outcome.problem.goals, bounds, strict=False):
        if goal.goal == "unplaced":
            return bound
    return Bound(0, "trivial")
