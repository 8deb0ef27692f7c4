"""A good plan document with one field changed: caught by the check that answers for it, and no other."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from builders import BETA, A, B, catalog, keep, plan, pool, scenario, service, slot, standing

from models.plan import Conflict, Plan, Unplaced
from models.resources import Capacity, Resources
from planner.verify import verify

OLD = standing("old-1", B, runs={"db": 1}, releasable=False)
SPARE = standing("spare", B)
CASE = scenario(
    service("web", 3),
    service("db", 2),
    service("rest", 1, cpu=8),
    pools=[pool(max_hosts=2), pool("beta", locations=("beta",), host_types=("std-*",), purchases=("on_demand",))],
    hosts=[OLD, SPARE],
    goals=["unplaced", "cost", "hosts", {"goal": "domains", "level": "zone"}, "balance"],
)
SLOTS = (slot("h1", {"web": 2}), slot("h2", {"web": 1}, BETA, pool="beta"), keep(OLD, {"db": 2}))
GOOD = plan(CASE, *SLOTS)
OPTIMAL = plan(CASE, *SLOTS, state="OPTIMAL")


def status(of: Plan = GOOD, **changes: Any) -> Plan:
    return of.model_copy(update={"status": of.status.model_copy(update=changes)})


def host(position: int, **changes: Any) -> Plan:
    hosts = list(GOOD.spec.hosts)
    hosts[position] = hosts[position].model_copy(update=changes)
    return GOOD.model_copy(update={"spec": GOOD.spec.model_copy(update={"hosts": tuple(hosts)})})


def tier(position: int, of: Plan = GOOD, **changes: Any) -> Plan:
    tiers = list(of.status.tiers)
    tiers[position] = tiers[position].model_copy(update=changes)
    return status(of, tiers=tuple(tiers))


def built(*slots: Any, **changes: Any) -> Plan:
    return plan(CASE, *slots, **changes)


H1, H2, KEPT = SLOTS
REST = Unplaced(workload="rest", replicas=1)
GHOST = {"web": (0, 1), "ghost": (0,)}

BROKEN: dict[str, tuple[str, Plan, str]] = {
    "another scenario": (
        "document",
        GOOD.model_copy(update={"spec": GOOD.spec.model_copy(update={"scenario": "x"})}),
        "not for 'case'",
    ),
    "an unknown workload": ("document", host(0, runs=GHOST), "runs 'ghost', which the scenario does not know"),
    "an ordinal too many": (
        "document",
        built(slot("h1", {"web": (0, 1, 3)}), slot("h2", {"web": (2,)}, BETA, pool="beta"), KEPT),
        "runs replica 3 of 'web'; it has 3",
    ),
    "a negative ordinal": (
        "document",
        built(slot("h1", {"web": (0, 1, -1)}), slot("h2", {"web": (2,)}, BETA, pool="beta"), KEPT),
        "runs replica -1",
    ),
    "a replica twice": (
        "document",
        built(slot("h1", {"web": (0, 1)}), slot("h2", {"web": (1, 2)}, BETA, pool="beta"), KEPT),
        "so does h1",
    ),
    "a wrong count of unplaced": ("document", status(unplaced=0), "the status says 0, 1 stand nowhere"),
    "unplaced replicas undeclared": (
        "document",
        status(unplaced_workloads=()),
        "1 replica of 1 stand nowhere, 0 declared",
    ),
    "a placed replica declared": (
        "document",
        status(unplaced_workloads=(REST, Unplaced(workload="web", replicas=1))),
        "0 replicas of 3 stand nowhere, 1 declared",
    ),
    "an unknown one declared": (
        "document",
        status(unplaced_workloads=(REST, Unplaced(workload="ghost", replicas=1))),
        "the scenario does not know it",
    ),
    "two hosts of one name": (
        "host",
        built(H1, slot("h1", {"web": 1}, BETA, pool="beta"), KEPT),
        "2 hosts of this name",
    ),
    "the name of a standing host": (
        "host",
        built(slot("spare", {"web": 2}), H2, KEPT, hosts_released=1),
        "under the name of a host that stands",
    ),
    "a host that does not stand": ("host", host(0, standing=True), "the scenario has no such host"),
    "a standing host elsewhere": (
        "host",
        host(2, location=A),
        "location 'alpha/north/b', the plan says 'alpha/north/a'",
    ),
    "a standing host of another type": (
        "host",
        host(2, host_type="big-16"),
        "host type 'std-4', the plan says 'big-16'",
    ),
    "a standing host's price": ("host", host(2, per_hour=Decimal("0.1")), "costs 0.20 USD/h, the plan says 0.1"),
    "an unknown pool": ("host", host(0, pool="x"), "pool 'x', which the scenario does not know"),
    "an unknown type": ("host", host(0, host_type="x"), "type 'x', which the catalog does not know in 'alpha'"),
    "a type that the pool does not admit": (
        "host",
        built(H1, slot("h2", {"web": 1}, host_type="arm-4", pool="beta"), KEPT),
        "'arm-4', which the pool 'beta' does not admit",
    ),
    "outside the pool": (
        "host",
        built(H1, slot("h2", {"web": 1}, pool="beta"), KEPT),
        "outside the pool 'beta' (beta)",
    ),
    "not a leaf": (
        "host",
        built(H1, slot("h2", {"web": 1}, "beta/south", pool="beta"), KEPT),
        "not a leaf of the topology",
    ),
    "a purchase the pool does not admit": (
        "host",
        built(H1, slot("h2", {"web": 1}, purchase="spot", pool="beta"), KEPT),
        "bought as 'spot', which",
    ),
    "without a price": ("host", built(H1, slot("h2", {"web": 1}, BETA, purchase="spot"), KEPT), "has no price"),
    "another price": ("host", host(0, per_hour=Decimal("0.19")), "costs 0.20 USD/h by the catalog, the plan says 0.19"),
    "more room than there is": (
        "host",
        host(0, allocatable=GOOD.spec.hosts[0].allocatable.model_copy(update={"cpu": 5000})),
        "has 4 CPU for workloads, the plan says 5 CPU",
    ),
    "a limit left out": ("host", host(0, allocatable=Capacity(cpu=4, memory="16Gi")), "the plan says no limit on"),
    "too many of a pool": ("host", built(H1, slot("h3"), slot("h4"), H2, KEPT), "3 hosts opened, at most 2 allowed"),
    "a host that must stay": ("host", built(slot("h1", {"web": 2, "db": 2}), H2), "cannot be released"),
    "the cost": ("cost", status(cost_per_month=Decimal("400.00")), "comes to 423.40 USD a month, the plan says 400.00"),
    "the cost of a cloud": (
        "cost",
        status(cost_by_cloud={"alpha": Decimal("292.00")}),
        "comes to 131.40 USD a month, the plan says 0.00",
    ),
    "the cost of a purchase option": (
        "cost",
        status(cost_by_purchase={"spot": Decimal(1), "on_demand": Decimal("423.40")}),
        "says 1.00",
    ),
    "what a host carries": (
        "figures",
        host(0, used=Resources(cpu=1, memory="2Gi", pods=2)),
        "carries 2 CPU, 2 GiB memory, 2 pods, the plan says 1 CPU",
    ),
    "hosts used": ("figures", status(hosts_used=2), "is 3, the plan says 2"),
    "hosts released": ("figures", status(hosts_released=2), "is 1, the plan says 2"),
    "density": ("figures", status(density=5.0), "is 1.67 per host, the plan says 5.00"),
    "a tier's value": ("tiers", tier(2, value=2), "comes to 3, the plan says 2"),
    "domains": ("tiers", tier(3, value=2), "comes to 3, the plan says 2"),
    "balance": ("tiers", tier(4, value=0.25), "comes to 0.5, the plan says 0.25"),
    "tiers of other goals": (
        "tiers",
        status(tiers=GOOD.status.tiers[:2]),
        "the scenario asks for unplaced, cost, hosts",
    ),
    "a bound above the value": ("tiers", tier(2, bound=4.0), "bound 4 above the plan's value 3"),
    "a gap of nothing": ("tiers", tier(2, gap=0.0), "has no gap by the plan, but 3 against 0.0"),
    "optimal without a proof": (
        "tiers",
        status(state="OPTIMAL"),
        "is OPTIMAL, but unplaced has 1 against the bound 0.0",
    ),
    "optimal with a tier unproven": (
        "tiers",
        tier(4, OPTIMAL, bound=None, gap=None),
        "balance has 0.5 against the bound None",
    ),
    "optimal without tiers": ("tiers", status(OPTIMAL, tiers=()), "without any tier to prove it"),
    "an objective that no tier has": ("tiers", status(objective=1.0), "is 1 with the bound 0.0, its tier has 0.58"),
    "an objective of no tier": ("tiers", status(objective_goal="beauty"), "'beauty', which no tier reports"),
}


def test_good_plans_pass():
    assert verify(CASE, GOOD, catalog()) == ()
    assert verify(CASE, OPTIMAL, catalog()) == ()


@pytest.mark.parametrize("about", BROKEN)
def test_one_change_is_caught_by_the_check_that_answers_for_it(about: str):
    rule, broken, says = BROKEN[about]
    found = verify(CASE, broken, catalog())
    assert {violation.rule for violation in found} == {rule}
    assert any(says in violation.message for violation in found), [str(violation) for violation in found]


def test_infeasible_needs_a_named_conflict():
    found = verify(CASE, status(state="INFEASIBLE"), catalog())
    assert [str(violation) for violation in found] == ["tiers: state: is INFEASIBLE, but no conflict is named"]
    named = Conflict(workloads=("rest",), rules=("capacity",), message="8 CPU asked for, 4 there")
    assert verify(CASE, status(state="INFEASIBLE", conflicts=(named,)), catalog()) == ()


def test_a_breakdown_may_be_left_out_but_not_be_wrong():
    assert verify(CASE, status(cost_by_cloud={}, cost_by_purchase={}), catalog()) == ()


@pytest.mark.parametrize(
    "change",
    [lambda v: v + 0.004, lambda v: v - 0.004],
    ids=["rounded up", "rounded down"],
)
def test_the_cost_is_held_to_the_cent(change: Callable[[float], float]):
    cost = Decimal(str(change(float(GOOD.status.cost_per_month))))
    assert verify(CASE, status(cost_per_month=cost), catalog()) == ()
    assert verify(CASE, status(cost_per_month=cost + Decimal("0.01")), catalog())
