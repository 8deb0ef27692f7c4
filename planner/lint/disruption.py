"""Disruption budgets and releases: drains that can never happen, or that take too much away."""

from __future__ import annotations

from collections.abc import Iterator

from models.release import Rolling, counted
from models.workload import Workload
from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Budgets against the replicas there are, budgets and rolling releases against the objective."""
    for path, workload in ground.workloads:
        count, budget = workload.count, workload.disruption_budget
        if budget is not None and count:
            here = (*path, "disruption_budget")
            allowed = budget.allowed(count)
            if allowed == 0:
                unwise = f"{workload.name}: no drain may take a replica away, of {count:,}; its hosts cannot be drained"
                yield here, unwise, "set max_unavailable to 1, or run one replica more than must stay"
            elif allowed >= count > 1:
                unwise = f"{workload.name}: a drain may take all {count:,} replicas away at once"
                yield here, unwise, "lower max_unavailable, or raise min_available"
            elif workload.objective is not None:
                yield from _against_objective(workload, here, "a drain", allowed)
        if isinstance(workload.release, Rolling) and workload.objective is not None and count:
            away = counted(workload.release.max_unavailable, count, up=False)
            yield from _against_objective(workload, (*path, "release"), "a release", away)


def _against_objective(workload: Workload, path: Path, what: str, away: int) -> Iterator[tuple[Path, str, str]]:
    assert workload.objective is not None
    least, left = workload.objective.min_replicas, workload.count - away
    if left < least <= workload.count:
        unwise = f"{workload.name}: {what} may leave {left:,} running, its objective wants {least:,}"
        mend = f"allow {workload.count - least:,} away at most" if workload.count > least else "run one replica more"
        yield path, unwise, mend
