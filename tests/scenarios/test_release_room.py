"""The figures of datasets/scenarios/release-room/README.md."""

from __future__ import annotations

from typing import Any

import pytest
from scenario_files import shipped, with_spec

from models.plan import PlanStatus
from models.rules import ReleaseRoom
from models.scenario import Scenario
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop
from planner.verify import verify


@pytest.fixture(scope="module")
def shop() -> Scenario:
    return shipped("release-room/release-room")


def _planned(scenario: Scenario) -> PlanStatus:
    made = plan(scenario, stop=Stop(seconds=10))
    assert made.status.unplaced == 0
    assert verify(scenario, made, catalog_for(scenario)) == ()
    return made.status


def _with_rule(shop: Scenario, **changed: Any) -> Scenario:
    rules = (r.model_copy(update=changed) if isinstance(r, ReleaseRoom) else r for r in shop.spec.rules)
    return with_spec(shop, rules=tuple(rules))


def _without_releases(shop: Scenario) -> Scenario:
    rules = tuple(rule for rule in shop.spec.rules if not isinstance(rule, ReleaseRoom))
    workloads = tuple(w.model_copy(update={"release": None}) for w in shop.spec.workloads)
    return with_spec(shop, rules=rules, workloads=workloads)


def test_the_room_that_each_release_needs(shop: Scenario) -> None:
    room = {w.name: w.release.room(w.count) for w in shop.spec.workloads if w.release is not None}
    assert room == {"checkout": 24, "basket": 12, "catalogue": 8, "web": 12, "search": 0}


def test_room_for_one_release_costs_half_as_much_as_room_for_all(shop: Scenario) -> None:
    none, one, every = (
        _planned(scenario) for scenario in (_without_releases(shop), shop, _with_rule(shop, at_once="all"))
    )
    assert (none.hosts_used, one.hosts_used, every.hosts_used) == (12, 15, 18)
    # Proven, whatever the search found: not fewer hosts of the single type, at 0.391 an hour.
    for status, fewest in ((none, 12), (one, 15), (every, 18)):
        assert status.bound is not None
        assert status.bound >= fewest * 0.391
