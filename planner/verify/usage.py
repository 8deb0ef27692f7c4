"""What a host is likely to use: mean and standard deviation of its load, with the true square root."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from statistics import NormalDist

from models.supply import Offering
from planner.verify.layout import Layout, Stand
from planner.verify.over_time import at_moment

TOLERANCE = 1e-9
"""Of an amount: what sums of floating point may be off."""


def quantile(
    layout: Layout, counts: Mapping[int, int], facts: Offering, resource: str, risk: float, moment: int
) -> float:
    """What so many replicas by workload, and daemonsets, use of a host at most, but for a chance of `risk`.

    Usage is normal and independent; who states none uses the request.
    """
    running = {**counts, **dict.fromkeys(layout.daemonsets_on(facts), 1)}
    mean, variance = 0.0, 0.0
    for w, count in running.items():
        workload = layout.workloads[w]
        usage = getattr(workload.usage, resource, None)
        if usage is None:
            mean += count * at_moment(layout.time.demand[w].get(resource, 0), moment)
        elif at_moment(layout.time.runs[w], moment):
            mean += count * (usage.mean + workload.overhead[resource])
            variance += count * usage.deviation**2
    return mean + NormalDist().inv_cdf(1 - risk) * sqrt(variance)


def free(layout: Layout, stand: Stand, facts: Offering, resource: str, moment: int) -> float | None:
    """What is left of a resource at a moment beside replicas and daemonsets; None is without limit.

    Where usage counts instead of requests, that is what is left beside its quantile.
    """
    limit = facts.allocatable.limit(resource)
    if limit is None:
        return None
    risk = layout.at_risk(facts).get(resource)
    if risk is not None:
        return limit * (1 + TOLERANCE) - quantile(layout, stand.counts, facts, resource, risk, moment)
    carried = (stand.over_time.get(resource, 0), layout.taken(facts).get(resource, 0))
    return limit - sum(at_moment(amount, moment) for amount in carried)


def further(layout: Layout, stand: Stand, facts: Offering, each: Mapping[str, int]) -> int | None:
    """How many more replicas that ask for `each` a host has room for at every moment; None is without limit."""
    moments = range(len(layout.time.moments))
    asked = [(name, amount) for name, amount in each.items() if amount]
    rooms = ((free(layout, stand, facts, name, moment), amount) for name, amount in asked for moment in moments)
    return min((max(0, int(room // amount)) for room, amount in rooms if room is not None), default=None)


def exceeds(value: float, limit: float) -> bool:
    """Whether a value is above a limit by more than rounding explains."""
    return value > limit * (1 + TOLERANCE) + TOLERANCE
