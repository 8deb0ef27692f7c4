"""`python -m benchmarks.openb_online`: the published GPU placement experiment, run again."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.openb.trace import Node, named_nodes, named_pods
from benchmarks.openb_online.experiment import POLICIES, run
from benchmarks.openb_online.orders import drawn, stored
from benchmarks.openb_online.published import Mean, compared, means, published
from benchmarks.recorded import record
from benchmarks.rows import show


def main(
    nodes: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Host list (.csv, .csv.gz).")],
    pods: Annotated[list[Path], typer.Option(exists=True, dir_okay=False, help="Pod list (.csv, .csv.gz).")],
    policy: Annotated[str, typer.Option(help=f"One of {', '.join(POLICIES)}.")] = "FGD",
    tune: Annotated[float, typer.Option(min=0.0, help="Ask for so many times all GPUs; where orders are drawn.")] = 1.3,
    seed: Annotated[int, typer.Option(min=0)] = 42,
    orders: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Stored orders (.npz).")] = None,
    figures: Annotated[
        Path | None,
        typer.Option("--published", exists=True, dir_okay=False, help="Published means (.csv): run all policies."),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="So many stored orders, from --seed on; with --published.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="One object; with --published, a list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep those rows in results/openb_online.json.")] = False,
) -> None:
    """Let the pods of a GPU trace arrive one by one: hosts with GPUs only, none leaves, who finds no host is dropped.

    The order is the stored one of the published run, where `--orders` has it; else it is drawn. With `--published`,
    every policy runs over the stored orders of all pod lists, and `value` is how far its mean is from the published
    one, in points, at 100 % asked for or at the end, where that is most.
    """
    logs = Console(stderr=True)
    if policy not in POLICIES:
        logs.print(f"[red]--policy {policy}: expected one of {', '.join(POLICIES)}")
        raise typer.Exit(2)
    hosts = [node for _, node in named_nodes(nodes) if node.gpus]
    if figures is not None:
        if orders is None:
            logs.print("[red]--published needs the stored --orders of those runs")
            raise typer.Exit(2)
        known = published(figures)
        found = list[Mean]()
        for file in pods:
            found += means(hosts, file, _variant(file), orders, range(seed, seed + seeds))
            logs.print(f"{_variant(file)}: {len(found)} means so far")
        rows = list(compared(found, known))
        show(rows, f"{len(pods)} pod lists, {seeds} seeds", as_json=as_json, hidden=("means",))
        if keep:
            logs.print(f"recorded in {record('openb_online', {'rows': [row.flat() for row in rows]})}")
        return
    if len(pods) > 1:
        logs.print("[red]--pods: one list, or --published for several")
        raise typer.Exit(2)
    _one(hosts, pods[0], policy, tune, seed, orders, as_json=as_json)


def _variant(pods: Path) -> str:
    return pods.name.partition(".")[0].removeprefix("openb_pod_list_")


def _one(
    hosts: list[Node], pods: Path, policy: str, tune: float, seed: int, orders: Path | None, *, as_json: bool
) -> None:
    """One run, told as one object."""
    asked = [pod for _, pod in named_pods(pods)]
    variant = _variant(pods)
    order = stored(orders, variant, seed) if orders is not None else None
    source = "drawn" if order is None else "stored"
    if order is None:
        order = drawn(hosts, asked, tune, seed)
    began = time.perf_counter()
    found = run(hosts, asked, order, policy, seed)
    last = max(found.curve)
    answer = {
        "name": f"{variant}-{policy}-s{seed}",
        "policy": policy,
        "orders": source,
        "gpu_allocated_percent_at_arrival_100": round(found.curve.get(100, float("nan")), 4),
        "gpu_allocated_percent_at_end": round(found.curve[last], 4),
        "arrived_percent": last,
        "milli_gpu": found.milli,
        "failed_pods": found.failed,
        "pods": found.pods,
        "seconds": round(time.perf_counter() - began, 3),
    }
    if as_json:
        json.dump(answer, sys.stdout)
        sys.stdout.write("\n")
    else:
        Console().print(
            f"{variant}, {policy}, seed {seed} ({source} order): {found.curve.get(100, 0):.2f} % of GPUs "
            f"allocated at 100 % asked, [bold]{found.curve[last]:.2f} %[/] at {last} %; {found.failed:,} of "
            f"{found.pods:,} pods found no host; {answer['seconds']} s",
            highlight=False,
        )


if __name__ == "__main__":
    typer.run(main)
