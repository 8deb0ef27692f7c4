"""`python -m benchmarks.packing`: pack public instances, and compare with the best known values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.packing.instances import read_best, read_instances, sample
from benchmarks.packing.side_by_side import rows_of
from benchmarks.packing.summary import summary
from benchmarks.recorded import record
from benchmarks.rows import Row, show


def main(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Instances (.jsonl, .jsonl.xz).")],
    best: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Best known values (.csv).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many instances, evenly spread over the file.")] = None,
    time_limit: Annotated[float, typer.Option(min=0.001, help="Seconds for each instance.")] = 60.0,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    jobs: Annotated[int, typer.Option(min=1, help="Instances at a time, each in a process of one thread.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="A list of rows.")] = False,
    keep: Annotated[bool, typer.Option("--record", help="Keep the rows in results/packing-FILE.json.")] = False,
) -> None:
    """Pack every instance into as few bins as possible; an instance ends early when that is proven.

    With --limit, instances are taken at equal distances from the first to the last.
    """
    logs = Console(stderr=True)
    known = read_best(best) if best else {}
    chosen = sample(read_instances(file), limit)
    rows: list[Row] = []
    for row in rows_of(chosen, known, time_limit, seed, jobs):
        rows.append(row)
        logs.print(f"{len(rows):5} of {len(chosen)}  {row.name}: {row.value:g}, best known {row.best}")
    show(rows, f"{len(rows):,} instances of {file.name}, {time_limit:g} s each", as_json=as_json)
    for line in summary(rows):
        logs.print(line, highlight=False)
    if keep:
        family = f"packing-{file.name.partition('.')[0]}"
        kept = record(family, {"time_limit": time_limit, "seed": seed, "rows": [row.flat() for row in rows]})
        logs.print(f"recorded in {kept}")


if __name__ == "__main__":
    typer.run(main)
