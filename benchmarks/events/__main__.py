"""`python -m benchmarks.events`: how many events a second the simulator plays."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from benchmarks.events.drawn import drawn
from benchmarks.events.played import played
from benchmarks.events.rival import simpy_rate
from benchmarks.recorded import record
from benchmarks.rows import Row, show
from planner.simulation.policies.named import PLACING

FEW = 2000
"""Containers that compile the kernels, before any clock runs."""


def main(
    hosts: Annotated[int, typer.Option(min=1)] = 1000,
    containers: Annotated[int, typer.Option(min=1, help="Each comes and leaves: two events.")] = 1_000_000,
    policy: Annotated[str, typer.Option(help=f"One of {', '.join(PLACING)}.")] = "best_fit",
    faults: Annotated[bool, typer.Option("--faults", help="Hosts fail, zones are out, spot hosts are taken.")] = False,
    simpy: Annotated[int, typer.Option("--simpy", min=0, help="Let SimPy play so many containers, too.")] = 0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the row in results/events.json.")] = False,
) -> None:
    """Play arrivals and departures of containers of four resources on one thread; `value` is events per CPU second."""
    logs = Console(stderr=True)
    if policy not in PLACING:
        logs.print(f"[red]--policy {policy}: expected one of {', '.join(PLACING)}")
        raise typer.Exit(2)
    played(drawn(hosts, min(FEW, containers), seed, with_faults=faults), PLACING[policy], seed)
    asked = drawn(hosts, containers, seed, with_faults=faults)
    found = played(asked, PLACING[policy], seed)
    rate = found.events / found.seconds
    more = {
        "hosts": hosts,
        "containers": containers,
        "policy": policy,
        "faults": faults,
        "seed": seed,
        "events": found.events,
        "evicted": found.evicted,
        "hash": f"{found.decisions & (2**64 - 1):016x}",
    }
    if simpy:
        rival = simpy_rate(asked, simpy)
        if rival is None:
            logs.print("SimPy is left out: it is not installed (pip install simpy)")
        else:
            more |= {"simpy": round(rival), "times_simpy": round(rate / rival, 1)}
    name = f"{policy}-{hosts}-{containers}{'-faults' if faults else ''}-s{seed}"
    row = Row(name, round(rate), None, round(found.seconds, 3), more=more)
    show([row], f"{containers:,} containers on {hosts:,} hosts, {policy}", as_json=as_json)
    if keep:
        logs.print(f"recorded in {record('events', {'rows': [row.flat()]})}")


if __name__ == "__main__":
    typer.run(main)
