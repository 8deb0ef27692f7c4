"""Conflicts over caps and over groups of hosts that rules make up."""

from __future__ import annotations

from builders import catalog, pool, scenario, service
from fake_solvers import FirstFit
from hypothesis import given
from hypothesis import strategies as st

from models.plan import Conflict
from planner.explain.conflict import conflicts
from planner.explain.outcome import Outcome
from planner.problem import Solution, build
from planner.solvers.stop import Stop

NORTH = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])


def found(*workloads, **spec) -> tuple[Conflict, ...]:
    problem, names = build(scenario(*workloads, **{"pools": [NORTH], **spec}), catalog())
    return conflicts(Outcome(problem, names, FirstFit().solve(problem, Stop()).solution))


def test_more_requests_than_a_quota_allows():
    rule = {"rule": "resource_quota", "name": "team", "max_requests": {"cpu": 8}}
    (conflict,) = found(service(replicas=3, cpu=3), rules=[rule])
    assert conflict.rules == ("team (cpu)",)
    assert conflict.message == "web: 9 CPU at least; team (cpu) allows 8 CPU"


def test_a_budget_that_the_cheapest_hosts_exceed():
    rule = {"rule": "budget", "name": "tight", "workloads": "*", "max_per_month": 150}
    (conflict,) = found(service(replicas=3, cpu=2), rules=[rule])
    assert conflict.message == "web: $219.00 a month at least; tight (USD a month) allows $150.00 a month"


def test_only_spot_hosts_for_more_than_a_share():
    spot = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["spot"])
    (conflict,) = found(service(replicas=4), pools=[spot], rules=[{"rule": "spot", "max_share": 0.5}])
    assert conflict.message.startswith("spot lets 2 of web into one group of spot hosts; 4 replicas do not go into")


def test_a_group_that_no_architecture_admits():
    workloads = service("prod", labels={"app": "x"}), service("dev", labels={"app": "x"}, gpu=1)
    narrow = {"rule": "node_selector", "workloads": "prod", "labels": {"kubernetes.io/arch": "arm64"}}
    rules = [{"rule": "parity", "name": "same"}, narrow]
    (conflict,) = found(*workloads, pools=[pool(locations=["alpha/north"])], rules=rules)
    assert conflict.message == "same wants all of prod, dev in one architecture; none admits all of them"


RULES = st.sampled_from(
    [
        {"rule": "resource_quota", "max_requests": {"cpu": 6}},
        {"rule": "resource_quota", "max_requests": {"memory": "4Gi"}, "hosts": {"locations": ["alpha"]}},
        {"rule": "budget", "max_per_month": 250, "workloads": "*"},
        {"rule": "budget", "max_per_month": 300},
        {"rule": "share", "level": "cloud", "max_share": 0.6},
        {"rule": "share", "level": "zone", "at_least": 3},
        {"rule": "spot", "max_share": 0.5},
        {"rule": "colocation", "workloads": "*", "most": 2, "level": "zone"},
        {"rule": "exclusive", "workloads": "w0"},
        {"rule": "parity", "match": "app"},
        {"rule": "parity", "match": "app", "on": "host_type"},
    ]
)
WORKLOADS = st.lists(st.tuples(st.integers(1, 3), st.sampled_from([1, 2, 5])), min_size=2, max_size=3)


@given(shapes=WORKLOADS, rules=st.lists(RULES, max_size=4))
def test_no_conflict_is_claimed_where_a_plan_exists(shapes, rules):
    workloads = [service(f"w{n}", count, cpu=cpu, labels={"app": "x"}) for n, (count, cpu) in enumerate(shapes)]
    problem, names = build(scenario(*workloads, rules=rules), catalog())
    solution = FirstFit().solve(problem, Stop()).solution
    if (solution.placed(problem.items) == problem.count).all():
        assert conflicts(Outcome(problem, names, Solution.of([]))) == ()
