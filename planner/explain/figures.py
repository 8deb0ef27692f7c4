"""The numbers of a set of hosts: how many, how dense, what they cost and where the money goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.catalog import HOURS_PER_MONTH, Catalog
from models.plan import CommitmentUse, Figures, Plan, PlannedHost, PlanSpec
from models.scenario import Scenario
from planner.verify.bill import commitments, hosts
from planner.verify.bill.bill import bill_of
from planner.verify.layout import Layout

CENT = Decimal("0.01")


def laid_out(scenario: Scenario, planned: Sequence[PlannedHost], catalog: Catalog) -> Layout:
    """Hosts with what they carry, laid over their scenario: what money is counted on."""
    placement: dict[str, Any] = {"spec": PlanSpec.model_construct(scenario=scenario.name, hosts=tuple(planned))}
    return Layout(scenario, Plan.model_construct(**placement), catalog)


def money(layout: Layout) -> dict[str, Any]:
    """The money of a plan to the cent, by the fields of `PlanStatus`.

    The bill is the verifier's, in exact decimals from the scenario's words. That solvers saw the same cost is
    checked where the goal `cost`, which comes from the arrays, is compared with it.
    """
    bill, planned = bill_of(layout), layout.plan.spec.hosts
    return {
        "currency": layout.scenario.spec.currency.code,
        "cost_per_month": bill.per_month.quantize(CENT),
        "cost_breakdown": {name: cost.quantize(CENT) for name, cost in bill.parts.items()},
        "cost_by_cloud": cost_by(planned, lambda host: host.cloud),
        "cost_by_purchase": cost_by(planned, lambda host: host.purchase),
        "upfront": hosts.upfront(layout).quantize(CENT),
        "commitments": tuple(_to_the_cent(use) for use in commitments.uses(layout)),
    }


def _to_the_cent(use: CommitmentUse) -> CommitmentUse:
    amounts = ("paid_per_month", "used_per_month", "unused_per_month")
    return use.model_copy(update={name: getattr(use, name).quantize(CENT) for name in amounts})


def monthly(per_hour: Iterable[Decimal]) -> Decimal:
    """Money per month of 730 h, to the cent."""
    return (sum(per_hour, Decimal(0)) * HOURS_PER_MONTH).quantize(CENT)


def cost_by(planned: Iterable[PlannedHost], key: Callable[[PlannedHost], str]) -> dict[str, Decimal]:
    """Prices of hosts per month by cloud, purchase option or anything else, the dearest first."""
    prices: dict[str, list[Decimal]] = defaultdict(list)
    for host in planned:
        prices[key(host)].append(host.per_hour)
    costs = {name: monthly(found) for name, found in prices.items()}
    return dict(sorted(costs.items(), key=lambda pair: (-pair[1], pair[0])))


def counting(scenario: Scenario) -> frozenset[str]:
    """The workloads of which each replica is one unit of density."""
    unit = scenario.spec.unit.workloads
    workloads = (workload for workload in scenario.spec.workloads if workload.kind != "daemon_set")
    return frozenset(workload.name for workload in workloads if unit is None or unit.selects(workload))


def density(running: Sequence[Mapping[str, int]], units: frozenset[str]) -> float:
    """Units per host, for hosts given by their replicas by workload; 0 without hosts."""
    counted = sum(count for runs in running for name, count in runs.items() if name in units)
    return counted / len(running) if running else 0.0


def density_of(planned: Iterable[PlannedHost], units: frozenset[str]) -> float:
    """Units per host of a plan."""
    return density([{name: len(ordinals) for name, ordinals in host.runs.items()} for host in planned], units)


def before(layout: Layout) -> Figures | None:
    """How the standing hosts look that run something today, with the bill of today; None where none does."""
    busy = [host for host in layout.as_today.plan.spec.hosts if any(host.runs.values())]
    if not busy:
        return None
    bill = bill_of(laid_out(layout.scenario, busy, layout.catalog))
    return Figures(
        hosts=len(busy),
        replicas=sum(host.replicas for host in busy),
        density=density_of(busy, counting(layout.scenario)),
        cost_per_month=bill.per_month.quantize(CENT),
    )
