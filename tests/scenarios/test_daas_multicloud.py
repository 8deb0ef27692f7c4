"""Replica sets over zones: what datasets/scenarios/daas-density/multicloud.yaml should show."""

from __future__ import annotations

from collections import Counter

import pytest
from scenario_files import replicas_by, shipped

from models.plan import Plan
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(shipped("daas-density/multicloud"), stop=Stop(seconds=8))


def test_every_database_has_its_members_in_three_zones(made: Plan) -> None:
    zones = {f"db-s-{n}": replicas_by(made, f"db-s-{n}", 3) for n in range(1, 241)}
    assert all(sorted(found.values()) == [1, 1, 1] for found in zones.values())


def test_no_room_of_ours_holds_two_members(made: Plan) -> None:
    own = [host for host in made.spec.hosts if host.cloud == "onprem"]
    assert {host.location for host in own} == {"onprem/dc1/pd1", "onprem/dc1/pd2"}
    for room in ("onprem/dc1/pd1", "onprem/dc1/pd2"):
        names = [name for host in own if host.location == room for name, members in host.runs.items() for _ in members]
        assert len(names) == len(set(names))


def test_quotas_of_the_clouds_hold(made: Plan) -> None:
    type_of = catalog_for(shipped("daas-density/multicloud")).type_of
    used: Counter[str] = Counter()
    for host in made.spec.hosts:
        if host.cloud != "onprem":
            used[host.cloud] += type_of[host.cloud, host.host_type].capacity.cpu // 1000
    assert max(used.values()) <= 128


def test_the_cost_is_bounded(made: Plan) -> None:
    assert made.status.objective_goal == "cost"
    assert made.status.bound is not None
    assert made.status.gap is not None
    assert made.status.bound * 730 >= 13_370
    assert made.status.gap <= 0.15
