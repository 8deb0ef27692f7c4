"""Disruption budgets: how many replicas of a workload may be taken away on purpose now.

As in Kubernetes (`pkg/controller/disruption`, kubernetes.io/docs/concepts/workloads/pods/disruptions):
`disruptionsAllowed = currentHealthy - desiredHealthy`. Healthy is what serves, whoever took the rest away: failures,
drains and releases use one budget up together. Nothing is kept here: an eviction shows in what serves at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from models.release import DisruptionBudget, counted
from planner.simulation.cluster import Cluster, Ints
from planner.simulation.state import CLASS, HOST, SERVES, SERVING, STATUS, WANTED, WORKLOAD


def desired(budget: DisruptionBudget, replicas: int) -> int:
    """How many have to serve (`desiredHealthy`) of so many that there should be; percentages round up."""
    if budget.min_available is not None:
        return counted(budget.min_available, replicas, up=True)
    return replicas - budget.allowed(replicas)


def allowed(cluster: Cluster, workload: int) -> int | None:
    """How many serving replicas may be taken away now, 0 or less where too few serve; None where nothing limits it."""
    budget = cluster.names.scenario.spec.workloads[workload].disruption_budget
    if budget is None:
        return None
    row = cluster.state.workloads[workload]
    return int(row[SERVING]) - desired(budget, int(row[WANTED]))


def evictable(cluster: Cluster, containers: Iterable[int]) -> Ints:
    """Those of some containers that may be evicted at once, all of them together; in the order given.

    One that does not serve uses nothing up, but goes only while enough others serve (`IfHealthyBudget`, the default of
    `unhealthyPodEvictionPolicy`). Whoever has no host is no matter of budgets and is left out.
    """
    state = cluster.state
    taken: dict[int, int] = defaultdict(int)
    limits: dict[int, int | None] = {}
    may: list[int] = []
    for c in containers:
        if state.containers[c, HOST] < 0:
            continue
        w = int(state.classes[state.containers[c, CLASS], WORKLOAD])
        if w not in limits:
            limits[w] = allowed(cluster, w)
        limit = limits[w]
        serves = bool(state.containers[c, STATUS] == SERVES)
        if limit is None or taken[w] + serves <= limit:
            taken[w] += serves
            may.append(c)
    return np.array(may, dtype=np.int64)
