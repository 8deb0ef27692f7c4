"""Costs known from elsewhere, as `best_known.csv` of the instances lists them."""

from __future__ import annotations

import csv
from pathlib import Path

_COLUMNS = ("team_s41_reported_300s", "team_s41_program_rerun_verified")
"""The contest's winner, as published and as run again. Values quoted from memory are left out."""


def known_cost(file: Path, name: str) -> int | None:
    """The least published or verified cost of an instance; None where the file does not name it."""
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["instance"] == name:
                return min((int(row[column]) for column in _COLUMNS if row[column]), default=None)
    return None
