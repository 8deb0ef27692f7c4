"""What a plan breaks of the rules that may be broken, as rows for the report and for Markdown."""

from __future__ import annotations

from models.plan import PlanStatus
from planner.plots.labels import to_the_cent

COLUMNS = ("rule", "meant", "breaches", "today", "penalty a month")
NUMBERS = (2, 3, 4)
"""Columns with numbers."""
_MEANT = {"soft": "soft", "mend": "no worse than today"}


def rows(status: PlanStatus) -> list[tuple[str, ...]]:
    """A row for each soft rule and rule to mend that the plan breaks, or that is broken today."""
    return [
        (
            breach.rule,
            _MEANT[breach.mode],
            f"{breach.count:,}",
            f"{breach.today:,}",
            "–" if breach.penalty_per_month is None else to_the_cent(breach.penalty_per_month, status.currency),
        )
        for breach in status.breaches
    ]
