"""Containers that run for a while: brought when they are due, and seen to leave to the millisecond."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import numpy as np

from planner.simulation.cluster import Cluster, Ints
from planner.simulation.film import Film
from planner.simulation.state import GONE, LEAVES, NEVER, READY, SERVES, STARTS, STATUS, STAY


def send_away(film: Film, workload: int) -> None:
    """Retire what a plan keeps room for: all containers of a workload that are there, until they are due."""
    film.cluster.retire(there(film.cluster, workload), film.now)
    film.cluster.want(workload, 0, 0, film.now)


def there(cluster: Cluster, workload: int) -> Ints:
    """Rows of the containers of a workload that have not left for good, with a host or without."""
    rows = cluster.containers(workload)
    left: Ints = rows[cluster.state.containers[rows, STATUS] != GONE]
    return left


def bring(film: Film, workload: int, ordinals: Iterable[int], stay: int = NEVER) -> Ints:
    """Let replicas with these ordinals come and ask for hosts; their rows. They leave `stay` after they serve."""
    cluster = film.cluster
    classes = groupby(cluster.class_of(workload, ordinal) for ordinal in ordinals)
    rows = [cluster.add(k, len(list(same)), film.now, stay=stay) for k, same in classes]
    return np.concatenate([np.zeros(0, dtype=np.int64), *rows])


def earliest_end(cluster: Cluster, container: int, now: int) -> int | None:
    """When a container that runs for a while leaves at the earliest, as things are; None once it has left.

    It is exact for one that has a host. One that waits leaves no earlier than if it got one now. Whoever looks again
    at that time, and so on, is there at the very moment at which it leaves, however often it is evicted meanwhile.
    """
    row = cluster.state.containers[container]
    if row[STATUS] == GONE:
        return None
    if row[STATUS] == SERVES:
        return int(row[LEAVES])
    return int((row[READY] if row[STATUS] == STARTS else now) + row[STAY])
