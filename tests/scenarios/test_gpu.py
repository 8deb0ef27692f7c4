"""The figures of datasets/scenarios/gpu/README.md."""

from __future__ import annotations

import pytest
from scenario_files import replicas_by, shipped

from models.plan import Plan
from models.scenario import Scenario
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop


def with_shares(share: int, *names: str) -> Scenario:
    """The scenario with another share of a GPU (in thousandths) for the named workloads."""
    scenario = shipped("gpu/gpu")
    workloads = tuple(
        w.model_copy(update={"requests": w.requests.model_copy(update={"gpu": share})}) if w.name in names else w
        for w in scenario.spec.workloads
    )
    return scenario.model_copy(update={"spec": scenario.spec.model_copy(update={"workloads": workloads})})


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(shipped("gpu/gpu"), stop=Stop(seconds=4))


def with_gpu(made: Plan) -> int:
    return sum(host.allocatable.gpu > 0 for host in made.spec.hosts)


def test_sharing_more_than_halves_the_bill(made: Plan) -> None:
    whole = plan(with_shares(1000, "embed", "rerank", "chat"), stop=Stop(seconds=3))
    assert (made.status.unplaced, whole.status.unplaced) == (0, 0)
    assert (with_gpu(made), with_gpu(whole)) == (20, 62)
    assert whole.status.bound is not None
    assert made.status.objective * 2 < whole.status.bound


def test_three_tenths_of_a_device_are_planned_as_they_are(made: Plan) -> None:
    half = plan(with_shares(500, "rerank"), stop=Stop(seconds=3)).status
    quarter = plan(with_shares(250, "rerank"), stop=Stop(seconds=3)).status
    assert half.bound is not None
    assert half.bound >= 1.05 * made.status.objective
    assert 0.96 <= quarter.objective / made.status.objective <= 0.98


def test_the_plan_is_proven_optimal(made: Plan) -> None:
    assert made.status.objective == made.status.bound


def test_workloads_stand_on_the_models_that_they_ask_for(made: Plan) -> None:
    type_of = catalog_for(shipped("gpu/gpu")).type_of
    models: dict[str, set[str | None]] = {}
    for host in made.spec.hosts:
        for name in host.runs:
            models.setdefault(name, set()).add(type_of[host.cloud, host.host_type].gpu_model)
    assert models["finetune"] <= {"NVIDIA A100", "NVIDIA A100 40GB"}
    assert models["chat"] <= {"NVIDIA L4", "NVIDIA A10G"}
    assert models["gateway"] == {None}


def test_not_all_embedding_servers_are_in_one_cloud(made: Plan) -> None:
    assert max(replicas_by(made, "embed", 1).values()) <= 28
