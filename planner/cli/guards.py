"""Guard-rails: limits that the caller sets on a plan, and the exit code that follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from models.plan import Plan
from planner.cli.exits import ExitCode
from planner.plots.labels import counted, plural, to_the_cent


@dataclass(frozen=True)
class Guards:
    """Limits on a plan.

    Attributes
    ----------
    max_cost : Decimal or None
        Money per month, in the plan's currency.
    min_density : float or None
        Units of density per host.
    max_hosts : int or None
    max_unplaced : int
        Replicas that may be left out.
    """

    max_cost: Decimal | None = None
    min_density: float | None = None
    max_hosts: int | None = None
    max_unplaced: int = 0

    def breaches(self, plan: Plan) -> Iterator[str]:
        """What a plan breaches, and by how much."""
        status = plan.status
        if self.max_cost is not None and status.cost_per_month > self.max_cost:
            cost, over = (
                to_the_cent(amount, status.currency)
                for amount in (status.cost_per_month, status.cost_per_month - self.max_cost)
            )
            yield f"cost: {cost} a month, {over} above --max-cost {self.max_cost:,.2f}"
        if self.min_density is not None and status.density < self.min_density:
            short = self.min_density - status.density
            unit = f"{plural(status.density_unit)} per host"
            yield f"density: {status.density:.2f} {unit}, {short:.2f} below --min-density {self.min_density:g}"
        if self.max_hosts is not None and status.hosts_used > self.max_hosts:
            over_hosts = status.hosts_used - self.max_hosts
            yield f"hosts: {status.hosts_used:,}, {over_hosts:,} above --max-hosts {self.max_hosts:,}"
        if status.unplaced > self.max_unplaced:
            left = counted(status.unplaced, "replica")
            above = status.unplaced - self.max_unplaced
            yield f"unplaced: {left}, {above:,} above --max-unplaced {self.max_unplaced:,} (not proven impossible)"

    def accepts_infeasible(self, plan: Plan) -> bool:
        """Whether what cannot be placed is within what may be left out."""
        return 0 < plan.status.unplaced <= self.max_unplaced


def found_nothing(plan: Plan) -> bool:
    """Whether time ended before a single replica was placed, and nothing is proven."""
    status = plan.status
    placed = any(host.runs for host in plan.spec.hosts)
    return status.state == "UNKNOWN" and not placed and status.ended in ("time", "cancelled")


def verdict(plan: Plan, guards: Guards) -> tuple[ExitCode, list[str]]:
    """The exit code and the lines that say why it is not 0 (or why it is, in spite of replicas left out)."""
    status = plan.status
    if found_nothing(plan):
        return ExitCode.NO_PLAN, [f"no plan: the search ended ({status.ended}) before anything was placed"]
    if status.state == "INFEASIBLE" and not guards.accepts_infeasible(plan):
        return ExitCode.INFEASIBLE, [f"infeasible: {conflict.message}" for conflict in status.conflicts]
    infeasible = status.state == "INFEASIBLE"
    breaches = [f"guard-rail: {line}" for line in guards.breaches(plan)]
    if breaches:
        return ExitCode.GUARD_RAIL, breaches
    if infeasible or status.unplaced:
        left = f"{counted(status.unplaced, 'replica')} left out"
        return ExitCode.FINE, [f"accepted: {left}, within --max-unplaced {guards.max_unplaced:,}"]
    return ExitCode.FINE, []
