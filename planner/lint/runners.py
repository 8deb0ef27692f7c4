"""CI runner pools that are too small for the promise they make."""

from __future__ import annotations

from collections.abc import Iterator

from models.queueing import servers_needed
from models.workload import RunnerPool
from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """`parallelism` against the runners that the queue's promise needs in the busiest hour (Erlang C)."""
    for path, workload in ground.workloads:
        if isinstance(workload, RunnerPool) and workload.parallelism is not None:
            promise = workload.queue
            busiest = max(workload.jobs_per_hour)
            needed = servers_needed(busiest, workload.job_minutes, promise.share, promise.seconds)
            if workload.parallelism < needed:
                unwise = (
                    f"{workload.name}: {needed:,} runners keep the promise that {promise.share * 100:g} % of "
                    f"{busiest:g} jobs an hour start within {promise.seconds:g} s; parallelism stops at "
                    f"{workload.parallelism:,}"
                )
                yield (*path, "parallelism"), unwise, f"raise parallelism to {needed:,}, or promise less"
