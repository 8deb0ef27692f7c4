"""Lint over the small catalog of the tests."""

from __future__ import annotations

from datetime import date

from builders import catalog, scenario

from models.catalog import Catalog
from planner.lint import Advice, lint

TODAY = date(2026, 6, 1)
"""Five months after the prices of the small catalog."""


def advised(subject: str, *workloads, rows: Catalog | None = None, today: date = TODAY, **spec) -> list[Advice]:
    """The advice of one subject on a scenario."""
    found = lint(scenario(*workloads, **spec), rows or catalog(), today)
    return [advice for advice in found if advice.lint == subject]


def only(subject: str, *workloads, **more) -> Advice:
    """The one piece of advice of a subject."""
    (advice,) = advised(subject, *workloads, **more)
    return advice
