"""Results of benchmarks: lists of runs in JSON files, the newest last."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planner.api import versions

RESULTS = Path(__file__).parent / "results"
KEPT = 20
"""Runs without rows that a file holds; of those with rows, all whose rows nobody measured again."""


def record(name: str, figures: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Append one run to `NAME.json` and return the file.

    A run with `rows` takes the place of earlier rows of the same names.
    """
    file = folder / f"{name}.json"
    run = {"date": datetime.now(UTC).date().isoformat(), **machine(), "versions": versions(), **figures}
    runs = [*_superseded(recorded(name, folder), figures.get("rows", ())), run]
    plain = [entry for entry in runs if "rows" not in entry]
    kept = [entry for entry in runs if "rows" in entry or entry in plain[-KEPT:]]
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return file


def recorded(name: str, folder: Path = RESULTS) -> list[dict[str, Any]]:
    """The runs of a benchmark, the newest last; none where nothing was measured."""
    file = folder / f"{name}.json"
    runs: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    return runs


def machine() -> dict[str, Any]:
    """The class of this machine."""
    return {"machine": platform.machine(), "cores": len(os.sched_getaffinity(0))}


def _superseded(runs: list[dict[str, Any]], rows: Any) -> list[dict[str, Any]]:
    """Earlier runs without the rows that were measured again, and without those that have none left."""
    names = {row["name"] for row in rows}
    left = [
        {**run, "rows": [row for row in run["rows"] if row["name"] not in names]} if "rows" in run else run
        for run in runs
    ]
    return [run for run in left if run.get("rows", True)]
