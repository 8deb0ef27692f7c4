"""`python -m benchmarks.openb`: plan a GPU trace onto the fewest and onto the cheapest hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from benchmarks.openb.asked import Goal, scenario_of
from benchmarks.openb.check import breaches
from benchmarks.openb.trace import placeable, read_nodes, read_pods
from benchmarks.recorded import record
from benchmarks.rows import Row, show
from planner import api
from planner.solvers.stop import Stop

Asked = Literal["hosts", "cost", "both"]


def main(
    nodes: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Host list (.csv, .csv.gz).")],
    pods: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Pod list (.csv, .csv.gz).")],
    goal: Annotated[Asked, typer.Option(help="Fewest hosts, cheapest hosts, or one after the other.")] = "both",
    time_limit: Annotated[float, typer.Option(min=0.001, help="Seconds to search, for each goal.")] = 30.0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the rows in results/openb.json.")] = False,
) -> None:
    """Plan a GPU trace: its kinds of hosts without limit, all pods that some host can take, every device checked.

    For the fewest hosts, every pod that can use the commonest kind of host (G2) keeps to it. Prices are
    invented after list prices: the trace has none.
    """
    trace = pods.name.partition(".")[0].removeprefix("openb_pod_list_")
    goals: list[Goal] = ["hosts", "cost"] if goal == "both" else [goal]
    rows = [measured(nodes, pods, one, Stop(seconds=time_limit), seed, trace) for one in goals]
    show(rows, f"{trace}, {time_limit:g} s each", as_json=as_json)
    if keep:
        kept = record("openb", {"time_limit": time_limit, "rows": [row.flat() for row in rows]})
        Console(stderr=True).print(f"recorded in {kept}")


def measured(nodes: Path, pods: Path, goal: Goal, stop: Stop, seed: int, trace: str) -> Row:
    """Plan the trace for one goal.

    Raises
    ------
    AssertionError
        If the check by the trace's own numbers finds a breach: a bug in Bayplan.
    """
    kinds, everything = read_nodes(nodes), read_pods(pods)
    asked = placeable(everything, kinds)
    made = api.plan(scenario_of(kinds, asked, goal), stop=stop, seed=seed)
    wrong = breaches(made, kinds, asked)
    if wrong:
        raise AssertionError(f"{trace}: {wrong[0]}")
    status = made.status
    more = {
        "goal": goal,
        "cost": round(sum(float(host.per_hour) for host in made.spec.hosts), 4),
        "hosts": status.hosts_used,
        "pods": asked.total(),
        "nowhere": everything.total() - asked.total(),
        "kinds": len(asked),
        "types": len(kinds),
        "by": next(tier.method for tier in status.tiers if tier.goal == goal),
        "seed": seed,
    }
    return Row(f"{trace}-{goal}-s{seed}", status.objective, status.bound, round(status.seconds, 2), more=more)


if __name__ == "__main__":
    typer.run(main)
