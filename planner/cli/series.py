"""Time series of films as tables: CSV with what Python brings, Parquet where pyarrow is installed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import BayplanError

if TYPE_CHECKING:
    from planner.simulation.answers import Answers

Cells = Sequence[object]


def write_csv(runs: Sequence[Answers], folder: Path) -> list[Path]:
    """Write `samples.csv`, `serving.csv` and `told.csv` into a folder, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "samples": (_heads(runs), sample_rows(runs)),
        "serving": (["policy", "seed", "hours", "workload", "serving"], _serving_rows(runs)),
        "told": (["policy", "seed", "hours", "what", "facts"], _told_rows(runs)),
    }
    for name, (heads, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(heads)
            writer.writerows(rows)
    return [folder / f"{name}.csv" for name in tables]


def write_parquet(runs: Sequence[Answers], path: Path) -> None:
    """Write the samples of all runs as one Parquet table with the columns of `samples.csv`."""
    arrow, parquet = arrow_modules()
    columns = zip(*sample_rows(runs), strict=True)
    table = arrow.table({name: list(column) for name, column in zip(_heads(runs), columns, strict=True)})
    parquet.write_table(table, path)


def arrow_modules() -> tuple[Any, Any]:
    """`pyarrow` and `pyarrow.parquet`.

    Raises
    ------
    BayplanError
        If pyarrow is not installed.
    """
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        raise BayplanError(
            "--parquet: found no pyarrow, expected it beside Bayplan: pip install bayplan[app]"
        ) from None


def sample_rows(runs: Iterable[Answers]) -> Iterator[Cells]:
    """A row for each sample of each run: policy, seed, and what was measured."""
    for run in runs:
        for sample in zip(*run.samples.values(), strict=True):
            yield [run.policy, run.seed, *sample]


def _heads(runs: Sequence[Answers]) -> list[str]:
    return ["policy", "seed", *(runs[0].samples if runs else ())]


def _serving_rows(runs: Iterable[Answers]) -> Iterator[Cells]:
    for run in runs:
        hours = run.samples.get("hours", [])
        for workload, numbers in run.serving.items():
            for hour, number in zip(hours, numbers, strict=True):
                yield run.policy, run.seed, hour, workload, number


def _told_rows(runs: Iterable[Answers]) -> Iterator[Cells]:
    for run in runs:
        for story in run.told:
            facts = {key: value for key, value in story.items() if key not in ("at", "what")}
            yield run.policy, run.seed, story["at"] / 3_600_000, story["what"], json.dumps(facts, default=str)
