"""`python -m benchmarks.fleet`: draw fleets, plan them, and print how good the plans are."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.fleet.drawn import Rules, Types, drawn_scenario
from benchmarks.fleet.measured import planned, saving, steps
from benchmarks.recorded import record
from benchmarks.rows import Row, show
from planner.solvers.result import Progress
from planner.solvers.stop import Stop

DRAWN = ("types", "containers", "services", "rules", "slots", "resources", "seed", "time_limit")


def main(
    types: Annotated[Types, typer.Option(help="Host types: a single one, or those of one cloud or of all.")] = "all",
    containers: Annotated[int, typer.Option(min=1)] = 1000,
    services: Annotated[int, typer.Option(min=1)] = 200,
    rules: Annotated[Rules, typer.Option()] = "none",
    slots: Annotated[int, typer.Option(min=1, max=288, help="Points of the demand over a day.")] = 1,
    resources: Annotated[int, typer.Option(min=2, max=4, help="CPU, memory, network, I/O operations.")] = 2,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="So many fleets, from --seed on.")] = 1,
    time_limit: Annotated[float, typer.Option(min=0.001, help="Seconds to search.")] = 30.0,
    gap: Annotated[float, typer.Option(min=0, max=1, help="Relative gap that is good enough.")] = 0.0,
    in_steps: Annotated[bool, typer.Option("--steps", help="Time reading, compiling, verifying, too.")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Progress on standard error.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the rows in results/fleet.json.")] = False,
) -> None:
    """Draw fleets, plan each within the time limit, have the plan verified, and print the figures.

    With more than one slot, a fleet is planned once more with every replica at its peak all day:
    `saving` is what planning over time saves of that plan.
    """
    logs = Console(stderr=True)
    stop = Stop(seconds=time_limit, gap=gap)

    def said(progress: Progress) -> None:
        logs.print(f"{progress.seconds:8.2f}  {progress.incumbent}  {progress.bound}  {progress.note}")

    draw = partial(drawn_scenario, types, containers, services, rules, resources=resources)
    rows: list[Row] = []
    for one in range(seed, seed + seeds):
        scenario = draw(slots=slots, seed=one)
        row, made = planned(scenario, stop, one, said if trace else None)
        more = {"types": types, "services": services, "rules": rules, "slots": slots, "resources": resources,
                "seed": one, "time_limit": time_limit, **row.more}  # fmt: skip
        if slots > 1:
            flat, _ = planned(draw(seed=one), stop, one)
            more["saving"] = saving(row.value, flat.value)
        if in_steps:
            more |= steps(scenario, made)
        rows.append(replace(row, more=more))
    title = f"{containers:,} containers of {services:,} services, rules {rules}, {slots} slots, {time_limit:g} s"
    show(rows, title, as_json=as_json, hidden=DRAWN)
    if keep:
        kept = record("fleet", {"rows": [row.flat() for row in rows]})
        logs.print(f"recorded in {kept}")


if __name__ == "__main__":
    typer.run(main)
