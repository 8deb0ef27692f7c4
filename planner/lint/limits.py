"""Limits that a replica cannot live under: below its requests, its profile's peak, or its usage."""

from __future__ import annotations

from collections.abc import Iterator

from models.resources import describe_amount
from models.workload import Workload
from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Each resource with a limit; where there is none, nothing is throttled or killed."""
    for path, workload in ground.workloads:
        if workload.limits is None:
            continue
        for key, what, name, amount in _needs(workload):
            limit = workload.limits[name]
            if limit and amount > limit:
                needs, least = describe_amount(name, amount), describe_amount(name, limit)
                unwise = f"{workload.name}: {what} {needs}, but its limit is {least}"
                yield (*path, key, name), unwise, f"raise limits.{name} to {needs} or more, or lower the other"


def _needs(workload: Workload) -> Iterator[tuple[str, str, str, int]]:
    """What it needs of each resource: (key, in words, resource, amount)."""
    for name, value in workload.requests.amounts().items():
        yield "requests", "requests", name, value
    if workload.profile is not None:
        for name, value in workload.profile.peak().items():
            yield "profile", "its profile peaks at", name, value
    if workload.usage is not None:
        for name, usage in (("cpu", workload.usage.cpu), ("memory", workload.usage.memory)):
            if usage is not None:
                yield "usage", "uses (95th percentile)", name, usage.p95
