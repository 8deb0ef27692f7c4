"""`python -m benchmarks.table`: write `docs/benchmarks.md`, the aims beside what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.recorded import RESULTS, recorded
from benchmarks.rows import shown
from benchmarks.targets import TARGETS, Target

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
DETAILED = 60
"""Families with more rows are told in sums only."""
COLUMNS = ("name", "value", "best", "bound", "gap", "seconds")


def main(
    results: Annotated[Path, typer.Option(help="Folder of the recorded results.")] = RESULTS,
    page: Annotated[Path, typer.Option(help="The page to write.")] = PAGE,
) -> None:
    """Write the page anew from the recorded results."""
    page.write_text(written(results), encoding="utf-8")


def written(results: Path) -> str:
    """The page: aims and figures, how they are measured, every recorded row."""
    names = list(dict.fromkeys(target.results for target in TARGETS))
    runs = {name: recorded(name, results) for name in names}
    return "\n".join([*_aims(runs), *_commands(), *_details(runs)]) + "\n"


def _aims(runs: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield "Written by `python -m benchmarks.table` from `benchmarks/results/`; not by hand. Gaps are against our own"
    yield "proven bounds, every plan has passed its independent check, and medians are over the seeds that were run."
    yield "What each family is: [benchmarks/README.md](../benchmarks/README.md)."
    yield ""
    yield "| work | aim | measured | when, where |"
    yield "|---|---|---|---|"
    for target in TARGETS:
        rows = target.rows(runs[target.results])
        told = target.told(rows) if rows else "not measured"
        yield f"| {target.work} | {target.aim} | {told} | {_stamp(target, runs[target.results])} |"
    yield ""


def _stamp(target: Target, runs: Sequence[Mapping[str, Any]]) -> str:
    """The day and the class of machine of the newest run with rows of the target."""
    stamps = [f"{run['date']}, {run['machine']}, {run.get('cores', '?')} cores" for run in runs if target.rows([run])]
    return stamps[-1] if stamps else ""


def _commands() -> Iterator[str]:
    yield "## How they are measured"
    yield ""
    yield "    " + "\n    ".join(f"python -m benchmarks.{command}" for target in TARGETS for command in target.commands)
    yield ""
    yield "`{data}` is a folder with the public instances, `{out}` any other. `python -m benchmarks.run` runs these"
    yield "one after the other."
    yield ""


def _details(runs: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    for name, recorded_runs in runs.items():
        rows = [row for run in recorded_runs for row in run.get("rows", ())]
        if not rows:
            continue
        yield f"## {name}"
        yield ""
        if len(rows) > DETAILED:
            rows = [row for row in rows if row.get("best") is not None and row["value"] > row["best"]]
            yield f"Of many instances, the {len(rows)} whose value is above the best known one:"
            yield ""
        columns = (*COLUMNS, *(["solver"] if all("solver" in row for row in rows) else []))
        yield f"| {' | '.join(columns)} |"
        yield "|---|" + "---:|" * (len(columns) - 1)
        for row in sorted(rows, key=lambda row: str(row["name"])):
            yield f"| {' | '.join(shown(column, row.get(column)) for column in columns)} |"
        yield ""


if __name__ == "__main__":
    typer.run(main)
