"""Stranded room and the largest share, by hand and against the solver's own figures."""

from __future__ import annotations

import pytest
from builders import B, catalog, daemonset, pool, scenario, service, slot, standing
from builders import plan as made
from fake_solvers import FirstFit

from models.goals import GoalTier
from planner import api
from planner.verify.concentration import largest_share, stranded
from planner.verify.layout import Layout

TYPICAL, LARGEST = GoalTier(goal="fragmentation"), GoalTier(goal="fragmentation", room_for="largest")
NORTH = pool(locations=["alpha/north"], host_types=["std-4"], purchases=["on_demand"])


def layout(case, *slots):
    return Layout(case, made(case, *slots), catalog())


def test_room_beside_replicas_that_no_other_fits_into():
    """Hosts of 4 CPU and 16 GiB: the first has 1 CPU and 12 GiB left, the second room for another web."""
    case = scenario(service("web", 3, cpu=2, memory="4Gi"), service("db", cpu=3, memory="4Gi"))
    ground = layout(case, slot("h1", {"db": 1}), slot("h2", {"web": 1}))
    assert stranded(ground, TYPICAL) == pytest.approx((1 / 8 + 12 / 32) / 2)
    assert stranded(ground, LARGEST) == pytest.approx((3 / 8 + 24 / 32) / 2)


def test_daemonsets_take_room_and_are_no_probe():
    case = scenario(service("web", 2, cpu=2, memory="4Gi"), daemonset(cpu=1, memory="4Gi"))
    assert stranded(layout(case, slot("h1", {"web": 1})), LARGEST) == pytest.approx((1 / 3 + 8 / 12) / 2)


def test_nothing_is_stranded_without_hosts_or_replicas():
    assert stranded(layout(scenario(service())), TYPICAL) == 0
    assert stranded(layout(scenario(service(replicas=0)), slot("h1")), TYPICAL) == 0


@pytest.mark.parametrize(("level", "share"), [("host", 0.5), ("zone", 0.75), ("cloud", 1.0)])
def test_the_largest_share_of_all_replicas(level, share):
    case = scenario(service("web", 3), service("db"))
    ground = layout(case, slot("h1", {"web": 2}), slot("h2", {"web": 1}), slot("h3", {"db": 1}, B))
    assert largest_share(ground, level) == share
    assert largest_share(layout(case), level) == 0


@pytest.mark.parametrize("rules", [[], [{"rule": "headroom", "percent": 25}]])
def test_plans_state_what_is_verified(rules):
    goals = ["unplaced", TYPICAL.model_dump(), {"goal": "risk", "level": "zone"}, {"goal": "risk", "level": "host"}]
    workloads = service("web", 5, memory="1000000k"), service("db", 2, cpu=2, memory="3Gi")
    case = scenario(*workloads, pools=[NORTH], hosts=[standing()], goals=goals, rules=rules, catalog=catalog())
    tiers = {tier.goal: tier for tier in api.plan(case, solver=FirstFit()).status.tiers}
    assert 0 <= tiers["fragmentation (typical)"].value <= 1
    assert tiers["risk (host)"].value <= tiers["risk (zone)"].value <= 1


def test_a_wrong_share_is_told():
    case = scenario(service("web", 4), goals=["unplaced", {"goal": "risk", "level": "zone"}], catalog=catalog())
    plan = api.plan(case, solver=FirstFit())
    tier = plan.status.tiers[1].model_copy(update={"value": 0.5})
    status = plan.status.model_copy(update={"tiers": (plan.status.tiers[0], tier), "objective": 0.5})
    (violation,) = api.verify(case, plan.model_copy(update={"status": status}))
    assert violation.message == "comes to 1, the plan says 0.5"
