"""How long the words take: reading a large scenario, compiling it, verifying its plan."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.recorded import record
from models.plan import Plan
from models.scenario import Scenario
from planner import api
from planner.formats.catalogs import catalog_for
from planner.formats.documents import read_scenario
from planner.problem import build
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop
from planner.verify import verify

Taken = dict[str, dict[str, list[float]]]
"""Seconds by clock and step, run after run."""
CLOCKS: dict[str, Callable[[], float]] = {"seconds": perf_counter, "cpu_seconds": process_time}
"""On a machine that others load, CPU seconds say more than those of the clock on the wall."""
PLACES = ["aws/eu-central-1", "aws/eu-west-1"]


def document(workloads: int, replicas: int, seed: int) -> dict[str, Any]:
    """A scenario of `workloads` services with ten rules each, as its file would hold it."""
    draw = random.Random(seed)
    names = [f"service-{n}" for n in range(workloads)]
    extra = replicas - workloads
    counts = [1 + extra // workloads + (n < extra % workloads) for n in range(workloads)]
    return {
        "apiVersion": "bayplan/v1",
        "kind": "Scenario",
        "metadata": {"name": "words"},
        "spec": {
            "workloads": [
                {
                    "name": name,
                    "replicas": count,
                    "requests": {"cpu": f"{draw.choice((100, 250, 500, 1000))}m", "memory": f"{draw.randint(1, 8)}Gi"},
                    "labels": {"app": name, "tier": draw.choice(("front", "back"))},
                    "environment": draw.choice(("prod", "stage")),
                    "team": f"team-{draw.randint(1, 40)}",
                }
                for name, count in zip(names, counts, strict=True)
            ],
            "pools": [
                {"name": "hosts", "locations": PLACES, "host_types": ["m7g.*xlarge"], "platform": "eks"},
                {"name": "spot", "locations": PLACES, "host_types": ["m6i.4xlarge"], "platform": "eks",
                 "purchases": ["spot"], "taints": [{"key": "spot"}]},
            ],
            "rules": [{**rule, "workloads": name} for name in names for rule in _ten_rules(draw)],
        },
    }  # fmt: skip


def _ten_rules(draw: random.Random) -> Iterator[dict[str, Any]]:
    exists = {"key": "kubernetes.io/arch", "operator": "Exists"}
    yield {"rule": "topology_spread", "level": "zone", "max_skew": draw.randint(2, 5)}
    yield {"rule": "anti_affinity", "level": "host"}
    yield {"rule": "tolerations", "tolerations": [{"key": "spot", "operator": "Exists"}]}
    yield {"rule": "node_selector", "labels": {"kubernetes.io/os": "linux"}}
    yield {"rule": "node_affinity", "terms": [[exists]]}
    yield {"rule": "allow", "hosts": {"locations": ["aws"]}}
    yield {"rule": "forbid", "hosts": {"host_types": ["m7g.medium"]}}
    yield {"rule": "residency", "countries": ["Germany", "Ireland"]}
    yield {"rule": "share", "level": "region", "max_share": 0.8}
    yield {"rule": "spot", "max_share": 0.5}


@contextmanager
def _timed(taken: Taken, step: str) -> Iterator[None]:
    start = {name: clock() for name, clock in CLOCKS.items()}
    yield
    for name, clock in CLOCKS.items():
        taken[name].setdefault(step, []).append(clock() - start[name])


def measure(
    workloads: int, replicas: int, seed: int, runs: int, say: Callable[[str], None]
) -> dict[str, dict[str, float]]:
    """By clock, median seconds of each step over several runs, and of all steps together."""
    taken: Taken = {name: {} for name in CLOCKS}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "words.json"
        file.write_text(json.dumps(document(workloads, replicas, seed)), encoding="utf-8")
        plan = None
        for run in range(runs):
            say(f"run {run + 1} of {runs}")
            with _timed(taken, "read"):
                scenario = read_scenario(file)
            with _timed(taken, "compile"):
                build(scenario, catalog_for(scenario))
            plan = plan or _planned(scenario)
            with _timed(taken, "verify"):
                violations = verify(scenario, plan, catalog_for(scenario))
            if violations:
                raise AssertionError(violations[0])
    return {name: _medians(steps) for name, steps in taken.items()}


def _medians(steps: dict[str, list[float]]) -> dict[str, float]:
    figures = {step: round(median(seconds), 3) for step, seconds in steps.items()}
    return figures | {"together": round(sum(figures.values()), 3)}


def _planned(scenario: Scenario) -> Plan:
    return api.plan(scenario, solver=Greedy(), stop=Stop(seconds=300, iterations=1))


def main(
    workloads: Annotated[int, typer.Option(min=1)] = 10_000,
    replicas: Annotated[int, typer.Option(min=1)] = 100_000,
    seed: int = 0,
    runs: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    """Measure reading, compiling and verifying one generated scenario of ten rules a workload."""
    logs, out = Console(stderr=True), Console()
    figures = measure(workloads, replicas, seed, runs, logs.print)
    title = f"{replicas:,} replicas of {workloads:,} workloads, ten rules each"
    table = Table("step", "median seconds", "CPU seconds", title=title)
    for step, seconds in figures["seconds"].items():
        table.add_row(step, f"{seconds:.2f}", f"{figures['cpu_seconds'][step]:.2f}")
    out.print(table)
    size = {"workloads": workloads, "replicas": replicas, "rules": 10 * workloads, "seed": seed, "runs": runs}
    logs.print(f"recorded in {record('words', {**size, **figures})}")


if __name__ == "__main__":
    typer.run(main)
