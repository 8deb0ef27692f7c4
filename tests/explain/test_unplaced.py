"""The funnel of replicas left out, and the smallest change."""

from __future__ import annotations

import pytest
from builders import A, B, catalog, daemonset, pool, scenario, service, standing
from fake_solvers import FirstFit
from hypothesis import given
from hypothesis import strategies as st

from models.plan import Unplaced
from planner import api


def left_out(*workloads, **spec) -> tuple[Unplaced, ...]:
    case = scenario(*workloads, **{"catalog": catalog(), **spec})
    return api.plan(case, solver=FirstFit()).status.unplaced_workloads


def only(entries: tuple[Unplaced, ...]) -> Unplaced:
    assert len(entries) == 1
    return entries[0]


def lines(entry: Unplaced) -> list[tuple[str, int, str]]:
    return [(reason.rule, reason.hosts, reason.detail) for reason in entry.reasons]


NORTH = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])


class TestRulesOnSingleHosts:
    def test_a_node_selector_that_no_host_meets(self):
        rule = {"rule": "node_selector", "name": "fast-disk", "labels": {"disk": "ssd"}}
        entry = only(left_out(service(replicas=3), rules=[rule]))
        assert (entry.workload, entry.replicas) == ("web", 3)
        assert lines(entry) == [("fast-disk", entry.candidates, "without the label disk=ssd")]
        assert entry.smallest_change == "lift the rule 'fast-disk' for it"

    def test_rules_remove_hosts_one_after_the_other(self):
        rules = [
            {"rule": "allow", "name": "home-only", "hosts": {"locations": ["alpha/north"]}},
            {"rule": "node_selector", "name": "arm", "labels": {"kubernetes.io/arch": "arm64"}},
        ]
        entry = only(left_out(service(cpu=5), rules=rules))
        assert lines(entry) == [
            ("home-only", 2, "outside the allowed locations alpha/north"),
            ("arm", 4, "without the label kubernetes.io/arch=arm64"),
            ("capacity", 1, "short 1 CPU on 1"),
        ]

    def test_rules_of_one_kind_are_told_by_workload(self):
        rules = [
            {"rule": "node_selector", "workloads": name, "labels": {"disk": kind}}
            for name, kind in (("web", "ssd"), ("db", "nvme"))
        ]
        details = {entry.workload: entry.reasons[0].detail for entry in left_out(service(), service("db"), rules=rules)}
        assert details == {"web": "without the label disk=ssd", "db": "without the label disk=nvme"}

    def test_taints_are_named(self):
        tainted = pool(taints=[{"key": "team", "value": "db"}])
        entry = only(left_out(service(), pools=[tainted]))
        assert lines(entry)[-1][::2] == ("taints", "not tolerated: team=db:NoSchedule")
        assert entry.smallest_change == "tolerate the taint team=db:NoSchedule"

    def test_tolerated_taints_are_not_named(self):
        taints = [{"key": "team", "value": "db"}, {"key": "gpu"}]
        rule = {"rule": "tolerations", "tolerations": [{"key": "team", "operator": "Exists"}]}
        entry = only(left_out(service(), pools=[pool(taints=taints)], rules=[rule]))
        assert entry.smallest_change == "tolerate the taint gpu:NoSchedule"

    def test_a_virtual_machine_needs_a_hypervisor(self):
        machine = {"kind": "virtual_machine", "name": "vm", "requests": {"cpu": 1, "memory": "1Gi"}}
        entry = only(left_out(machine))
        assert lines(entry) == [("platform", entry.candidates, "platform does not run virtual machines")]

    def test_replicas_bound_to_different_places_are_told_apart(self):
        volumes = [
            {"name": f"v{n}", "workload": "web", "replica": n, "size": "1Gi", "location": zone}
            for n, zone in enumerate((A, "beta/south/a", B))
        ]
        few = NORTH.model_copy(update={"max_hosts": 1})
        told = [lines(entry) for entry in left_out(service(replicas=3), volumes=volumes, pools=[few])]
        assert sorted(told) == [
            [("pool pool: max_hosts", 1, "used up: 1 of 1")],
            [("volume_locality", 1, "its volume cannot be attached there")],
        ]


class TestSize:
    def test_the_least_shortage_and_on_how_many(self):
        pools = [pool(locations=["alpha/north"], host_types=["std-4", "big-16"], purchases=["on_demand"])]
        entry = only(left_out(service(cpu="16350m"), pools=pools))
        assert lines(entry) == [("capacity", 2, "short 350m CPU or more on 2")]
        assert entry.smallest_change == "ask for 350m CPU less, or offer hosts with so much more than big-16"

    def test_each_host_is_told_by_the_resource_it_lacks_most_of(self):
        pools = [pool(locations=["alpha/north"], host_types=["big-16", "gpu-8"], purchases=["on_demand"])]
        entry = only(left_out(service(cpu=12, memory="8Gi", gpu=1), pools=pools))
        assert lines(entry) == [("capacity", 1, "short 4 CPU on 1"), ("capacity", 1, "short 1 GPU on 1")] or lines(
            entry
        ) == [("capacity", 1, "short 1 GPU on 1"), ("capacity", 1, "short 4 CPU on 1")]

    def test_daemonsets_and_headroom_count(self):
        rule = {"rule": "headroom", "percent": 25}
        entry = only(left_out(service(cpu=3), daemonset(cpu=1), pools=[NORTH], rules=[rule]))
        detail = "has the room, but for the 25 % kept free; short 750m CPU"
        assert lines(entry) == [("headroom", 1, detail)]
        assert entry.smallest_change == "offer larger hosts, or keep less free by 'headroom'"

    def test_hosts_that_are_too_small_with_or_without_headroom(self):
        rules = [{"rule": "headroom", "percent": 25}]
        assert lines(only(left_out(service(cpu=5), pools=[NORTH], rules=rules)))[0][0] == "capacity"

    def test_two_changes_where_one_is_not_enough(self):
        tainted = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"], taints=[{"key": "x"}])
        entry = only(left_out(service(cpu=6), pools=[tainted]))
        assert entry.smallest_change.startswith("no single change is enough; both tolerate the taint x:NoSchedule and")


class TestSupply:
    def test_a_pool_that_may_open_no_more_hosts(self):
        entry = only(left_out(service(replicas=10), pools=[NORTH.model_copy(update={"max_hosts": 2})]))
        assert entry.replicas == 2
        assert lines(entry) == [("pool pool: max_hosts", 1, "used up: 2 of 2")]
        assert entry.smallest_change == "raise 'pool pool: max_hosts' by 1 more host, from 2 to 3"

    def test_a_quota_on_capacity_says_its_amounts(self):
        quota = {"rule": "quota", "name": "vcpu", "max_capacity": {"cpu": 8}}
        entry = only(left_out(service(replicas=3, cpu=3), pools=[NORTH], rules=[quota]))
        assert lines(entry) == [("vcpu (cpu)", 1, "used up: 8 CPU of 8 CPU")]
        assert entry.smallest_change == "raise 'vcpu (cpu)' by 4 CPU, from 8 CPU to 12 CPU"

    def test_standing_hosts_that_are_full(self):
        hosts = [standing("old-1"), standing("old-2", location=B)]
        entry = only(left_out(service(replicas=13), pools=[], hosts=hosts))
        assert lines(entry) == [("full", 2, "fits alone on 2; full")]
        assert entry.smallest_change == "add 2 more hosts like old-1 (std-4)"

    def test_without_any_host(self):
        entry = only(left_out(service(), pools=[]))
        assert entry.candidates == 0
        assert entry.smallest_change == "offer hosts: there is no pool that opens any, and none stands"


class TestNeighbours:
    def test_one_replica_a_zone(self):
        rule = {"rule": "anti_affinity", "name": "apart", "level": "zone"}
        entry = only(left_out(service(replicas=5), pools=[NORTH], rules=[rule]))
        assert entry.replicas == 2
        assert lines(entry) == [("apart", 1, "holds 1 already, the most in one zone")]
        assert entry.smallest_change == "offer a further zone, or let 2 share one in 'apart'"

    def test_a_spread_held_down_by_a_zone_without_hosts(self):
        hosts = [standing("old-1", labels={"zone": "a"}), standing("old-2", location=B, taints=[{"key": "x"}])]
        entry = only(left_out(service(replicas=3), pools=[], hosts=hosts, rules=[{"rule": "topology_spread"}]))
        assert entry.replicas == 2
        assert ("topology_spread", 1, f"would exceed max_skew 1: {B} holds only 0") in lines(entry)

    def test_workloads_kept_apart(self):
        rule = {"rule": "anti_affinity", "workloads": "web", "away_from": "db"}
        entry = only(left_out(service("db"), service("web"), pools=[], hosts=[standing()], rules=[rule]))
        assert lines(entry) == [("anti_affinity", 1, "holds workloads it must keep away from in one host")]

    def test_replicas_that_stay_together(self):
        rule = {"rule": "affinity", "near": "*", "level": "zone"}
        hosts = [standing("old-1"), standing("old-2", location=B)]
        entry = only(left_out(service(replicas=6), pools=[], hosts=hosts, rules=[rule]))
        assert ("affinity", 1, f"not in {A}, where its other replicas are") in lines(entry)

    def test_a_workload_near_one_that_is_not_there(self):
        rule = {"rule": "affinity", "workloads": "web", "near": "db", "level": "zone"}
        workloads = service("db", cpu=9, priority=1), service("web")
        entries = left_out(*workloads, pools=[NORTH], rules=[rule])
        assert lines(entries[1]) == [("affinity", 1, "in a zone without the workload it must be near")]


def test_the_search_may_have_ended_too_early():
    case = scenario(service(), catalog=catalog())
    entry = only(api.plan(case, solver=FirstFit(idle=True)).status.unplaced_workloads)
    assert [reason.rule for reason in entry.reasons] == ["search"]
    assert entry.smallest_change == "give the search more time"


def test_the_highest_priority_comes_first():
    entries = left_out(service("low", cpu=99), service("high", cpu=99, priority=9))
    assert [entry.workload for entry in entries] == ["high", "low"]


RULES = st.sampled_from(
    [
        {"rule": "anti_affinity", "level": "zone"},
        {"rule": "anti_affinity"},
        {"rule": "topology_spread"},
        {"rule": "node_selector", "labels": {"kubernetes.io/arch": "arm64"}},
        {"rule": "forbid", "hosts": {"locations": ["alpha/north/a"]}},
        {"rule": "quota", "max_hosts": 2},
        {"rule": "affinity", "workloads": "w0", "near": "w0", "level": "zone"},
        {"rule": "headroom", "percent": 30},
    ]
)
WORKLOADS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from([1, 3, 5, 20]), st.sampled_from([0, 5])), min_size=1, max_size=3
)


@given(WORKLOADS, st.lists(RULES, max_size=3), st.booleans())
def test_the_funnel_accounts_for_every_candidate(shapes, rules, standing_only):
    workloads = [service(f"w{n}", r, cpu=c, priority=p) for n, (r, c, p) in enumerate(shapes)]
    supply = {"pools": [], "hosts": [standing(), standing("old-2", location=B)]} if standing_only else {}
    for entry in left_out(*workloads, rules=rules, **supply):
        assert sum(reason.hosts for reason in entry.reasons) == entry.candidates
        assert entry.smallest_change


@pytest.mark.parametrize("purchases", [["on_demand"], ["on_demand", "spot"]])
def test_zones_of_a_region_count_once(purchases):
    pools = [pool(locations=["alpha/north"], host_types=["std-4"], purchases=purchases)]
    assert only(left_out(service(cpu=99), pools=pools)).candidates == len(purchases)
