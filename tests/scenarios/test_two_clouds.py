"""The figures of datasets/scenarios/two-clouds/README.md."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scenario_files import replicas_by, shipped, with_spec

from models.plan import Plan
from models.rules import AntiAffinity
from models.scenario import Scenario
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop
from planner.verify import verify


@pytest.fixture(scope="module")
def pair() -> Scenario:
    return shipped("two-clouds/two-clouds")


@pytest.fixture(scope="module")
def together(pair: Scenario) -> Plan:
    return plan(pair, stop=Stop(seconds=5))


def test_with_the_traffic_all_stay_on_one_cloud(pair: Scenario, together: Plan) -> None:
    assert verify(pair, together, catalog_for(pair)) == ()
    assert together.status.unplaced == 0
    assert {host.cloud for host in together.spec.hosts} == {"azure"}
    assert together.status.gap is not None
    assert together.status.gap <= 0.25


def test_only_what_users_fetch_is_paid_then(together: Plan) -> None:
    bill = together.status.cost_breakdown
    assert bill["egress"] == Decimal("152.00")  # 2,000 GB, the first 100 of them free, at 0.08
    assert bill["egress"] <= together.status.cost_per_month * Decimal("0.04")


def test_without_the_traffic_most_of_the_warehouse_goes_where_memory_is_cheap(pair: Scenario, together: Plan) -> None:
    apart = plan(with_spec(pair, traffic=()), stop=Stop(seconds=5, gap=0.06))
    assert replicas_by(apart, "warehouse", 1)["gcp"] >= 7
    assert replicas_by(apart, "api", 1)["azure"] >= 21
    assert apart.status.cost_breakdown["compute"] <= together.status.cost_breakdown["compute"] * Decimal("0.95")


def test_a_standby_on_another_cloud_pays_for_its_replication(pair: Scenario, together: Plan) -> None:
    apart = AntiAffinity(rule="anti_affinity", workloads="orders-db", away_from="standby-db", level="cloud")
    scenario = with_spec(pair, rules=(*pair.spec.rules, apart))
    made = plan(scenario, stop=Stop(seconds=4))
    assert made.status.unplaced == 0
    assert verify(scenario, made, catalog_for(scenario)) == ()
    # The 6,000 GB of replication at 0.08 at least, beside what users fetch.
    assert made.status.cost_breakdown["egress"] >= together.status.cost_breakdown["egress"] + 480
