"""The figures of datasets/scenarios/ci-pool/README.md."""

from __future__ import annotations

from typing import Any

import pytest
from scenario_files import shipped, with_spec

from models.plan import Plan
from models.queueing import waiting_probability
from models.rules import Spot
from models.scenario import Scenario
from models.workload import CronJob, QueuePromise, RunnerPool, Service
from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.solvers.stop import Stop
from planner.verify import verify


@pytest.fixture(scope="module")
def pool() -> Scenario:
    return shipped("ci-pool/ci-pool")


@pytest.fixture(scope="module")
def made(pool: Scenario) -> Plan:
    return plan(pool, stop=Stop(seconds=5, gap=0.02))


def _runners(pool: Scenario) -> dict[str, RunnerPool]:
    return {w.name: w for w in pool.spec.workloads if isinstance(w, RunnerPool)}


def test_the_queue_promise_sizes_the_runners(pool: Scenario) -> None:
    runners = _runners(pool)
    assert {name: one.count for name, one in runners.items()} == {"runners-build": 36, "runners-e2e": 14}
    build = runners["runners-build"]
    assert max(build.jobs_per_hour) * build.job_minutes / 60 == 28  # jobs at work at the same time, on average
    assert 0.05 < waiting_probability(36, 28) < 0.15  # of ten jobs, about one waits at all
    patient = build.model_copy(update={"queue": QueuePromise(share=0.95, seconds=600)})
    assert patient.count == 31


def test_the_plan_is_near_the_best(pool: Scenario, made: Plan) -> None:
    assert made.status.unplaced == 0
    assert verify(pool, made, catalog_for(pool)) == ()
    assert made.status.gap is not None
    assert made.status.gap <= 0.10


def test_seven_in_ten_runners_may_be_interrupted(pool: Scenario, made: Plan) -> None:
    for name, runners in _runners(pool).items():
        on_spot = sum(len(host.runs.get(name, ())) for host in made.spec.hosts if host.purchase == "spot")
        assert on_spot <= 0.7 * runners.count


def test_spot_hosts_save_a_third(pool: Scenario, made: Plan) -> None:
    rules = tuple(r.model_copy(update={"max_share": 0}) if isinstance(r, Spot) else r for r in pool.spec.rules)
    steady = plan(with_spec(pool, rules=rules), stop=Stop(seconds=5, gap=0.02)).status
    assert steady.bound is not None
    assert made.status.objective <= 0.67 * steady.bound  # no plan without spot runners costs less than that bound


def test_night_jobs_use_hosts_that_are_there_for_the_day(pool: Scenario, made: Plan) -> None:
    def always(workload: Any) -> Any:
        if not isinstance(workload, CronJob):
            return workload
        return Service(name=workload.name, replicas=workload.count, requests=workload.requests, team=workload.team)

    workloads = tuple(always(w) for w in pool.spec.workloads)
    round_the_clock = plan(with_spec(pool, workloads=workloads), stop=Stop(seconds=5, gap=0.02)).status
    assert round_the_clock.bound is not None
    assert made.status.objective <= 0.93 * round_the_clock.bound
