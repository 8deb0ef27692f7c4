"""The figures of the README files of datasets/scenarios/first and /shop."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scenario_files import replicas_by, shipped

from models.plan import Plan
from planner.api import plan
from planner.solvers.stop import Stop

CLOUDS = {"aws", "azure", "gcp"}


def test_the_first_scenario_fills_three_small_hosts() -> None:
    made = plan(shipped("first/first"), stop=Stop(seconds=4))
    assert made.status.state == "OPTIMAL"
    assert [host.host_type for host in made.spec.hosts] == ["m7g.large"] * 3
    assert sorted(replicas_by(made, "web", 3).values()) == [2, 2, 2]
    assert made.status.cost_per_month == Decimal("214.18")  # 3 x 0.0978 an hour for 730 hours


def test_without_its_rule_it_fills_one_host() -> None:
    scenario = shipped("first/first")
    free = scenario.model_copy(update={"spec": scenario.spec.model_copy(update={"rules": ()})})
    made = plan(free, stop=Stop(seconds=4))
    assert [host.host_type for host in made.spec.hosts] == ["m7g.xlarge"]
    assert made.status.state == "OPTIMAL"


@pytest.fixture(scope="module")
def shop() -> Plan:
    return plan(shipped("shop/shop"), stop=Stop(seconds=8))


def test_the_shop_is_open_in_every_cloud(shop: Plan) -> None:
    assert shop.status.unplaced == 0
    assert replicas_by(shop, "storefront", 1) == dict.fromkeys(CLOUDS, 3)
    assert replicas_by(shop, "checkout", 1) == dict.fromkeys(CLOUDS, 2)


def test_the_shop_costs_what_its_readme_says(shop: Plan) -> None:
    assert 750 <= shop.status.cost_per_month <= 850
    assert shop.status.cost_by_cloud["gcp"] > shop.status.cost_per_month / 2


def test_cards_stay_in_germany(shop: Plan) -> None:
    assert replicas_by(shop, "payment", 2) == {"azure/germanywestcentral": 4}


def test_the_orders_database_is_in_three_zones_of_one_region(shop: Plan) -> None:
    assert list(replicas_by(shop, "orders-db", 2).values()) == [3]
    assert list(replicas_by(shop, "orders-db", 3).values()) == [1, 1, 1]


def test_baskets_are_in_regions_with_a_store(shop: Plan) -> None:
    assert set(replicas_by(shop, "basket", 2)) <= set(replicas_by(shop, "basket-store", 2))


def test_only_what_may_be_interrupted_runs_on_spot_hosts(shop: Plan) -> None:
    on_spot = {name for host in shop.spec.hosts if host.purchase == "spot" for name in host.runs}
    assert {"staging", "load-test"} <= on_spot <= {"staging", "load-test", "nightly-report", "log-agent"}
    elsewhere = {name for host in shop.spec.hosts if host.purchase != "spot" for name in host.runs}
    assert not {"staging", "load-test"} & elsewhere
