"""`python -m benchmarks.peers`: rivals beside Bayplan, on the same instances in the same run."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.fleet.drawn import Types
from benchmarks.peers.instance import instance
from benchmarks.peers.run import RIVALS, SkippedError, ours, rival
from benchmarks.recorded import record
from benchmarks.rows import Row, show


def main(
    types: Annotated[Types, typer.Option(help="Host types: a single one, or those of one cloud or of all.")] = "all",
    containers: Annotated[int, typer.Option(min=1)] = 100,
    services: Annotated[int, typer.Option(min=1)] = 30,
    resources: Annotated[int, typer.Option(min=2, max=4)] = 2,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    only: Annotated[list[str] | None, typer.Option("--rival", help=f"Of: {', '.join(RIVALS)}.")] = None,
    python: Annotated[
        list[str] | None, typer.Option(help="Who runs a rival: Rebalancer=/path/to/python (may be repeated).")
    ] = None,
    time_limit: Annotated[float, typer.Option(min=1, help="Seconds for each.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the rows in results/peers.json.")] = False,
) -> None:
    """Solve one drawn instance by Bayplan and by every rival; `best` is the least value of all of them.

    A rival that cannot be had, or that finds nothing, is skipped with a sentence. See rivals/README.md.
    """
    logs = Console(stderr=True)
    interpreters = dict(_pair(each) for each in python or [])
    unknown = [name for name in only or [] if name not in RIVALS]
    if unknown:
        raise typer.BadParameter(f"found {unknown[0]!r}, expected one of {', '.join(RIVALS)}")
    given = instance(types, containers, services, resources, seed)
    rows = [ours(given, time_limit, seed)]
    for name in only or RIVALS:
        logs.print(f"{name} …")
        try:
            rows.append(rival(given, name, interpreters, time_limit))
        except SkippedError as why:
            logs.print(f"skipped: {why}")
    best = min(row.value for row in rows)
    rows = [_beside(row, best, time_limit) for row in rows]
    show(rows, f"{given.name}, {time_limit:g} s each", as_json=as_json, hidden=("name", "best", "time_limit"))
    if keep:
        logs.print(f"recorded in {record('peers', {'rows': [row.flat() for row in rows]})}")


def _beside(row: Row, best: float, time_limit: float) -> Row:
    more = {**row.more, "above": (row.value - best) / best if best else 0.0, "time_limit": time_limit}
    return replace(row, best=best, more=more)


def _pair(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"found {text!r}, expected NAME=PATH")
    return name, path


if __name__ == "__main__":
    typer.run(main)
