"""The figures of datasets/scenarios/environments/README.md."""

from __future__ import annotations

import pytest
from scenario_files import shipped

from models.plan import Plan
from models.scenario import Scenario
from planner.api import plan
from planner.solvers.stop import Stop

BROKEN_TODAY = 9


def with_budget(moves: int) -> Scenario:
    """The scenario with another budget of moves."""
    scenario = shipped("environments/environments")
    rules = tuple(
        rule.model_copy(update={"at_most": moves}) if rule.rule == "moves" else rule for rule in scenario.spec.rules
    )
    return scenario.model_copy(update={"spec": scenario.spec.model_copy(update={"rules": rules})})


def broken(made: Plan) -> tuple[int, int]:
    """How often `prod-alone` is broken by the plan, and today."""
    (breach,) = (found for found in made.status.breaches if found.rule == "prod-alone")
    return breach.count, breach.today


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(shipped("environments/environments"), stop=Stop(seconds=6))


def test_production_is_alone_within_the_budget_of_moves(made: Plan) -> None:
    assert (made.status.state, made.status.unplaced) == ("FEASIBLE", 0)
    assert broken(made) == (0, BROKEN_TODAY)
    assert made.status.moves is not None
    assert BROKEN_TODAY <= made.status.moves <= 16


def test_without_moves_all_stays_as_broken_as_it_is() -> None:
    made = plan(with_budget(0), stop=Stop(seconds=2))
    assert (made.status.moves, broken(made)) == (0, (BROKEN_TODAY, BROKEN_TODAY))


def test_four_moves_mend_four_breaches_at_most() -> None:
    made = plan(with_budget(4), stop=Stop(seconds=4))
    assert made.status.moves is not None
    assert made.status.moves <= 4
    assert BROKEN_TODAY - 4 <= broken(made)[0] < BROKEN_TODAY


def test_orders_runs_on_one_platform_in_all_environments(made: Plan) -> None:
    elsewhere = {"swarm-1", "docker-1", "mesos-1", "esx-1"}
    where = {host.name for host in made.spec.hosts for name in host.runs if name.endswith("-orders")}
    assert where
    assert not where & elsewhere


def test_a_seventh_playground_is_beyond_the_quota() -> None:
    scenario = shipped("environments/environments")
    workloads = tuple(
        w.model_copy(update={"replicas": 7}) if w.name == "dev-playground" else w for w in scenario.spec.workloads
    )
    more = scenario.model_copy(update={"spec": scenario.spec.model_copy(update={"workloads": workloads})})
    left_out = plan(more, stop=Stop(seconds=2)).status.unplaced_workloads
    assert [one.replicas for one in left_out] == [1]
    assert left_out[0].workload.startswith("dev-")


def test_the_old_machine_stays_and_the_database_stays_with_its_volumes(made: Plan) -> None:
    zone_of = {(name, n): host.location for host in made.spec.hosts for name, held in host.runs.items() for n in held}
    host_of = {name: host.name for host in made.spec.hosts for name in host.runs}
    assert host_of["legacy-erp"] == "esx-1"
    assert zone_of["prod-db", 0] == "aws/eu-central-1/euc1-az2"
    assert zone_of["prod-db", 1] == "aws/eu-central-1/euc1-az3"
