"""Conflicts: named where something is proven impossible, and only there."""

from __future__ import annotations

import pytest
from builders import B, catalog, pool, scenario, service, standing
from fake_solvers import FirstFit
from hypothesis import given
from hypothesis import strategies as st

from models.plan import Conflict
from planner import api
from planner.explain.conflict import conflicts
from planner.explain.outcome import Outcome
from planner.problem import Solution, build
from planner.solvers.stop import Stop

NORTH = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])


def found(*workloads, **spec) -> tuple[Conflict, ...]:
    status = api.plan(
        scenario(*workloads, **{"catalog": catalog(), "pools": [NORTH], **spec}), solver=FirstFit()
    ).status
    assert status.state == ("INFEASIBLE" if status.conflicts else status.state)
    return status.conflicts


def test_a_rule_that_excludes_every_host():
    rule = {"rule": "node_selector", "name": "ssd", "labels": {"disk": "ssd"}}
    (conflict,) = found(service("db"), service("web"), rules=[{**rule, "workloads": "db"}])
    assert (conflict.workloads, conflict.rules) == (("db",), ("ssd",))
    assert conflict.message == "db: none of 1 host is left: 1 removed by 'ssd' (without the label disk=ssd)"


def test_only_the_rules_that_are_needed_are_named():
    rules = [
        {"rule": "allow", "name": "not-beta", "hosts": {"locations": ["alpha"]}},
        {"rule": "allow", "name": "beta-only", "hosts": {"locations": ["beta"]}},
        {"rule": "forbid", "name": "no-spot", "hosts": {"purchases": ["spot"]}},
    ]
    (conflict,) = found(service(), pools=[pool()], rules=rules)
    assert conflict.rules == ("not-beta", "beta-only")


def test_workloads_with_the_same_reasons_share_a_conflict():
    (conflict,) = found(*(service(f"w{n}", cpu=99) for n in range(5)))
    assert conflict.workloads == ("w0", "w1", "w2", "w3", "w4")
    assert conflict.message.startswith("w0, w1, w2 and 2 more: none of 1 host is left")


def test_more_replicas_than_zones():
    (conflict,) = found(service(replicas=5), rules=[{"rule": "anti_affinity", "name": "apart", "level": "zone"}])
    assert (conflict.workloads, conflict.rules) == (("web",), ("apart",))
    assert "5 replicas do not go into the 3 zones" in conflict.message


def test_more_replicas_than_hosts():
    (conflict,) = found(service(replicas=3), pools=[], hosts=[standing(), standing("old-2")],
                        rules=[{"rule": "anti_affinity"}])  # fmt: skip
    assert "3 replicas do not go into the 2 hosts" in conflict.message


def test_hosts_that_a_quota_allows_count_as_hosts():
    rules = [{"rule": "anti_affinity"}, {"rule": "quota", "max_hosts": 2}]
    assert found(service(replicas=3), rules=rules)[0].rules == ("anti_affinity",)


def test_a_zone_that_takes_none_holds_a_spread_down():
    hosts = [standing(), standing("old-2", location=B, taints=[{"key": "x"}])]
    (conflict,) = found(service(replicas=3), pools=[], hosts=hosts, rules=[{"rule": "topology_spread"}])
    assert conflict.message.endswith(f"because {B} can take none; that makes 1 of 3 replicas")


def test_fewer_domains_than_min_domains():
    rule = {"rule": "topology_spread", "min_domains": 4}
    (conflict,) = found(service(replicas=4), rules=[rule])
    assert "fewer domains than min_domains; that makes 3 of 4 replicas" in conflict.message


def test_together_on_one_host_that_is_too_small():
    (conflict,) = found(service(replicas=5), rules=[{"rule": "affinity", "near": "*"}])
    assert conflict.message == "affinity wants all of web on one host; none has 5 CPU, 5 GiB memory"


def test_near_what_can_only_be_elsewhere():
    rules = [
        {"rule": "affinity", "workloads": "web", "near": "db", "level": "zone"},
        {"rule": "allow", "workloads": "db", "hosts": {"locations": [B]}},
        {"rule": "forbid", "workloads": "web", "hosts": {"locations": [B]}},
    ]
    (conflict,) = found(service("web"), service("db"), rules=rules)
    assert set(conflict.workloads) == {"web", "db"}
    assert "none admits both" in conflict.message


def test_quotas_too_small_in_numbers():
    quota = {"rule": "quota", "name": "vcpu", "max_capacity": {"cpu": 8}}
    (conflict,) = found(service(replicas=9), rules=[quota])
    assert conflict.message == "web: 9 CPU asked for; all hosts that vcpu (cpu) allow have 8 CPU together"


def test_a_quota_that_does_not_bind_is_not_blamed():
    (conflict,) = found(service(replicas=9), pools=[], hosts=[standing(), standing("old-2")],
                        rules=[{"rule": "quota", "max_hosts": 9}])  # fmt: skip
    assert conflict.rules == ("capacity",)


def test_a_shortage_of_the_hosts_that_some_workloads_are_bound_to():
    rule = {"rule": "allow", "workloads": "old-*", "hosts": {"pools": ["metal"]}}
    hosts = [standing(pool="metal")]
    workloads = service("old-a", 3), service("old-b", 2), service("web", 50)
    (conflict,) = found(*workloads, hosts=hosts, rules=[rule])
    assert (conflict.workloads, conflict.rules) == (("old-a", "old-b"), ("capacity",))


def test_more_copies_than_the_hosts_hold():
    (conflict,) = found(service(replicas=3, cpu="2500m"), pools=[], hosts=[standing(), standing("old-2")])
    assert conflict.message == "web: all hosts that admit them hold 2 of 3 replicas, even when empty"


MIXED = service("web", 2, cpu="2500m"), service("db", 1, cpu=3)
"""These do not go onto two hosts of four CPU, which have what they ask for in sum."""


def test_what_the_solver_proved_is_told_where_nothing_else_is_known():
    hosts = [standing(), standing("old-2")]
    case = scenario(*MIXED, pools=[], hosts=hosts, catalog=catalog())
    status = api.plan(case, solver=FirstFit(conflict=("item type 1 does not go onto the hosts available",))).status
    assert [conflict.message for conflict in status.conflicts] == ["db does not go onto the hosts available"]
    proven = api.plan(case, solver=FirstFit(proves=True)).status
    assert proven.state == "INFEASIBLE"
    assert proven.conflicts[0].message == "no plan leaves out fewer than 1 replica (proven by fake)"
    assert api.plan(case, solver=FirstFit()).status.state == "UNKNOWN"


def test_rules_that_the_solver_names_are_those_of_the_conflict():
    hosts = [standing(), standing("old-2")]
    rules = [{"rule": "quota", "name": name, "max_hosts": most} for name, most in (("few", 2), ("many", 9))]
    case = scenario(*MIXED, pools=[], hosts=hosts, rules=rules, catalog=catalog())
    status = api.plan(case, solver=FirstFit(conflict=("few and the hosts available exclude each other",))).status
    assert status.conflicts[0].rules == ("few",)


def test_headroom_that_no_host_has_is_a_conflict_not_a_bug():
    rule = {"rule": "headroom", "name": "spare", "replicas": 1, "requests": {"cpu": 99, "memory": "1Gi"}}
    status = api.plan(scenario(service(), catalog=catalog(), rules=[rule]), solver=FirstFit()).status
    assert (status.state, status.unplaced, status.conflicts[0].rules) == ("INFEASIBLE", 0, ("spare",))
    assert any("spare" in warning for warning in status.warnings)


def test_hosts_that_must_stay_beyond_a_quota():
    hosts = [standing(releasable=False), standing("old-2", releasable=False)]
    (conflict,) = found(service(), hosts=hosts, rules=[{"rule": "quota", "name": "few", "max_hosts": 1}])
    assert conflict.rules == ("few",)


RULES = st.sampled_from(
    [
        {"rule": "anti_affinity", "level": "zone"},
        {"rule": "anti_affinity"},
        {"rule": "anti_affinity", "workloads": "w0", "away_from": "w1", "level": "zone"},
        {"rule": "topology_spread"},
        {"rule": "topology_spread", "max_skew": 2, "min_domains": 4},
        {"rule": "topology_spread", "level": "host"},
        {"rule": "forbid", "hosts": {"locations": ["alpha/north/a"]}},
        {"rule": "quota", "max_hosts": 3},
        {"rule": "quota", "max_capacity": {"cpu": 12}},
        {"rule": "quota", "max_capacity": {"cpu": 20}, "hosts": {"locations": ["alpha"]}},
        {"rule": "affinity", "near": "w0", "workloads": "w1", "level": "zone"},
        {"rule": "affinity", "near": "w0", "workloads": "w0"},
        {"rule": "headroom", "percent": 30},
        {"rule": "headroom", "replicas": 2, "requests": {"cpu": 1, "memory": "1Gi"}},
    ]
)
WORKLOADS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from([1, 2, 3, 5])), min_size=2, max_size=3)


@pytest.mark.parametrize("standing_only", [False, True])
@given(shapes=WORKLOADS, rules=st.lists(RULES, max_size=4))
def test_no_conflict_is_claimed_where_a_plan_exists(standing_only, shapes, rules):
    workloads = [service(f"w{n}", replicas, cpu=cpu) for n, (replicas, cpu) in enumerate(shapes)]
    hosts = [standing(f"old-{n}", location=(B if n % 2 else "alpha/north/a")) for n in range(5)]
    supply = {"pools": [], "hosts": hosts} if standing_only else {}
    problem, names = build(scenario(*workloads, rules=rules, **supply), catalog())
    solution = FirstFit().solve(problem, Stop()).solution
    if (solution.placed(problem.items) == problem.count).all():
        assert conflicts(Outcome(problem, names, Solution.of([]))) == ()
