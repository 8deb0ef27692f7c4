"""`python -m benchmarks.contest`: place a data set anew, within a time limit kept to the end."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.contest.arrays import arrays_of
from benchmarks.contest.judge import faults, score
from benchmarks.contest.tables import Tables, read_tables, write_placement
from benchmarks.lifetime import lifetime
from benchmarks.recorded import record
from benchmarks.rows import Row, show
from planner.solvers.levelling import Levelling, LevellingResult
from planner.solvers.stop import Stop

MARGIN, PER_READING = 0.5, 2.0
"""Seconds kept for judging, writing and ending; and for each second that reading took."""


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The four tables (.csv, .gz, .xz).")],
    out: Annotated[Path, typer.Option(help="The placement: lines of container,host (.csv, .gz, .xz).")],
    time_limit: Annotated[float, typer.Option(min=1, help="Wall-clock seconds of the whole command.")] = 600.0,
    best: Annotated[float | None, typer.Option(help="The best score known.")] = None,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the row in results/contest.json.")] = False,
) -> None:
    """Place all containers of a Tianchi 2018 data set on few, evenly loaded hosts.

    The final placement alone is scored, so it is made from nothing; the order of moves from the current
    one is not part of the answer.
    """
    began = perf_counter()
    tables = read_tables(folder)
    arrays = arrays_of(tables)
    margin = MARGIN + PER_READING * (perf_counter() - began)
    found = Levelling(threads=threads).solve(
        arrays.problem, Stop(seconds=max(0.0, time_limit - lifetime() - margin)), seed=seed
    )
    placement = arrays.placement(tables, found.host)
    write_placement(out, tables, placement)
    row = told(folder.resolve().name, tables, placement, found, best, seed)
    show([row], f"{row.name}, {time_limit:g} s", as_json=as_json)
    if keep:
        kept = record("contest", {"time_limit": time_limit, "rows": [row.flat()]})
        Console(stderr=True).print(f"recorded in {kept}")


def told(
    name: str, tables: Tables, placement: dict[str, int], found: LevellingResult, best: float | None, seed: int
) -> Row:
    """What the benchmark says of a placement, by the contest's own rules.

    Raises
    ------
    AssertionError
        If it breaks a rule or costs something else than told: a bug in Bayplan, or no room for all.
    """
    wrong = list(islice(faults(tables, placement), 3))
    value = score(tables, placement)
    if wrong or abs(value - found.cost) > 1e-6 * value:
        raise AssertionError(f"{name}: costs {value}, told {found.cost}; {'; '.join(wrong)}")
    more = {
        "hosts": len(set(placement.values())),
        "containers": len(placement),
        "moved": sum(host != placement[container] for container, host in tables.current.items()),
        "rounds": found.rounds,
        "ended": found.ended,
        "seed": seed,
    }
    return Row(name, round(value, 6), round(found.bound, 6), round(found.seconds, 2), best, more)


if __name__ == "__main__":
    typer.run(main)
