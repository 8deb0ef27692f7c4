"""Replicas that found no room: which hosts each rule removed, and what would change that."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from models.plan import Unplaced
from planner.explain.neighbours import neighbour_steps
from planner.explain.outcome import LeftOut, Outcome
from planner.explain.steps import Step, rule_steps, size_step
from planner.explain.supply import supply_steps, untried_step
from planner.explain.survival import survival_steps
from planner.explain.withheld import withheld_when_empty

MOST_EXPLAINED = 200
"""So many entries get a funnel, those of the highest priority first; nobody reads more."""


def unplaced(outcome: Outcome) -> tuple[Unplaced, ...]:
    """Every workload with replicas left out, the highest priority first.

    Replicas of one workload that may go to different places (volumes bind them, say) are told
    apart: each group is an entry.
    """
    workloads = outcome.names.scenario.spec.workloads
    ranked = sorted(outcome.left_out, key=lambda left: (-workloads[left.workload].priority, left.workload))
    return tuple(_entry(outcome, left, explain=n < MOST_EXPLAINED) for n, left in enumerate(ranked))


def _entry(outcome: Outcome, left: LeftOut, *, explain: bool) -> Unplaced:
    workload = outcome.names.scenario.spec.workloads[left.workload]
    entry = Unplaced(
        workload=workload.name,
        replicas=len(left.ordinals),
        priority=workload.priority,
        candidates=len(np.unique(outcome.kind)),
    )
    if not explain:
        return entry
    steps = (
        *admission_steps(outcome, left),
        *neighbour_steps(outcome, left),
        *survival_steps(outcome, left),
        *supply_steps(outcome, left),
    )
    told = []
    remaining = np.ones(len(outcome.names.offerings), dtype=bool)
    for step in (*steps, untried_step(outcome, left)):
        onward = remaining & ~step.blocked
        gone = remaining & ~np.isin(outcome.kind, outcome.kind[onward])
        told += step.reasons(outcome, gone)
        remaining = onward
    change = smallest_change(outcome, left, steps)
    return entry.model_copy(update={"reasons": tuple(told), "smallest_change": change})


def admission_steps(outcome: Outcome, left: LeftOut) -> tuple[Step, ...]:
    """What keeps the replicas off hosts even when those are empty: rules on single hosts, what rules withhold, size."""
    withheld = tuple(withheld_when_empty(outcome, left))
    return (*rule_steps(outcome, left), *withheld, size_step(outcome, left).sparing(withheld))


def smallest_change(outcome: Outcome, left: LeftOut, steps: Sequence[Step]) -> str:
    """The change of one step that alone keeps the replicas off some host; of two if none does.

    Later steps come first: a quota is raised more easily than a host type is found.
    """
    if not len(outcome.names.offerings):
        return "offer hosts: there is no pool that opens any, and none stands"
    blocks = np.array([step.blocked for step in steps], dtype=bool)
    count = blocks.sum(axis=0)
    if (count == 0).any():
        return untried_step(outcome, left).change(count == 0)
    for step in reversed(steps):
        alone = step.blocked & (count == 1)
        if alone.any():
            return step.change(alone)
    for first, second in combinations(reversed(steps), 2):
        both = first.blocked & second.blocked & (count == 2)
        if both.any():
            return f"no single change is enough; both {second.change(both)} and {first.change(both)}"
    least = int(count.min())
    return f"no small change is enough: at least {least} rules keep it off every host"
