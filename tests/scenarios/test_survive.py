"""The figures of datasets/scenarios/survive/README.md."""

from __future__ import annotations

from itertools import combinations

import pytest
from scenario_files import shipped

from models.plan import Plan
from planner.api import plan
from planner.solvers.stop import Stop

CRITICAL, STANDARD = 90, 20
"""CPUs, one for each replica."""


def keeping(*names: str) -> Plan:
    """A plan by the rules of these names alone."""
    scenario = shipped("survive/survive")
    rules = tuple(rule for rule in scenario.spec.rules if rule.name in names)
    kept = scenario.model_copy(update={"spec": scenario.spec.model_copy(update={"rules": rules})})
    return plan(kept, stop=Stop(seconds=3))


@pytest.fixture(scope="module")
def nothing() -> Plan:
    return keeping()


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(shipped("survive/survive"), stop=Stop(seconds=5))


def proven(made: Plan) -> float:
    """Dollars a month that no plan goes below."""
    return 730 * next(tier.bound for tier in made.status.tiers if tier.goal == "cost")


def room_by(made: Plan, level: int) -> dict[str, int]:
    """Whole CPUs that the hosts of a plan can give, by the first `level` steps of their location."""
    found: dict[str, int] = {}
    for host in made.spec.hosts:
        domain = "/".join(host.location.split("/")[:level])
        found[domain] = found.get(domain, 0) + host.allocatable.cpu // 1000
    return found


def test_the_demand_is_what_the_readme_says() -> None:
    cpus: dict[str, int] = {}
    for workload in shipped("survive/survive").spec.workloads:
        tier = workload.labels["tier"]
        cpus[tier] = cpus.get(tier, 0) + workload.count * workload.requests.cpu // 1000
    assert cpus == {"critical": CRITICAL, "standard": STANDARD, "extra": 10}


def test_surviving_any_zone_costs_a_third_more_at_least(nothing: Plan) -> None:
    zones = keeping("any-zone")
    assert zones.status.unplaced == 0
    assert 1.33 <= zones.status.cost_per_month / nothing.status.cost_per_month <= 1.75
    assert proven(zones) >= 1.33 * float(nothing.status.cost_per_month)
    assert zones.status.hosts_used >= 11
    rooms = list(room_by(zones, 3).values())
    assert all(sum(rest) >= CRITICAL + STANDARD for rest in combinations(rooms, len(rooms) - 1))


def test_surviving_any_cloud_costs_over_half_more_at_least(nothing: Plan, made: Plan) -> None:
    assert (nothing.status.unplaced, made.status.unplaced) == (0, 0)
    assert 1.59 <= made.status.cost_per_month / nothing.status.cost_per_month <= 1.75
    assert proven(made) >= 1.59 * float(nothing.status.cost_per_month)
    assert proven(made) >= 0.9 * float(made.status.cost_per_month)
    assert min(room_by(made, 1).values()) >= CRITICAL
    assert set(room_by(made, 1)) == {"aws", "gcp"}


def test_three_zones_hold_what_must_survive(made: Plan) -> None:
    rooms = list(room_by(made, 3).values())
    assert len(rooms) == 4
    assert sum(rooms) - max(rooms) >= CRITICAL + STANDARD
