"""`python -m benchmarks.month`: play a month of a drawn fleet, with faults, releases and scaling."""

from __future__ import annotations

import time
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from benchmarks.fleet.drawn import drawn_scenario
from benchmarks.fleet.measured import peak_mib
from benchmarks.recorded import record
from benchmarks.rows import Row, show
from models.scenario import Scenario
from planner import api
from planner.formats.catalogs import catalog_for
from planner.simulation.cast import cluster_of
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import Actor, Film
from planner.simulation.policies.named import PLACING
from planner.simulation.releases import ReleaseOrder, Releases
from planner.simulation.scaling import HorizontalScaling
from planner.simulation.state import EVICTED, PLACED
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop

DAYS = 30
MTBF_HOURS, REPAIR_HOURS = 4000.0, 4.0
"""Of a single host."""
HOST_TYPES = ("m6i.8xlarge", "r6i.8xlarge")
SPARE = 0.02
"""Blank rows for hosts, as a share of those of the plan: nobody opens any in this film."""


def main(
    containers: Annotated[int, typer.Option(min=1)] = 100_000,
    services: Annotated[int, typer.Option(min=1)] = 2_000,
    scaled: Annotated[int, typer.Option(min=0, help="Services with a HorizontalPodAutoscaler, every 15 s.")] = 10,
    days: Annotated[int, typer.Option(min=1)] = DAYS,
    policy: Annotated[str, typer.Option(help=f"One of {', '.join(PLACING)}.")] = "kubernetes",
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the row in results/month.json.")] = False,
) -> None:
    """Play a month of a fleet on the hosts of a greedy plan; `value` are the seconds that the film took.

    Every service is released once, hosts fail every 4,000 hours and are back after 4, a zone is lost for two hours,
    and the load of some services follows the day.
    """
    scenario = _on_large_hosts(drawn_scenario("aws", containers, services, "host+zone", seed=seed))
    plan = api.plan(scenario, stop=Stop(seconds=30), solver=Greedy(rounds=1), seed=seed)
    began = time.perf_counter()
    spare = max(1, int(SPARE * plan.status.hosts_used))
    cluster = cluster_of(scenario, catalog_for(scenario), plan, policy=policy, spare=spare, seed=seed)
    film = Film(cluster, _actors(scenario, plan.spec.hosts[0].location, scaled, days, seed), seed=seed)
    made = time.perf_counter()
    film.play(days)
    seconds = time.perf_counter() - made
    state = film.cluster.state
    told = [story["what"] for story in film.recorder.told]
    more = {
        "containers": containers,
        "hosts": plan.status.hosts_used,
        "policy": policy,
        "seed": seed,
        "begin": round(made - began, 2),
        "placed": int(state.workloads[:, PLACED].sum()),
        "evicted": int(state.workloads[:, EVICTED].sum()),
        "stories": len(told),
        "peak_mib": peak_mib(),
    }
    taken = round(seconds, 2)
    row = Row(f"{containers}-{services}-{policy}-{days}d-s{seed}", taken, None, taken, more=more)
    show([row], f"{days} days of {containers:,} containers on {plan.status.hosts_used:,} hosts", as_json=as_json)
    if keep:
        kept = record("month", {"rows": [row.flat()]})
        Console(stderr=True).print(f"recorded in {kept}")


def _on_large_hosts(scenario: Scenario) -> Scenario:
    """The fleet on two types of large hosts, about eleven containers on each."""
    pools = [pool.model_copy(update={"host_types": HOST_TYPES}) for pool in scenario.spec.pools]
    return scenario.model_copy(update={"spec": scenario.spec.model_copy(update={"pools": tuple(pools)})})


def _actors(scenario: Scenario, zone: str, scaled: int, days: int, seed: int) -> list[Actor]:
    draw = np.random.default_rng(seed)
    names = [workload.name for workload in scenario.spec.workloads]
    hours = draw.uniform(0, 24 * days - 2, len(names))
    orders = [ReleaseOrder(name, float(at)) for name, at in zip(names, hours, strict=True)]
    largest = sorted(scenario.spec.workloads, key=lambda workload: -workload.count)[:scaled]
    scalers = [
        HorizontalScaling(
            workload.name, [(3, 0.4 * workload.count), (14, 0.8 * workload.count)],
            least=max(1, workload.count // 3), most=workload.count, noise=0.05,
        )
        for workload in largest
    ]  # fmt: skip
    outage = Outage(zone, at_hours=12 * days, hours=2)
    return [HostFaults(MTBF_HOURS, REPAIR_HOURS), Outages([outage]), Releases(orders), *scalers]


if __name__ == "__main__":
    typer.run(main)
