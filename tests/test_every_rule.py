"""Every rule of the language, by one register: what it forbids, who notices, what explains it.

For each class of rule a scenario in which all could be placed but for this one rule. From it follow a plan
that keeps the rule, a broken copy of it (the plan made without the rule), that dropping the rule costs nothing, and
that the explanation of what was left out names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from builders import BETA, B, C, catalog, pool, scenario, service, standing
from scenarios_drawn import DRAWN

from models.plan import Plan
from models.rules import Rule
from models.scenario import Scenario
from planner import api
from planner.solvers.stop import Stop
from planner.verify.checks import BY_RULE

KINDS = {get_args(cls.model_fields["rule"].annotation)[0]: cls for cls in get_args(get_args(Rule)[0])}
PAGES = Path(__file__).parents[1] / "docs" / "reference" / "rules"
ONE, TWO = (standing("old-1"),), (standing("old-1"), standing("old-2", B))
OPENED = {"pools": [pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])]}
SPOT = {"pools": [pool(locations=["alpha/north"], host_types=["std-4"], purchases=["spot"])]}
DISK = {"name": "data", "storage_class": "regional", "size": "10Gi"}
TAINTED = {"taints": [{"key": "dedicated", "value": "x"}]}
STAGES = (service("prod", cpu=4, labels={"app": "x"}), service("dev", cpu=4, labels={"app": "x"}))
MIXED = (standing("old-1"), standing("arm-1", host_type="arm-4"))
BURSTS = {"cpu": {"median": "900m", "p95": "1500m"}}
RELEASED = {"release": {"strategy": "blue_green"}}


@dataclass(frozen=True)
class Case:
    """A scenario in which one rule alone keeps replicas from being placed.

    Attributes
    ----------
    spec : mapping
        The scenario but for the rule.
    stated : mapping
        What the rule states.
    told : str
        Part of the sentence by which the explanation names the rule.
    permits : bool
        The rule lets more in: it is its absence that keeps replicas out.
    named : str
        By whose name the verifier and the explanation call it, where that is not the rule's own.
    """

    spec: Mapping[str, Any]
    stated: Mapping[str, Any]
    told: str
    permits: bool = False
    named: str = ""


def case(told: str, *workloads: Any, stated: Mapping[str, Any], permits: bool = False, named: str = "", **spec: Any):
    filled = {"workloads": list(workloads or (service(),)), "pools": [], "hosts": ONE, **spec}
    return Case(filled, stated, told, permits, named)


REGISTER: dict[str, list[Case]] = {
    "node_selector": [case("without the label disk=ssd", stated={"labels": {"disk": "ssd"}})],
    "node_affinity": [case("no term", stated={"terms": [[{"key": "disk", "operator": "Exists"}]]})],
    "tolerations": [
        case("not tolerated: dedicated=x", hosts=[standing(**TAINTED)], permits=True, named="taints",
             stated={"tolerations": [{"key": "dedicated", "operator": "Exists"}]}),
    ],
    "allow": [case("outside the allowed locations beta", stated={"hosts": {"locations": ["beta"]}})],
    "forbid": [case("among the forbidden locations alpha", stated={"hosts": {"locations": ["alpha"]}})],
    "residency": [case("not in Switzerland", stated={"countries": ["Switzerland"]})],
    "volume_locality": [
        case("its volume cannot be attached there", stated={"level": "cloud"},
             volumes=[{"name": "v", "workload": "web", "replica": 0, "size": "1Gi", "storage_class": "anywhere",
                       "location": BETA}]),
    ],
    "pinned": [case("not a host that it is pinned to", service(replicas=5), hosts=TWO,
                    stated={"workloads": "web", "hosts": ["old-1"]})],
    "anti_affinity": [
        case("holds 1 already, the most in one host", service(replicas=2), stated={}),
        case("it must keep away from", service(), service("db"), stated={"workloads": "web", "away_from": "db"}),
    ],
    "affinity": [
        case("no room on a host with a replica of the workload it must be near", service(),
             service("db", cpu=4, priority=9), hosts=TWO, stated={"workloads": "web", "near": "db"}),
        case("without the workload it must be near", service(), service("db", cpu=4, priority=9), hosts=TWO,
             stated={"workloads": "web", "near": "db", "level": "zone"}),
        case("no room on the host where its other replicas are", service(replicas=5), hosts=TWO,
             stated={"near": "web"}),
        case("where its other replicas are", service(replicas=5), hosts=TWO, stated={"near": "web", "level": "zone"}),
    ],
    "topology_spread": [
        case("would exceed max_skew 1", service(replicas=2), stated={},
             hosts=[standing(), standing("far", C, **TAINTED)]),
    ],
    "share": [
        case("2 of 4 already in", service(replicas=4), stated={"level": "zone", "max_share": 0.5}),
        case("the most in one host", service(replicas=4), stated={"level": "host", "at_least": 2}),
    ],
    "colocation": [case("holds 2 already", service(replicas=3), stated={"workloads": "web", "most": 2})],
    "exclusive": [
        case("lets none share a host", service(), service("db"), stated={"workloads": "db"}),
        case("lets none share a host", service("red", team="red"), service("blue", team="blue"), stated={"by": "team"}),
    ],
    "parity": [case("where the others of its group are", *STAGES, hosts=MIXED, stated={})],
    "latency": [
        case("of the workload it must be near", service(), service("db", cpu=4, priority=9),
             hosts=[standing(), standing("far", BETA)], stated={"workloads": "web", "to": "db", "max_ms": 1},
             latencies=[{"between": ["alpha", "beta"], "ms": 50}]),
        case("farther than 10 ms from internet",
             topology=[{"name": "alpha", "level": "cloud", "latitude": 50, "longitude": 8}],
             stated={"users": {"latitude": -12, "longitude": -77}, "max_ms": 10}),
    ],
    "quota": [
        case("used up: 1 of 1", service(replicas=2, cpu=4), hosts=[], **OPENED, stated={"max_hosts": 1}),
        case("used up: 4 CPU of 6 CPU", service(replicas=2, cpu=4), hosts=[], **OPENED,
             stated={"max_capacity": {"cpu": 6}}),
    ],
    "budget": [
        case("used up: $146.00", service(replicas=2, cpu=4), hosts=[], **OPENED, stated={"max_per_month": 200}),
        case("one more takes $146.00", service(replicas=2, cpu=4), hosts=[], **OPENED,
             stated={"workloads": "web", "max_per_month": 200}),
    ],
    "resource_quota": [case("one more takes 1 CPU", service(replicas=3), stated={"max_requests": {"cpu": 2}})],
    "spot": [
        case("a spot host", hosts=[], **SPOT, stated={}),
        case("already in spot hosts", service(replicas=4), hosts=[], **SPOT, stated={"max_share": 0.5}),
    ],
    "attach_limit": [
        case("1 volume attached at most", service(replicas=2, volumes=[DISK]), stated={"max_volumes": 1}),
        case("1 volume attached at most", service(volumes=[DISK, {**DISK, "name": "log"}]), stated={"max_volumes": 1}),
    ],
    "headroom": [
        case("25 % kept free", service(replicas=4), stated={"percent": 25}),
        case("10 % kept free", service(cpu=4), stated={"percent": 10}),
        case("kept free: room for 1 replica of 2 CPU", service(replicas=3),
             stated={"replicas": 1, "requests": {"cpu": 2, "memory": "1Gi"}}),
        case("kept free: room for 1 replica of 2 CPU", service(replicas=3),
             stated={"replicas": 1, "requests": {"cpu": 2, "memory": "1Gi"}, "per": "zone"}),
    ],
    "overload_risk": [
        case("but not for its usage at 1 % risk", service(replicas=4, usage=BURSTS), stated={}),
    ],
    "survive": [case("would leave something without room", service(replicas=5), hosts=TWO, stated={})],
    "release_room": [
        case("kept free: room for", service(replicas=2, **RELEASED), service("db", 3, **RELEASED), hosts=TWO,
             stated={"at_once": "all"}),
    ],
    "moves": [
        case("none allowed; one more takes 1", service(), hosts=[standing(runs={"web": 1}, **TAINTED), TWO[1]],
             stated={"at_most": 0}),
    ],
}  # fmt: skip
PRICED = {"licence": "it is only paid for, and what is paid for keeps nothing out"}
"""Rules that keep nothing from being placed, and why."""
CASES = [
    pytest.param(kind, one, id=f"{kind}-{n}" if n else kind)
    for kind, cases in REGISTER.items()
    for n, one in enumerate(cases)
]


def stated(kind: str, one: Case) -> Scenario:
    rule = {"rule": kind, "name": f"my {kind}", **one.stated}
    return scenario(*one.spec["workloads"], catalog=catalog(), rules=[rule], **_rest(one))


def unstated(one: Case) -> Scenario:
    return scenario(*one.spec["workloads"], catalog=catalog(), **_rest(one))


def _rest(one: Case) -> dict[str, Any]:
    return {key: value for key, value in one.spec.items() if key != "workloads"}


def strict_and_free(kind: str, one: Case) -> tuple[Scenario, Scenario]:
    """The scenario in which something stays out, and the one that differs in this rule alone."""
    return (unstated(one), stated(kind, one)) if one.permits else (stated(kind, one), unstated(one))


@cache
def planned(kind: str, number: int) -> tuple[Plan, Plan]:
    strict, free = strict_and_free(kind, REGISTER[kind][number])
    return api.plan(strict, stop=Stop(seconds=5)), api.plan(free, stop=Stop(seconds=5))


def both(kind: str, one: Case) -> tuple[Plan, Plan]:
    return planned(kind, REGISTER[kind].index(one))


def test_the_register_has_every_rule():
    assert {*REGISTER, *PRICED} == set(KINDS)
    assert not set(REGISTER) & set(PRICED)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_rule_is_checked_drawn_and_told(kind: str):
    always_read = {"tolerations", "volume_locality", "licence"}  # by the checks of taints and volumes, and by the bill
    assert KINDS[kind] in BY_RULE or kind in always_read
    assert kind in DRAWN
    told = (PAGES / f"{kind}.md").read_text(encoding="utf-8").partition("## What explains it")[2].partition("##")[0]
    assert told.strip()


@pytest.mark.parametrize(("kind", "one"), CASES)
def test_a_plan_keeps_it_and_only_it_keeps_something_out(kind: str, one: Case):
    strict, free = both(kind, one)
    assert strict.status.unplaced > 0
    assert free.status.unplaced == 0
    for scenario_, plan in zip(strict_and_free(kind, one), (strict, free), strict=True):
        assert api.verify(scenario_, plan) == ()


@pytest.mark.parametrize(("kind", "one"), CASES)
def test_a_plan_that_breaks_it_is_named(kind: str, one: Case):
    found = api.verify(strict_and_free(kind, one)[0], both(kind, one)[1])
    assert (one.named or f"my {kind}") in {violation.label or violation.rule for violation in found}


@pytest.mark.parametrize(("kind", "one"), CASES)
def test_dropping_it_never_costs_more(kind: str, one: Case):
    strict, free = both(kind, one)
    assert [tier.value for tier in free.status.tiers] <= [tier.value for tier in strict.status.tiers]


@pytest.mark.parametrize(("kind", "one"), CASES)
def test_the_explanation_names_it(kind: str, one: Case):
    name = one.named or f"my {kind}"
    entries = both(kind, one)[0].status.unplaced_workloads
    reasons = [reason for entry in entries for reason in entry.reasons if reason.rule.partition(" (")[0] == name]
    assert any(one.told in reason.detail.replace("\u00a0", " ") for reason in reasons), [e.reasons for e in entries]
    assert all(entry.smallest_change for entry in entries)
