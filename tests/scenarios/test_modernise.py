"""The figures of datasets/scenarios/modernise/README.md."""

from __future__ import annotations

import pytest
from scenario_files import shipped, with_spec

from models.modernise import FROM
from models.plan import Plan
from models.rules import Survive
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop
from planner.verify import verify

STEPS = ("today", "lift-and-shift", "refactored")


@pytest.fixture(scope="module")
def made() -> dict[str, Plan]:
    return {name: plan(shipped(f"modernise/{name}"), stop=Stop(seconds=4, gap=0.02)) for name in STEPS}


@pytest.mark.parametrize(("name", "hosts"), [("today", 6), ("lift-and-shift", 6), ("refactored", 3)])
def test_no_plan_does_with_fewer_hosts(made: dict[str, Plan], name: str, hosts: int) -> None:
    status, scenario = made[name].status, shipped(f"modernise/{name}")
    assert verify(scenario, made[name], catalog_for(scenario)) == ()
    assert (status.unplaced, status.hosts_used) == (0, hosts)
    assert (status.objective_goal, status.objective, status.bound) == ("hosts", hosts, hosts)


def test_eight_hosts_stand_today(made: dict[str, Plan]) -> None:
    before = made["today"].status.before
    assert before is not None
    assert (before.hosts, before.replicas, before.density) == (8, 88, 11)
    # (14000 / 5 + 3200 + 1200) / 8760 + 450 W x 1.5 x 0.20 USD/kWh = 0.956918 an hour, for 730 hours
    assert float(before.cost_per_month) == pytest.approx(8 * 0.956918 * 730, abs=0.01)


@pytest.mark.parametrize(("name", "saved"), [("today", 0.25), ("lift-and-shift", 0.54), ("refactored", 0.77)])
def test_what_each_step_saves_of_the_cost_of_today(made: dict[str, Plan], name: str, saved: float) -> None:
    before = made["today"].status.before
    assert before is not None
    assert 1 - float(made[name].status.cost_per_month / before.cost_per_month) == pytest.approx(saved, abs=0.005)


def test_lifted_machines_keep_their_sizes_and_refactored_ones_become_parts() -> None:
    today, lifted, refactored = (shipped(f"modernise/{name}").spec.workloads for name in STEPS)
    assert [(w.name, w.count, w.requests) for w in lifted] == [(w.name, w.count, w.requests) for w in today]
    parts = {w.name: w.count for w in refactored if w.labels.get(FROM) == "monolith"}
    assert parts == {"monolith-front": 24, "monolith-orders": 16, "monolith-worker": 8, "monolith-store": 8}


def test_to_survive_the_loss_of_a_host_takes_one_host_more() -> None:
    scenario = shipped("modernise/refactored")
    rules = (*scenario.spec.rules, Survive(rule="survive", level="host"))
    status = plan(with_spec(scenario, rules=rules), stop=Stop(seconds=6, gap=0.1)).status
    assert (status.unplaced, status.hosts_used) == (0, 4)  # on three, the two that are left would have to do
