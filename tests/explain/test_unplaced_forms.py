"""The funnel and the smallest change for caps, made-up groups of hosts, and room kept free."""

from __future__ import annotations

from decimal import Decimal

import pytest
from builders import A, B, C, catalog, daemonset, host_type, pool, price, scenario, service, standing
from fake_solvers import FirstFit

from models.catalog import Catalog, Region
from models.plan import Unplaced
from models.storage import StorageClass
from planner.explain.outcome import Outcome
from planner.explain.unplaced import unplaced
from planner.problem import Solution, build
from planner.solvers.stop import Stop


def left_out(*workloads, rows: Catalog | None = None, **spec) -> tuple[Unplaced, ...]:
    problem, names = build(scenario(*workloads, **spec), rows or catalog())
    return unplaced(Outcome(problem, names, FirstFit().solve(problem, Stop()).solution))


def only(entries: tuple[Unplaced, ...]) -> Unplaced:
    assert len(entries) == 1
    return entries[0]


def lines(entry: Unplaced) -> list[tuple[str, int, str]]:
    return [(reason.rule, reason.hosts, reason.detail.replace("\u00a0", " ")) for reason in entry.reasons]


NORTH = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])
BOTH = pool(locations=["alpha/north", "beta"], host_types=["std-4"], purchases=["on_demand"])


class TestPlaces:
    def test_residency(self):
        rule = {"rule": "residency", "name": "swiss", "countries": ["Switzerland"]}
        entry = only(left_out(service(), pools=[NORTH], rules=[rule]))
        assert lines(entry) == [("swiss", 1, "not in Switzerland")]
        assert entry.smallest_change == "lift the rule 'swiss' for it"

    def test_spot_forbidden(self):
        spot = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["spot"])
        entry = only(left_out(service(), pools=[spot], rules=[{"rule": "spot"}]))
        assert lines(entry) == [("spot", 1, "a spot host")]

    def test_users_that_are_too_far(self):
        regions = (Region(cloud="alpha", name="north", zones=("a",), latitude=50, longitude=8),)
        users = {"name": "lima", "latitude": -12, "longitude": -77}
        rule = {"rule": "latency", "users": users, "max_ms": 30}
        entry = only(left_out(service(), rows=catalog(regions=regions), pools=[NORTH], rules=[rule]))
        assert lines(entry) == [("latency", 1, "farther than 30 ms from lima")]

    def test_a_claim_that_no_class_serves(self):
        small = StorageClass(name="alpha-disk", cloud="alpha", largest="10Gi")
        claim = {"size": "20Gi", "storage_class": "alpha-disk"}
        rows = catalog(storage_classes=(small,))
        entry = only(left_out(service(volumes=[claim]), rows=rows, pools=[NORTH]))
        assert lines(entry) == [("storage", 1, "none of its storage classes serves its claims there")]
        assert entry.smallest_change == "name a storage class that serves its claims elsewhere"

    def test_hosts_that_daemonsets_fill(self):
        entry = only(left_out(service(), daemonset(cpu=5), pools=[NORTH]))
        assert lines(entry) == [("daemonsets", 1, "filled by daemonsets alone")]


class TestGroups:
    def test_a_share_says_what_stands_where(self):
        hosts = [standing("old-1"), standing("old-2", location=B)]
        rule = {"rule": "share", "name": "half", "level": "zone", "max_share": 0.5}
        entry = only(left_out(service(replicas=6), pools=[], hosts=hosts[:1], rules=[rule]))
        assert entry.replicas == 3
        assert lines(entry) == [("half", 1, f"3 of 6 already in {A}")]
        assert entry.smallest_change == "make room in a further zone, or raise max_share of 'half'"

    def test_a_share_of_at_least_so_many_domains(self):
        hosts = [standing("old-1"), standing("old-2", location=B), standing("old-3", location=C, taints=[{"key": "x"}])]
        rule = {"rule": "share", "name": "three", "level": "zone", "at_least": 3}
        entry = only(left_out(service(replicas=4), pools=[], hosts=hosts, rules=[rule]))
        assert entry.replicas == 2
        assert ("three", 2, f"would miss at_least 3: {C} holds only 0") in lines(entry)

    def test_too_many_on_spot_hosts(self):
        spot = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["spot"])
        rule = {"rule": "spot", "max_share": 0.5}
        entry = only(left_out(service(replicas=4), pools=[spot], rules=[rule]))
        assert entry.replicas == 2
        assert lines(entry) == [("spot", 1, "2 of 4 already in spot hosts")]
        assert entry.smallest_change == "offer hosts that are not spot, or raise max_share of 'spot'"

    def test_colocation(self):
        rule = {"rule": "colocation", "workloads": ["web", "db"], "most": 2, "level": "zone"}
        entries = left_out(service(replicas=2), service("db"), pools=[], hosts=[standing()], rules=[rule])
        assert lines(only(entries)) == [("colocation", 1, "holds 2 already, the most in one zone")]

    def test_exclusive(self):
        rule = {"rule": "exclusive", "workloads": "db", "name": "alone"}
        entry = only(left_out(service("db"), service("web"), pools=[], hosts=[standing()], rules=[rule]))
        assert lines(entry) == [("alone", 1, "holds others, and 'alone' lets none share a host with them")]

    def test_parity(self):
        workloads = service("prod", labels={"app": "x"}), service("dev", labels={"app": "x"}, gpu=1)
        entry = only(left_out(*workloads, pools=[pool(locations=["alpha/north"], host_types=["arm-4", "gpu-8"])],
                              rules=[{"rule": "parity"}]))  # fmt: skip
        assert ("parity", 1, "not in architecture arm64, where the others of its group are") in lines(entry)

    def test_all_on_one_host_or_none(self):
        """Nothing is placed where not all of a workload that is near itself fit onto a host."""
        rules = [{"rule": "affinity", "name": "one", "near": "web"}]
        problem, names = build(scenario(service(replicas=5), pools=[], hosts=[standing()], rules=rules), catalog())
        entry = only(unplaced(Outcome(problem, names, Solution.of([]))))
        assert lines(entry) == [("one", 1, "no room for all 5 of them on one host")]
        assert entry.smallest_change == "make room for all 5 of them on one host, or lift 'one' for it"

    def test_latency_to_another_workload(self):
        regions = (
            Region(cloud="alpha", name="north", zones=("a",), latitude=50, longitude=8),
            Region(cloud="beta", name="south", zones=("a",), latitude=-12, longitude=-77),
        )
        rules = [
            {"rule": "latency", "name": "close", "workloads": "web", "to": "db", "max_ms": 20},
            {"rule": "allow", "workloads": "db", "hosts": {"locations": ["beta"]}},
        ]
        few = BOTH.model_copy(update={"max_hosts": 1})
        workloads = service("db", cpu=4), service("web")
        hosts = [standing("old-1", location="alpha/north/a")]
        entry = only(left_out(*workloads, rows=catalog(regions=regions), pools=[few], hosts=hosts, rules=rules))
        assert entry.workload == "web"
        detail = "within 20 ms of no place of the workload it must be near"
        assert lines(entry)[0][::2] == ("close", detail)


class TestCaps:
    def test_a_resource_quota(self):
        rule = {"rule": "resource_quota", "name": "team", "max_requests": {"cpu": 8}}
        entry = only(left_out(service(replicas=3, cpu=3), pools=[NORTH], rules=[rule]))
        assert lines(entry) == [("team (cpu)", 1, "75 % used (6 CPU of 8 CPU); one more takes 3 CPU")]
        assert entry.smallest_change == "raise 'team (cpu)' by 1 CPU, from 8 CPU to 9 CPU"

    def test_a_quota_of_nothing(self):
        rule = {"rule": "resource_quota", "name": "none", "max_requests": {"cpu": 0, "memory": "1Mi"}}
        entry = only(left_out(service(), pools=[NORTH], rules=[rule]))
        assert lines(entry)[0][0] == "none (memory)"

    def test_a_team_budget(self):
        """A replica of 2 of 4 CPU is charged half of $0.20 an hour: $73 a month."""
        rule = {"rule": "budget", "name": "team-budget", "workloads": "*", "max_per_month": 150}
        entry = only(left_out(service(replicas=3, cpu=2), pools=[NORTH], rules=[rule]))
        label = "team-budget (USD a month)"
        used = "97 % used ($146.00 a month of $150.00 a month); one more takes $73.00 a month"
        assert lines(entry) == [(label, 1, used)]
        assert entry.smallest_change == f"raise '{label}' by $69.00 a month, from $150.00 a month to $219.00 a month"

    def test_a_budget_for_hosts(self):
        """A host costs $146 a month."""
        rule = {"rule": "budget", "name": "all", "max_per_month": 300}
        entry = only(left_out(service(replicas=3, cpu=4), pools=[NORTH], rules=[rule]))
        label = "all (USD a month)"
        assert lines(entry) == [(label, 1, "used up: $292.00 a month of $300.00 a month")]
        assert entry.smallest_change == f"raise '{label}' by $138.00 a month, from $300.00 a month to $438.00 a month"

    def test_a_storage_pool(self):
        """10 GiB take two steps of 8 GiB, twice: 32 GiB a replica of 90 GiB."""
        pools = [{"name": "flash", "protection_domain": "alpha", "raw_capacity": "100Gi"}]
        claim = {"size": "10Gi", "storage_class": "flash"}
        entry = only(left_out(service(replicas=3, volumes=[claim]), pools=[NORTH], storage_pools=pools))
        used = "71 % used (64 GiB of 90 GiB); one more takes 32 GiB"
        assert lines(entry) == [("storage pool flash", 1, used)]


class TestWithheld:
    """Hosts that have the room, but by a rule not for the replica."""

    def test_used_hosts_by_share_and_by_room(self):
        rules = [
            {"rule": "headroom", "name": "tenth", "percent": 10},
            {"rule": "headroom", "name": "spare", "replicas": 1, "requests": {"cpu": 1, "memory": "1Gi"}},
        ]
        entry = only(left_out(service(replicas=3), pools=[], hosts=[standing()], rules=rules))
        assert entry.replicas == 1
        assert lines(entry) == [("tenth", 1, "has the room, but for the 10 % kept free")]
        assert entry.smallest_change.startswith("no single change is enough")

    def test_only_what_is_short_is_told(self):
        """CPU is full; the limit on volumes is not what keeps it out."""
        rules = [{"rule": "attach_limit", "max_volumes": 1}]
        entry = only(left_out(service(replicas=5), pools=[], hosts=[standing()], rules=rules))
        assert lines(entry) == [("full", 1, "fits alone on 1; full")]

    def test_a_host_that_no_rule_makes_large_enough(self):
        rules = [{"rule": "headroom", "percent": 50}]
        entry = only(left_out(service(replicas=4, cpu=3), pools=[], hosts=[standing()], rules=rules))
        assert lines(entry)[0][0] == "headroom"
        entry = only(left_out(service(cpu=5), pools=[], hosts=[standing()], rules=rules))
        assert lines(entry) == [("capacity", 1, "short 3 CPU on 1")]


class TestPromises:
    def test_no_further_move(self):
        """Four replicas stand on one host that only two of them may go back to."""
        hosts = [standing("old-1", runs={"web": 4}, taints=[{"key": "x"}]), standing("old-2", location=B)]
        rule = {"rule": "moves", "name": "calm", "at_most": 1}
        entry = only(left_out(service(replicas=4), pools=[], hosts=hosts, rules=[rule]))
        assert entry.replicas == 3
        assert ("calm", 1, "100 % used (1 of 1); one more takes 1") in lines(entry)

    def test_no_move_at_all(self):
        hosts = [standing("old-1", runs={"web": 1}, taints=[{"key": "x"}]), standing("old-2", location=B)]
        entry = only(left_out(service(), pools=[], hosts=hosts, rules=[{"rule": "moves", "at_most": 0}]))
        assert ("moves", 1, "none allowed; one more takes 1") in lines(entry)

    def test_room_for_a_release(self):
        release = {"strategy": "rolling", "max_surge": 1}
        entry = only(left_out(service(replicas=4, release=release), pools=[], hosts=[standing()]))
        assert entry.replicas == 1
        assert lines(entry)[0][0] in ("release_room", "full")
        assert "kept free: room for 1 replica of 1 CPU" in lines(entry)[0][2]

    def test_survival(self):
        """Either zone could take over two replicas of the other, not three."""
        hosts = [standing("old-1"), standing("old-2", location=B)]
        rule = {"rule": "survive", "name": "any-zone"}
        problem, names = build(scenario(service(replicas=5), pools=[], hosts=hosts, rules=[rule]), catalog())
        kept = [(0, 1, {0: 2}), (1, 1, {0: 2})] if problem.bins == 2 else [(0, 2, {0: 2})]
        entry = only(unplaced(Outcome(problem, names, Solution.of(kept))))
        detail = "with it there, the loss of one zone would leave something without room"
        assert lines(entry) == [("any-zone", 2, detail)]
        assert entry.smallest_change == "offer a further host outside that zone, or lift 'any-zone' for it"


def test_room_kept_free_in_each_zone():
    hosts = [standing("old-1"), standing("old-2", location=B)]
    rule = {"rule": "headroom", "name": "spare", "replicas": 1, "requests": {"cpu": 2, "memory": "1Gi"}, "per": "zone"}
    entry = only(left_out(service(replicas=5), pools=[], hosts=hosts, rules=[rule]))
    assert entry.replicas == 1
    detail = "kept free: room for 1 replica of 2 CPU, 1 GiB memory in each zone"
    assert lines(entry) == [("spare", 2, detail)]
    assert entry.smallest_change == "offer a further host, or keep less free by 'spare'"


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_the_funnel_accounts_for_every_candidate(share):
    rules = [
        {"rule": "spot", "max_share": share},
        {"rule": "resource_quota", "max_requests": {"cpu": 5}},
        {"rule": "share", "level": "cloud", "max_share": 0.6},
        {"rule": "budget", "max_per_month": Decimal(200)},
    ]
    for entry in left_out(service(replicas=8), service("db", replicas=2, cpu=3), rules=rules):
        assert sum(reason.hosts for reason in entry.reasons) == entry.candidates
        assert entry.smallest_change


def test_a_gpu_model_that_will_do():
    types = (host_type("gpu-8", cpu=8, memory="32Gi", gpu=2, gpu_model="T4"),)
    rows = catalog(host_types=types, prices=(price("2.00", "gpu-8"),))
    pools = [pool(locations=["alpha/north"], purchases=["on_demand"])]
    assert left_out(service(gpu=1, gpu_models=["T4"]), rows=rows, pools=pools) == ()
    entry = only(left_out(service(gpu=1, gpu_models=["A100"]), rows=rows, pools=pools))
    assert lines(entry) == [("gpu_models", 1, "without a GPU of a model that will do")]
    assert entry.smallest_change == "allow further GPU models, or offer hosts with one of them"


def test_shortages_name_the_moment_the_risk_and_the_reservation():
    daily = service("day", cpu=1, profile={"cpu": [1, 5, 1]})
    assert "CPU" in lines(only(left_out(daily, service("night", profile={"cpu": [3, 1, 1]}), pools=[NORTH])))[0][2]
    reserved = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"],
                    platform={"kind": "mesos", "reservations": {"ads": {"cpu": 3}}})  # fmt: skip
    entry = only(left_out(service(cpu=2), pools=[reserved]))
    assert "not reserved for ads" in lines(entry)[0][2]
