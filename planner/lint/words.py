"""Lists in sentences."""

from __future__ import annotations

from collections.abc import Sequence

MOST_NAMED = 3


def few(names: Sequence[str]) -> str:
    """The first names and how many more there are: `web, api, db and 4 more`."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
