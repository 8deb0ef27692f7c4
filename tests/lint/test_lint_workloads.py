"""Advice on single workloads: what they ask for, what they promise, how they are disturbed."""

from __future__ import annotations

import pytest
from builders import catalog, host_type, pool, price, scenario, service, standing
from lint_cases import advised, only

from models.storage import StorageClass

GIB = 2**30
NORTH = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])


def stateful(name="db", replicas=1, **more):
    return {"kind": "stateful_set", "name": name, "replicas": replicas, "requests": {"cpu": 1, "memory": "1Gi"}, **more}


class TestSizes:
    def test_more_than_the_largest_host(self):
        advice = only("sizes", service(cpu=17))
        assert advice.place == "spec.workloads[0].requests"
        assert advice.unwise == "web: one replica takes 17 CPU; the largest host leaves 16 CPU"

    def test_reservations_and_overhead_are_taken_off(self):
        few = NORTH.model_copy(update={"overhead": service(cpu="500m").requests})
        assert not advised("sizes", service(cpu=4), pools=[NORTH])
        assert "leaves 3500m CPU" in only("sizes", service(cpu=4), pools=[few]).unwise
        assert "takes 4 CPU" in only("sizes", service(cpu="3500m", overhead={"cpu": "500m"}), pools=[few]).unwise

    def test_no_host_that_has_all_of_it(self):
        assert "which no host has all of" in only("sizes", service(cpu=12, gpu=1)).unwise

    def test_gpu_models(self):
        rows = catalog(host_types=(host_type("gpu-8", cpu=8, memory="32Gi", gpu=2, gpu_model="T4"),),
                       prices=(price("2.00", "gpu-8"),))  # fmt: skip
        assert not advised("sizes", service(gpu=1, gpu_models=["T4"]), rows=rows)
        assert not advised("sizes", service(gpu=1, gpu_models=["T*"]), rows=rows)
        assert only("sizes", service(gpu=1, gpu_models=["A100"]), rows=rows).unwise.startswith("web: no host")

    def test_virtual_machines_need_hypervisors(self):
        machine = {"kind": "virtual_machine", "name": "vm", "requests": {"cpu": 1, "memory": "1Gi"}}
        assert only("sizes", machine).unwise == "vm: no host that stands or may be opened runs it"
        assert not advised("sizes", machine, hosts=[standing(platform="hypervisor")])


class TestLimits:
    def test_below_requests(self):
        advice = only("limits", service(cpu=2, limits={"cpu": 1, "memory": "4Gi"}))
        assert (advice.place, advice.unwise) == (
            "spec.workloads[0].requests.cpu", "web: requests 2 CPU, but its limit is 1 CPU",
        )  # fmt: skip

    def test_below_the_peak_of_the_profile(self):
        advice = only("limits", service(limits={"cpu": 2}, profile={"cpu": [1, 3, 1]}))
        assert advice.unwise == "web: its profile peaks at 3 CPU, but its limit is 2 CPU"

    def test_below_the_95th_percentile_of_usage(self):
        usage = {"memory": {"median": "1Gi", "p95": "3Gi"}}
        advice = only("limits", service(limits={"memory": "2Gi"}, usage=usage))
        assert advice.unwise.endswith("3 GiB memory, but its limit is 2 GiB memory")

    def test_enough_or_unlimited(self):
        assert not advised("limits", service(cpu=2, limits={"cpu": 2}), service("b", cpu=2, limits={"memory": "9Gi"}))


class TestDisruption:
    @pytest.mark.parametrize(
        ("replicas", "budget", "words"),
        [
            (2, {"min_available": 2}, "no drain may take a replica away, of 2"),
            (3, {"min_available": "100%"}, "no drain may take a replica away, of 3"),
            (1, {"max_unavailable": 0}, "no drain may take a replica away, of 1"),
            (3, {"max_unavailable": "100%"}, "a drain may take all 3 replicas away at once"),
        ],
    )
    def test_budgets(self, replicas, budget, words):
        advice = only("disruption", service(replicas=replicas, disruption_budget=budget))
        assert advice.place == "spec.workloads[0].disruption_budget"
        assert words in advice.unwise

    def test_budgets_that_do(self):
        budgets = ({"max_unavailable": 1}, {"min_available": "50%"}, {"max_unavailable": "25%"})
        assert not advised("disruption", *(service(f"w{n}", 4, disruption_budget=b) for n, b in enumerate(budgets)))

    def test_more_away_than_the_objective_allows(self):
        objective = {"availability": 0.99, "min_replicas": 3}
        drained = only("disruption", service(replicas=4, objective=objective, disruption_budget={"max_unavailable": 2}))
        assert drained.unwise == "web: a drain may leave 2 running, its objective wants 3"
        assert drained.mend == "allow 1 away at most"
        release = {"strategy": "rolling", "max_unavailable": "50%"}
        assert only("disruption", service(replicas=4, objective=objective, release=release)).place.endswith("release")
        surging = {"strategy": "rolling", "max_surge": 1, "max_unavailable": 0}
        assert not advised("disruption", service(replicas=4, objective=objective, release=surging))


class TestObjectives:
    def test_more_replicas_than_there_are(self):
        advice = only("objectives", service(replicas=2, objective={"availability": 0.9, "min_replicas": 3}))
        assert advice.place == "spec.workloads[0].objective.min_replicas"

    def test_without_a_spare_one_host_is_the_most(self):
        rows = {"locations": ["aws/eu-central-1"], "host_types": ["m7g.large"], "name": "p", "platform": "eks"}
        from planner.formats.catalogs import shipped_catalog

        def on_aws(availability):
            web = service(objective={"availability": availability})
            return advised("objectives", web, rows=shipped_catalog(), pools=[rows])

        assert on_aws(0.999)[0].unwise == (
            "web: promises 99.9 % without a spare replica, and its clouds promise 99.5 % of one host"
        )
        assert not on_aws(0.995)

    def test_clouds_that_promise_nothing_known_are_passed_over(self):
        assert not advised("objectives", service(objective={"availability": 0.99999}))

    @pytest.mark.parametrize(
        ("availability", "rules", "words"),
        [
            (0.9995, [{"rule": "anti_affinity"}], "nothing spreads it over several zones"),
            (0.999, [], "all replicas may stand on one host"),
            (0.999, [{"rule": "anti_affinity"}], ""),
            (0.9999, [{"rule": "topology_spread"}], ""),
            (0.9999, [{"rule": "topology_spread", "mode": "soft", "penalty": 9}], "nothing spreads it"),
        ],
    )
    def test_what_spreads_it(self, availability, rules, words):
        web = service(replicas=3, objective={"availability": availability})
        found = advised("objectives", web, rules=rules)
        assert len(found) == bool(words)
        assert not words or words in found[0].unwise

    def test_a_single_zone_spreads_nothing(self):
        pools = [pool(locations=["alpha/west"], host_types=["std-4"])]
        web = service(replicas=3, objective={"availability": 0.9999})
        assert only("objectives", web, pools=pools, rules=[{"rule": "topology_spread"}])


class TestStateful:
    def test_replicas_that_one_host_takes_along(self):
        assert only("stateful", stateful(replicas=3)).unwise == "db: all 3 replicas may stand on one host"

    @pytest.mark.parametrize("rule", ["anti_affinity", "topology_spread"])
    def test_kept_apart(self, rule):
        assert not advised("stateful", stateful(replicas=3), stateful("one"), rules=[{"rule": rule}])

    def test_kept_away_from_others_only(self):
        rule = {"rule": "anti_affinity", "workloads": "db", "away_from": "web"}
        assert advised("stateful", stateful(replicas=3), service(), rules=[rule])


class TestSpot:
    def test_the_only_replica(self):
        assert only("spot", stateful()).place == "spec.workloads[0]"
        assert not advised("spot", stateful(replicas=2), service())

    def test_kept_off_by_rule_taint_or_supply(self):
        assert not advised("spot", stateful(), rules=[{"rule": "spot"}])
        assert not advised("spot", stateful(), pools=[NORTH])
        assert not advised("spot", stateful(), pools=[pool(taints=[{"key": "spot"}])])
        tolerated = [{"rule": "tolerations", "tolerations": [{"key": "spot", "operator": "Exists"}]}]
        assert advised("spot", stateful(), pools=[pool(taints=[{"key": "spot"}])], rules=tolerated)


class TestStorage:
    ROWS = catalog(
        storage_classes=(
            StorageClass(name="fast", cloud="alpha", smallest=4 * GIB, largest=100 * GIB, max_iops=1000, max_mbps=200),
            StorageClass(name="slow", cloud="beta", largest=200 * GIB),
        )
    )

    def claimed(self, **claim):
        return advised("storage", service(volumes=[{"storage_class": "fast", **claim}]), rows=self.ROWS)

    @pytest.mark.parametrize(
        ("claim", "words"),
        [
            ({"size": "150Gi"}, "web: fast has volumes up to 100Gi, 150Gi asked for"),
            ({"size": "5Gi", "iops": 2000}, "web: fast gives a volume 1,000 IOPS, 2,000 asked for"),
            ({"size": "5Gi", "mbps": 300}, "web: fast gives a volume 200 MB/s, 300 asked for"),
            ({"size": "1Gi"}, "web: asks for 1Gi and is billed for 4Gi"),
        ],
    )
    def test_outside_the_class(self, claim, words):
        (advice,) = self.claimed(**claim)
        assert advice.unwise == words
        assert advice.place.startswith("spec.workloads[0].volumes[0]")

    def test_one_of_several_classes_is_enough(self):
        assert not self.claimed(size="150Gi", storage_class=["fast", "slow"])
        assert not self.claimed(size="4Gi", iops=1000)

    def test_a_pool_too_small_for_its_claims(self):
        pools = [{"name": "flash", "protection_domain": "alpha", "raw_capacity": "100Gi", "max_iops_per_volume": 500}]
        claim = {"size": "10Gi", "storage_class": "flash"}
        advice = only("storage", service(replicas=3, volumes=[claim]), storage_pools=pools)
        assert advice.unwise == "flash: claims take 96 GiB with copies, it leaves 90 GiB"
        assert not advised("storage", service(replicas=2, volumes=[claim]), storage_pools=pools)
        heavy = service(volumes=[{**claim, "iops": 600}])
        assert "500 IOPS, 600 asked for" in only("storage", heavy, storage_pools=pools).unwise


class TestImages:
    def image(self, size, name="i"):
        return {"name": name, "size": size}

    def test_one_that_fits_no_disk(self):
        (alone, *_) = advised("images", service(image=self.image("200Gi")))
        assert alone.unwise == "web: its image takes 200.0 GiB, the largest boot disk has 100.0 GiB"

    def test_all_of_them_above_what_the_kubelet_keeps(self):
        workloads = [service(f"w{n}", image=self.image("30Gi", f"i{n}")) for n in range(3)]
        kubelet = pool(platform="kubernetes")
        advice = only("images", *workloads, pools=[kubelet])
        assert advice.place == "spec.pools[0].boot_disk"
        assert "90.0 GiB of 100.0 GiB" in advice.unwise
        assert advice.mend == "set boot_disk to 106Gi or more"
        assert not advised("images", *workloads[:2], pools=[kubelet])
        assert not advised("images", *workloads, pools=[pool()])

    def test_no_more_than_the_pods_of_a_host(self):
        workloads = [service(f"w{n}", image=self.image("30Gi", f"i{n}")) for n in range(3)]
        few = pool(platform={"kind": "kubernetes", "pods": 2})
        assert not advised("images", *workloads, pools=[few])

    def test_a_shared_image_counts_once(self):
        workloads = [service(f"w{n}", image=self.image("30Gi")) for n in range(3)]
        assert not advised("images", *workloads, pools=[pool(platform="kubernetes")])


def test_runners_that_break_their_promise():
    """4 erlangs: 95 % of the jobs start within a minute on 7 runners, not on 5."""
    ci = {"kind": "runner_pool", "name": "ci", "jobs_per_hour": 60, "job_minutes": 4, "parallelism": 5}
    advice = only("runners", ci)
    needed = scenario({**ci, "parallelism": 99}).spec.workloads[0].count
    assert advice.place == "spec.workloads[0].parallelism"
    assert advice.mend == f"raise parallelism to {needed}, or promise less"
    assert not advised("runners", {**ci, "parallelism": needed})


def test_mesos_roles_and_reservations_that_do_not_meet():
    platform = {"kind": "mesos", "reservations": {"ads": {"cpu": 1, "memory": "1Gi"}}}
    told = advised("mesos", service(role="web"), pools=[pool(platform=platform)])
    assert [advice.place for advice in told] == [
        "spec.workloads[0].role", "spec.pools[0].platform.reservations.ads",
    ]  # fmt: skip
    assert not advised("mesos", service(role="ads"), pools=[pool(platform=platform)])
