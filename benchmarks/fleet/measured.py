"""Planning a drawn fleet, with all that is measured of it."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, TypeVar

from benchmarks.rows import Row
from models.plan import Plan
from models.scenario import Scenario
from planner import api
from planner.formats.catalogs import catalog_for
from planner.formats.documents import read_scenario, write_plan, write_scenario
from planner.problem import build
from planner.solvers.result import Observer
from planner.solvers.stop import Stop

_T = TypeVar("_T")


def planned(scenario: Scenario, stop: Stop, seed: int, observer: Observer | None = None) -> tuple[Row, Plan]:
    """Plan a fleet; the plan has passed the verifier.

    `seconds` are those of the search, with compiling; `whole` is all that the call took: search, names,
    explanations, verification.
    """
    made, whole = _timed(lambda: api.plan(scenario, stop=stop, seed=seed, observer=observer))
    status = made.status
    more = {
        "cost": round(sum(float(host.per_hour) for host in made.spec.hosts), 6),
        "containers": sum(workload.count for workload in scenario.spec.workloads),
        "hosts": status.hosts_used,
        "unplaced": status.unplaced,
        "ended": status.ended,
        "whole": round(whole, 2),
        "peak_mib": peak_mib(),
    }
    name = scenario.name.removeprefix("fleet-")
    return Row(name, status.objective, status.bound, round(status.seconds, 2), more=more), made


def steps(scenario: Scenario, made: Plan) -> dict[str, float]:
    """Seconds that each step beside the search takes by itself: as files, compiled, verified, written."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fleet.json"
        write_scenario(scenario, file)
        again, read = _timed(lambda: read_scenario(file))
        _, compiled = _timed(lambda: build(again, catalog_for(again)))
        _, verified = _timed(lambda: api.verify(again, made))
        _, written = _timed(lambda: write_plan(made, Path(folder) / "plan.json"))
    taken = {"read": read, "compile": compiled, "verify": verified, "write": written}
    return {step: round(seconds, 2) for step, seconds in taken.items()}


def saving(value: float, peak: float) -> float:
    """The share that planning by the hour saves of a plan in which every replica has its peak all day."""
    return (peak - value) / peak


def peak_mib() -> int:
    """The most memory so far: of this process, and of its largest child."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024


def _timed(work: Callable[[], _T]) -> tuple[_T, float]:
    start = perf_counter()
    done: Any = work()
    return done, perf_counter() - start
