"""From the answers of all runs to what is told of each policy: means, how sure they are, promises, and curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

import numpy as np

from models.simulation import (
    Estimate,
    Measure,
    ObjectiveVerdict,
    PolicyResult,
    Recovery,
    RunTrace,
    Series,
)
from planner.simulation.answers import Answers
from planner.simulation.intervals import estimate, paired

MEASURES: tuple[Measure, ...] = get_args(Measure)
MOST_RECOVERIES = 100
"""Faults that are told of one by one."""
MOST_EVENTS = 300


def summarised(runs: Sequence[Answers], policies: Iterable[str]) -> tuple[PolicyResult, ...]:
    """The result of each policy that has a run, in their order; differences are to the first of them."""
    by_policy = {policy: [run for run in runs if run.policy == policy] for policy in policies}
    played = {policy: mine for policy, mine in by_policy.items() if mine}
    first = next(iter(played.values()), [])
    return tuple(_result(policy, mine, first) for policy, mine in played.items())


def _result(policy: str, runs: Sequence[Answers], first: Sequence[Answers]) -> PolicyResult:
    recoveries = [each for run in runs for each in run.recoveries]
    return PolicyResult(
        policy=policy,
        runs=tuple(RunTrace(seed=run.seed, decisions=run.decisions, days=run.days) for run in runs),
        figures={name: estimate([run.figures[name] for run in runs]) for name in MEASURES},
        differences={} if runs[0].policy == first[0].policy else _differences(runs, first),
        allocation=_estimates([run.allocation for run in runs]),
        unavailable_minutes=_estimates([run.unavailable for run in runs]),
        unavailable_by_priority=_estimates([_by_priority(run) for run in runs]),
        missing_replica_hours=_estimates([run.missing for run in runs]),
        releases=tuple(each for run in runs for each in run.releases),
        recoveries=tuple(sorted(recoveries, key=_slowness)[:MOST_RECOVERIES]),
        faults=len(recoveries),
        objectives=tuple(_verdicts(runs)),
        events=runs[0].events[:MOST_EVENTS],
        series=_series(runs),
    )


def _differences(runs: Sequence[Answers], first: Sequence[Answers]) -> dict[Measure, Estimate]:
    """By measure, over the seeds that both were played with."""
    against = {run.seed: run for run in first}
    pairs = [(run, against[run.seed]) for run in runs if run.seed in against]
    if not pairs:
        return {}
    return {name: paired([a.figures[name] for a, _ in pairs], [b.figures[name] for _, b in pairs]) for name in MEASURES}


def _estimates(runs: Sequence[Mapping[str, float]]) -> dict[str, Estimate]:
    """By name, in the order in which names are first met; what a run does not tell is 0."""
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: estimate([run.get(name, 0.0) for run in runs]) for name in names}


def _by_priority(run: Answers) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in sorted(run.unavailable, key=lambda each: -run.priority[each]):
        key = str(run.priority[name])
        found[key] = found.get(key, 0.0) + run.unavailable[name]
    return found


def _slowness(recovery: Recovery) -> tuple[bool, float, int, float]:
    return recovery.seconds is not None, -(recovery.seconds or 0.0), recovery.seed, recovery.at_hours


def _verdicts(runs: Sequence[Answers]) -> Iterable[ObjectiveVerdict]:
    for checks in zip(*(run.checks for run in runs), strict=True):
        reached = [check.reached for check in checks]
        yield ObjectiveVerdict(
            workload=checks[0].workload,
            promise=checks[0].promise,
            promised=checks[0].promised,
            mean=estimate(reached).mean,
            worst=max(reached) if checks[0].promise == "recovery" else min(reached),
            kept_runs=sum(check.kept for check in checks),
            runs=len(checks),
        )


def _series(runs: Sequence[Answers]) -> Series:
    samples = runs[0].samples
    if not samples:
        return Series()
    values = {
        name: tuple(np.mean([run.samples[name] for run in runs], axis=0).tolist())
        for name in samples
        if name != "hours" and all(name in run.samples for run in runs)
    }
    return Series(hours=tuple(samples["hours"]), values=values)
