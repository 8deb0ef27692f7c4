"""Advice on rules, prices and commitments; and what holds for all advice."""

from __future__ import annotations

from datetime import date

import pytest
from builders import A, B, catalog, pool, price, scenario, service, standing
from lint_cases import TODAY, advised, only

from models.catalog import Region
from planner.lint import LINTS, lint

NORTH = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])


class TestSpread:
    @pytest.mark.parametrize(
        ("rule", "replicas", "words"),
        [
            ({"rule": "anti_affinity", "level": "zone"}, 5, "1 in one zone, 3 to choose from: 2 of the replicas"),
            ({"rule": "topology_spread", "min_domains": 4}, 5, "1 in one zone, 3 to choose from: 2 of the replicas"),
            ({"rule": "share", "level": "cloud", "max_share": 0.6}, 5, "3 in one cloud, 1 to choose from: 2 of the"),
            ({"rule": "share", "level": "zone", "at_least": 4}, 4, "1 in one zone, 3 to choose from: 1 of the"),
            ({"rule": "colocation", "workloads": "*", "most": 1, "level": "zone"}, 5, "1 in one zone, 3 to choose"),
        ],
    )
    def test_more_replicas_than_the_domains_may_hold(self, rule, replicas, words):
        advice = only("spread", service(replicas=replicas), pools=[NORTH], rules=[rule])
        assert advice.place == "spec.rules[0]"
        assert words in advice.unwise

    @pytest.mark.parametrize(
        "rule",
        [
            {"rule": "anti_affinity", "level": "zone"},
            {"rule": "anti_affinity"},
            {"rule": "topology_spread"},
            {"rule": "share", "level": "zone", "at_least": 3},
        ],
    )
    def test_enough_domains(self, rule):
        assert not advised("spread", service(replicas=3), pools=[NORTH], rules=[rule])

    def test_hosts_that_stand_or_may_be_opened(self):
        rule = {"rule": "anti_affinity"}
        hosts = [standing(), standing("old-2")]
        few = NORTH.model_copy(update={"max_hosts": 2})
        assert not advised("spread", service(replicas=4), pools=[few], hosts=hosts, rules=[rule])
        advice = only("spread", service(replicas=5), pools=[few], hosts=hosts, rules=[rule])
        assert "1 in one host, 4 to choose from" in advice.unwise

    def test_rules_on_places_leave_fewer_domains(self):
        rules = [{"rule": "anti_affinity", "level": "zone"}, {"rule": "allow", "hosts": {"locations": [A, B]}}]
        assert "2 to choose from" in only("spread", service(replicas=3), pools=[NORTH], rules=rules).unwise

    def test_nothing_to_spread_over(self):
        west = pool(locations=["alpha/west"], host_types=["std-4"])
        advice = only("spread", service(replicas=2), pools=[west], rules=[{"rule": "topology_spread"}])
        assert advice.unwise == "web: only one zone to choose from, so nothing is spread"

    def test_soft_rules_and_those_to_mend_may_break(self):
        rule = {"rule": "anti_affinity", "level": "zone"}
        for mode in ({"mode": "soft", "penalty": 5}, {"mode": "mend"}):
            assert not advised("spread", service(replicas=9), pools=[NORTH], rules=[{**rule, **mode}])

    def test_many_workloads_are_told_as_one(self):
        workloads = [service(f"w{n}", 5) for n in range(6)]
        rule = {"rule": "anti_affinity", "level": "zone"}
        assert only("spread", *workloads, pools=[NORTH], rules=[rule]).unwise.startswith("w0, w1, w2 and 3 more: ")


def test_azures_zone_without_a_zone():
    regions = (Region(cloud="azure", name="eastus", zones=("0", "1", "2")),)
    rows = catalog(regions=regions, prices=(price("0.2", cloud="azure", region="eastus"),),
                   host_types=(catalog().host_types[0].model_copy(update={"cloud": "azure"}),))  # fmt: skip
    pools = [pool(locations=["azure"], purchases=["on_demand"])]
    spread = {"rule": "topology_spread"}
    assert "azure/eastus/0" in only("zones", service(replicas=2), rows=rows, pools=pools, rules=[spread]).unwise
    away = {"rule": "forbid", "hosts": {"locations": ["azure/eastus/0"]}}
    assert not advised("zones", service(replicas=2), rows=rows, pools=pools, rules=[spread, away])


class TestLatency:
    NEAR = (
        Region(cloud="alpha", name="north", zones=("a",), latitude=50, longitude=8),
        Region(cloud="beta", name="south", zones=("a",), latitude=52, longitude=4),
    )

    def told(self, **spec):
        rule = {"rule": "latency", "workloads": "web", "to": "db", "max_ms": 20}
        rules = [rule, {"rule": "allow", "workloads": "db", "hosts": {"locations": ["beta"]}},
                 {"rule": "allow", "workloads": "web", "hosts": {"locations": ["alpha"]}}]  # fmt: skip
        rows = catalog(regions=self.NEAR)
        return advised("latency", service(), service("db"), rows=rows, **{"rules": rules, **spec})

    def test_an_estimate(self):
        (advice,) = self.told()
        assert advice.unwise == "1 of 1 round-trip times are estimates: alpha/north – beta/south"

    def test_a_measured_time(self):
        assert not self.told(latencies=[{"between": ["alpha/north", "beta/south"], "ms": 9}])

    def test_traffic_that_is_short_for_a_rule(self):
        traffic = [{"source": "web", "target": "db", "max_latency_ms": 20}]
        (advice,) = self.told(rules=[], traffic=traffic)
        assert advice.place == "spec.traffic[0].max_latency_ms"


def test_a_penalty_of_nothing():
    rules = [{"rule": "anti_affinity", "name": "apart", "mode": "soft", "penalty": n} for n in (0, 5)]
    advice = only("penalties", service(), rules=rules)
    assert (advice.place, advice.unwise[:6]) == ("spec.rules[0].penalty", "apart:")


def test_a_commitment_that_covers_nothing():
    def committed(host_type):
        return {"name": host_type, "kind": "spend", "hosts": {"host_types": [host_type]}, "spend_per_hour": 1,
                "percent": 20}  # fmt: skip

    commitments = [committed("std-4"), committed("huge-*")]
    advice = only("commitments", service(), commitments=commitments)
    assert advice.place == "spec.commitments[1].hosts"


class TestPrices:
    def test_those_of_dated_sources_derived_and_old(self):
        prices = (price("0.2", quality="dated"), price("0.8", "big-16", quality="derived"), price("0.16", "arm-4"))
        rows = catalog(prices=prices)
        (advice,) = advised("prices", service(), rows=rows)
        assert advice.place == "spec.pools[0]"
        assert advice.unwise == (
            "1 price (std-4 in alpha/north, of 2026-01-01) is of a source that is itself dated; "
            "1 price (big-16 in alpha/north, of 2026-01-01) is derived, not listed"
        )
        (old,) = advised("prices", service(), rows=rows, today=date(2027, 6, 1))
        assert "2 prices (the oldest: arm-4 in alpha/north, of 2026-01-01) are older than a year" in old.unwise

    def test_fresh_list_prices_and_those_of_pools_that_do_not_use_them(self):
        assert not advised("prices", service())
        rows = catalog(prices=(price("0.2"), price("0.18", cloud="beta", region="south", quality="dated")))
        assert not advised("prices", service(), rows=rows, pools=[NORTH])

    def test_standing_hosts_with_a_price_of_their_own(self):
        rows = catalog(prices=(price("0.2", quality="dated"),))
        assert only("prices", service(), rows=rows, pools=[], hosts=[standing()]).place == "spec.hosts"
        assert not advised("prices", service(), rows=rows, pools=[], hosts=[standing(per_hour=1)])


def test_every_lint_is_silent_on_a_plain_scenario():
    assert lint(scenario(service(replicas=3), pools=[NORTH], rules=[{"rule": "anti_affinity"}]), catalog(), TODAY) == ()


def test_advice_reads_as_a_sentence_with_its_place():
    advice = only("sizes", service(cpu=99))
    assert str(advice).startswith("spec.workloads[0].requests: web: one replica takes")
    assert advice.lint in LINTS


def test_ten_thousand_workloads_are_looked_over_once_each(monkeypatch):
    """Each distinct shape and each distinct set of places is asked once, however many workloads share it."""
    from planner.lint import ground

    asked: list[object] = []
    admits = ground._admits
    monkeypatch.setattr(ground, "_admits", lambda rule, offer: asked.append(rule) or admits(rule, offer))
    workloads = [service(f"w{n}", 2) for n in range(500)]
    rules = [{"rule": "allow", "workloads": f"w{n}", "hosts": {"locations": ["alpha"]}} for n in range(500)]
    lint(scenario(*workloads, rules=[*rules, {"rule": "topology_spread"}]), catalog(), TODAY)
    assert len(asked) < 100
