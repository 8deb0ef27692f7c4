"""Taints keep off every workload that does not tolerate them."""

from collections import defaultdict

import numpy as np

from models.host import Taint
from models.rules import Toleration, Tolerations
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Narrow each workload to the offerings all of whose taints it tolerates."""
    if not any(offer.taints for offer in draft.offerings):
        return
    tolerated: dict[int, tuple[Toleration, ...]] = defaultdict(tuple)
    for rule in draft.rules(Tolerations):
        for w in draft.select(rule.workloads):
            tolerated[w] += rule.tolerations
    alike: dict[tuple[Toleration, ...], list[int]] = defaultdict(list)
    for w in range(len(draft.scenario.spec.workloads)):
        alike[tolerated[w]].append(w)
    for tolerations, workloads in alike.items():
        held = [all(_passes(taint, tolerations) for taint in offer.taints) for offer in draft.offerings]
        draft.narrow("taints", workloads, np.array(held, dtype=bool))


def _passes(taint: Taint, tolerations: tuple[Toleration, ...]) -> bool:
    return taint.effect == "PreferNoSchedule" or any(t.covers(taint) for t in tolerations)
