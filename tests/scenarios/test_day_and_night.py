"""The figures of datasets/scenarios/day-and-night/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from scenario_files import shipped

from models.plan import Plan
from models.resources import Resources
from models.scenario import Scenario
from models.workload import Workload
from planner.api import plan
from planner.solvers.stop import Stop


def flat(workload: Workload) -> Workload:
    """The workload with its peak as a flat request."""
    if workload.profile is None:
        return workload
    requests = Resources.of({**workload.requests.amounts(), **workload.profile.peak()})
    return workload.model_copy(update={"profile": None, "requests": requests})


def timed() -> list[Workload]:
    """The workloads that have a time of day."""
    return [workload for workload in shipped("day-and-night/day-and-night").spec.workloads if workload.varies]


def cpus_at(workloads: Sequence[Workload], hour: int) -> float:
    return sum(w.count * w.demand_at(Fraction(hour, 24)).cpu for w in workloads) / 1000


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(shipped("day-and-night/day-and-night"), stop=Stop(seconds=5))


def test_the_peaks_never_come_together() -> None:
    workloads = timed()
    assert max(cpus_at(workloads, hour) for hour in range(7 * 24)) == 307.5
    assert sum(w.count * w.demand().cpu for w in workloads) == 567_000


def test_night_jobs_ride_along() -> None:
    assert cpus_at(timed(), 2) == 291
    everything = shipped("day-and-night/day-and-night").spec.workloads
    at_noon = [w.model_copy(update={"schedule": "0 12 * * *"}) if w.name == "backup" else w for w in everything]
    at_noon = [w for w in at_noon if w.varies]
    assert max(cpus_at(at_noon, hour) for hour in range(7 * 24)) == 331.5


def test_hours_need_fewer_hosts_than_peaks(made: Plan) -> None:
    scenario = shipped("day-and-night/day-and-night")
    workloads = tuple(flat(workload) for workload in scenario.spec.workloads)
    by_peaks: Scenario = scenario.model_copy(update={"spec": scenario.spec.model_copy(update={"workloads": workloads})})
    peaks = plan(by_peaks, stop=Stop(seconds=3))
    assert (made.status.unplaced, peaks.status.unplaced) == (0, 0)
    assert made.status.hosts_used <= 28
    assert peaks.status.bound is not None
    assert made.status.objective <= 0.75 * peaks.status.bound


def test_usage_places_twice_as_many_as_requests(made: Plan) -> None:
    held = [(host, len(host.runs["bursty"])) for host in made.spec.hosts if host.pool == "risky" and host.runs]
    assert max(count for _, count in held) >= 70
    assert {host.allocatable.cpu // 1000 for host, _ in held} == {31}  # by requests of 1 CPU


def test_it_plans_near_the_bound(made: Plan) -> None:
    assert made.status.gap is not None
    assert made.status.gap <= 0.2
