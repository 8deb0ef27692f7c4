"""Results of benchmarks: lists of runs in JSON files, the newest last."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from planner.api import versions

RESULTS = Path(__file__).parent / "results"
KEPT = 20
"""Runs that a file holds."""


def record(name: str, figures: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Append one run to `NAME.json` and return the file."""
    file = folder / f"{name}.json"
    runs = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    stamp = {"date": datetime.now(UTC).date().isoformat(), "machine": platform.machine(), "versions": versions()}
    file.write_text(json.dumps([*runs, {**stamp, **figures}][-KEPT:], indent=1) + "\n", encoding="utf-8")
    return file
