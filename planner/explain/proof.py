"""What is known about how good a plan is: each tier's value against its bound, and the state."""

from __future__ import annotations

from collections.abc import Sequence

from models.goals import GoalTier
from models.plan import Conflict, PlannedHost, State, TierResult
from models.resources import CPU, MEMORY, Resources
from planner.bounds.bound import Bound
from planner.explain.outcome import Outcome
from planner.problem.probe import probe_workload
from planner.problem.score import tier_value
from planner.solvers.result import relative_gap

_UNITS = dict.fromkeys(("cost", "egress", "balance", "fragmentation", "risk"), 1_000_000) | {"carbon": 1000}
"""Integers of `problem.score` per unit of a plan's status: money per hour, grams per hour, a share of 1."""
_SHARE_TOLERANCE = 1e-3


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
    shown = _shown(outcome, goal, hosts)
    if shown is not None and abs(shown - value) > _SHARE_TOLERANCE:
        # Room kept free counts as used for solvers, not for readers; the bound speaks of the first.
        value, bound = shown, None
    if bound is None:
        return TierResult(goal=str(goal), value=value)
    return TierResult(
        goal=str(goal),
        value=value,
        bound=bound.value / _UNITS.get(goal.goal, 1),
        gap=relative_gap(exact, bound.value),
        method=bound.method,
    )


def _shown(outcome: Outcome, goal: GoalTier, hosts: Sequence[PlannedHost]) -> float | None:
    """The value of a goal about room as the plan's own hosts show it; None for other goals."""
    match goal.goal:
        case "balance":
            return _fullest(hosts)
        case "fragmentation":
            workloads = outcome.names.scenario.spec.workloads
            probe = probe_workload(workloads, goal.room_for)
            return _stranded(hosts, workloads[probe].demand()) if probe is not None else 0.0
    return None


def _stranded(hosts: Sequence[PlannedHost], probe: Resources) -> float:
    """The share of CPU and memory (the mean of both) that lies free on hosts without room for the probe."""
    limits = [{name: host.allocatable.limit(name) for name in probe.amounts()} for host in hosts]
    crowded = [
        host
        for host, limit in zip(hosts, limits, strict=True)
        if any(most is not None and most - host.used[name] < probe[name] for name, most in limit.items())
    ]
    shares = [
        sum(max(0, host.allocatable[name] - host.used[name]) for host in crowded) / given
        for name in (CPU, MEMORY)
        if (given := sum(host.allocatable[name] for host in hosts))
    ]
    return sum(shares) / len(shares) if shares else 0.0


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
