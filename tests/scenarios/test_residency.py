"""The figures of datasets/scenarios/residency/README.md."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scenario_files import replicas_by, shipped, with_spec

from models.plan import Plan
from models.rules import Allow, Residency
from models.scenario import Scenario
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop
from planner.verify import verify

SWISS = {"aws/eu-central-2", "azure/switzerlandnorth"}


@pytest.fixture(scope="module")
def bank() -> Scenario:
    return shipped("residency/residency")


@pytest.fixture(scope="module")
def made(bank: Scenario) -> Plan:
    return plan(bank, stop=Stop(seconds=5, gap=0.02))


def _abroad(made: Plan, workload: str) -> int:
    return sum(copies for region, copies in replicas_by(made, workload, 2).items() if region not in SWISS)


def _stays(bank: Scenario) -> set[str]:
    return {w.name for w in bank.spec.workloads if w.name == "ledger" or w.labels.get("data") == "personal"}


def test_the_plan_is_near_the_best(bank: Scenario, made: Plan) -> None:
    assert made.status.state in {"OPTIMAL", "FEASIBLE"}
    assert made.status.unplaced == 0
    assert made.status.gap is not None
    assert made.status.gap <= 0.10
    assert verify(bank, made, catalog_for(bank)) == ()


def test_swiss_data_stays_on_two_clouds_and_the_rest_is_free(bank: Scenario, made: Plan) -> None:
    assert all(_abroad(made, name) == 0 for name in _stays(bank))
    assert len(replicas_by(made, "ledger", 1)) == 2
    free = sum(w.count for w in bank.spec.workloads if w.name not in _stays(bank))
    assert (free, sum(w.count for w in bank.spec.workloads)) == (84, 160)


def test_data_that_may_go_anywhere_costs_less(bank: Scenario, made: Plan) -> None:
    rules = tuple(rule for rule in bank.spec.rules if not isinstance(rule, Residency))
    anywhere = plan(with_spec(bank, rules=rules), stop=Stop(seconds=5, gap=0.02)).status
    assert made.status.bound is not None
    assert made.status.objective / anywhere.objective == pytest.approx(1.10, abs=0.06)
    assert made.status.bound >= 1.05 * anywhere.objective  # the best Swiss plan against one that may go anywhere


def test_everything_in_switzerland_costs_more(bank: Scenario, made: Plan) -> None:
    rules = (*bank.spec.rules, Residency(rule="residency", countries=("Switzerland",)))
    home = plan(with_spec(bank, rules=rules), stop=Stop(seconds=5, gap=0.02)).status
    assert home.unplaced == 0
    assert home.bound is not None
    assert home.objective / made.status.objective == pytest.approx(1.14, abs=0.06)
    assert home.bound >= 1.05 * made.status.objective


def test_a_preference_is_kept_where_it_pays(bank: Scenario, made: Plan) -> None:
    dear = tuple(r.model_copy(update={"penalty": Decimal(40)}) if isinstance(r, Allow) else r for r in bank.spec.rules)
    keen = plan(with_spec(bank, rules=dear), stop=Stop(seconds=5, gap=0.02))
    assert _abroad(made, "analytics") >= 18
    assert _abroad(keen, "analytics") <= 6
    for each in (made, keen):
        told = {breach.rule: breach.count for breach in each.status.breaches}
        assert told.get("prefer-home", 0) == _abroad(each, "analytics")
