"""Stateful sets whose replicas may all be lost with one host."""

from __future__ import annotations

from collections.abc import Iterator

from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Stateful sets of several replicas that no rule keeps on different hosts."""
    for w, (path, workload) in enumerate(ground.workloads):
        if workload.kind == "stateful_set" and workload.count > 1 and w not in ground.spread_out:
            unwise = f"{workload.name}: all {workload.count:,} replicas may stand on one host"
            yield path, unwise, "add an anti_affinity by host, or a topology_spread over zones"
