"""Breaches of rules on places and groups: as many in the arrays, which price them, as in words."""

import pytest
from builders import A, B, C, catalog, daemonset, document, pool, scenario, service, standing
from test_agrees_with_score import placements

from planner.problem import build, decode
from planner.problem.score import broken_forms, cost
from planner.verify import modes
from planner.verify.layout import Layout

SHOP = {"labels": {"app": "shop"}}
CHAIN = [{"between": [A, B], "ms": 1}, {"between": [B, C], "ms": 1}, {"between": [A, C], "ms": 3}]
WORKLOADS = (
    service("web", 4, team="red", **SHOP), service("db", 3, cpu=2, team="blue", **SHOP), service("api"), daemonset()
)  # fmt: skip
RULES = {
    "residency": {"rule": "residency", "locations": ["alpha/north/b", "beta"]},
    "share": {"rule": "share", "max_share": 0.5, "level": "zone"},
    "share, so many zones": {"rule": "share", "at_least": 3, "level": "zone"},
    "share, so many hosts": {"rule": "share", "at_least": 3, "level": "host", "together": True},
    "share, so many racks": {"rule": "share", "at_least": 2, "level": "rack"},
    "colocation": {"rule": "colocation", "workloads": ["web", "db"], "most": 2},
    "colocation, none": {"rule": "colocation", "workloads": ["web", "db"], "most": 0, "level": "zone"},
    "exclusive": {"rule": "exclusive", "workloads": "db"},
    "exclusive by team": {"rule": "exclusive", "by": "team", "level": "zone"},
    "parity": {"rule": "parity", "on": "host_type"},
    "spot": {"rule": "spot", "max_share": 0.5},
    "spot, none": {"rule": "spot"},
    "latency": {"rule": "latency", "to": "db", "max_ms": 1},
    "latency to nobody": {"rule": "latency", "to": "agent", "max_ms": 1},
    "latency, nowhere": {"rule": "latency", "workloads": "web", "to": "db", "max_ms": 0.1},
    "latency to users": {"rule": "latency", "users": {"latitude": 40, "longitude": -74}, "max_ms": 10},
}
MAPPED = [{"name": "beta", "level": "cloud", "latitude": 40, "longitude": -74}]


def case(rule, **more):
    return scenario(*WORKLOADS, rules=[rule], latencies=CHAIN, topology=MAPPED, catalog=catalog(), **more)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_soft_rule_costs_its_penalty_for_every_breach(rule):
    soft = case(rule | {"mode": "soft", "penalty": 730})  # 1 USD per hour and breach
    problem, names = build(soft, soft.spec.catalog)
    seen = set()
    for solution in placements(problem, seed=1):
        hosts = int((problem.price[solution.bin] * solution.multiplicity).sum())
        layout = Layout(soft, document(soft, decode(problem, names, solution), soft.spec.catalog), soft.spec.catalog)
        seen.add(modes.breaches(soft.spec.rules[0], layout))
        assert cost(problem, solution) - hosts == 1_000_000 * modes.breaches(soft.spec.rules[0], layout)
    assert max(seen) > 1


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_breaches_to_mend_are_counted_alike(rule):
    hosts = [standing("old-1", A, runs={"web": 2, "db": 1}), standing("old-2", C, purchase="spot", runs={"web": 2})]
    mend = case(rule | {"mode": "mend"}, hosts=hosts, pools=[pool(locations=("alpha/north",))])
    problem, names = build(mend, mend.spec.catalog)
    compared = 0
    for solution in placements(problem, seed=2):
        if not any(broken.startswith("fits") for broken in broken_forms(problem, solution)):
            layout = Layout(
                mend, document(mend, decode(problem, names, solution), mend.spec.catalog), mend.spec.catalog
            )
            counted = sum(soft.breaches(problem, solution) for soft in problem.extras.soft)
            assert counted == modes.mended_breaches(layout)
            compared += 1
    assert compared
