"""The numbers of a set of hosts: how many, how dense, what they cost and where the money goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from models.catalog import HOURS_PER_MONTH
from models.plan import Figures, PlannedHost
from models.scenario import Scenario
from models.supply import Offering

CENT = Decimal("0.01")


def monthly(per_hour: Iterable[Decimal]) -> Decimal:
    """USD per month of 730 h, to the cent."""
    return (sum(per_hour, Decimal(0)) * HOURS_PER_MONTH).quantize(CENT)


def cost_by(hosts: Iterable[PlannedHost], key: Callable[[PlannedHost], str]) -> dict[str, Decimal]:
    """USD per month by cloud, purchase option or anything else, the dearest first."""
    prices: dict[str, list[Decimal]] = defaultdict(list)
    for host in hosts:
        prices[key(host)].append(host.per_hour)
    costs = {name: monthly(found) for name, found in prices.items()}
    return dict(sorted(costs.items(), key=lambda pair: (-pair[1], pair[0])))


def counting(scenario: Scenario) -> frozenset[str]:
    """The workloads of which each replica is one unit of density."""
    unit = scenario.spec.unit.workloads
    workloads = (workload for workload in scenario.spec.workloads if workload.kind != "daemon_set")
    return frozenset(workload.name for workload in workloads if unit is None or unit.selects(workload))


def density(hosts: Sequence[Mapping[str, int]], units: frozenset[str]) -> float:
    """Units per host, for hosts given by their replicas by workload; 0 without hosts."""
    counted = sum(count for runs in hosts for name, count in runs.items() if name in units)
    return counted / len(hosts) if hosts else 0.0


def density_of(hosts: Iterable[PlannedHost], units: frozenset[str]) -> float:
    """Units per host of a plan."""
    return density([{name: len(ordinals) for name, ordinals in host.runs.items()} for host in hosts], units)


def before(scenario: Scenario, offerings: Iterable[Offering]) -> Figures | None:
    """How the standing hosts look that run something today; None where none does."""
    daemons = {workload.name for workload in scenario.spec.workloads if workload.kind == "daemon_set"}
    running = [
        (host.name, {name: count for name, count in host.runs.items() if name not in daemons})
        for host in scenario.spec.hosts
    ]
    busy = {name: runs for name, runs in running if any(runs.values())}
    if not busy:
        return None
    return Figures(
        hosts=len(busy),
        replicas=sum(sum(runs.values()) for runs in busy.values()),
        density=density(list(busy.values()), counting(scenario)),
        cost_per_month=monthly(offer.per_hour for offer in offerings if offer.host in busy),
    )
