"""A run over many instances in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import mean

from benchmarks.rows import Row

LISTED = 20


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """How many are as good as the best known, how many are proven, the mean gap, and which are worse."""
    told = figures(rows)
    if "as_good" in told:
        yield f"{told['as_good']:.2%} at or below the best known value, {told['better']} below it"
    if "beaten" in told:
        yield f"{told['beaten']:.2%} of those not proven optimal beat the best listed heuristic"
    yield f"{told['proven']:.2%} proven optimal, mean gap {told['gap']:.3%}"
    worse = [row for row in rows if row.best is not None and row.value > row.best]
    for row in worse[:LISTED]:
        yield f"  worse: {row.name} {row.value:g}, best known {row.best:g}, bound {row.bound:g}"
    if len(worse) > LISTED:
        yield f"  ... and {len(worse) - LISTED} more"


def figures(rows: Sequence[Row]) -> dict[str, float]:
    """Shares and means over rows; comparisons only where something is known.

    `beaten`: of the instances that are not proven optimal, the share below the best listed heuristic.
    """
    told: dict[str, float] = {
        "instances": len(rows),
        "proven": mean(bool(row.more["proven"]) for row in rows),
        "gap": mean(row.gap or 0.0 for row in rows),
    }
    above = [row.value - row.best for row in rows if row.best is not None]
    if above:
        told["as_good"] = mean(bins <= 0 for bins in above)
        told["better"] = sum(bins < 0 for bins in above)
    open_ones = [row for row in rows if not row.more["proven"] and "heuristic" in row.more]
    if open_ones:
        told["beaten"] = mean(row.value < row.more["heuristic"] for row in open_ones)
    return told
