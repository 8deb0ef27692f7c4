"""Environments that are cloned for a while: all that runs in one of them, once more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster, Ints
from planner.simulation.film import HOUR, Film
from planner.simulation.state import HOST, LEAST, WANTED
from planner.simulation.versions import STANDING, first_to_go, living, serving


@dataclass(frozen=True)
class Clone:
    """A clone of an environment.

    Attributes
    ----------
    environment : str
        Workloads that state this `environment`; of these, such as stand: jobs are not cloned.
    at_hours, hours : float
        When it is made, and how long it stays.
    factor : float
        Replicas of the clone for each of the original, rounded up for each workload.
    """

    environment: str
    at_hours: float
    hours: float
    factor: float = 1.0


@dataclass(frozen=True)
class Cloning:
    """Clones environments: a copy for a test, a review or a training.

    The containers of a clone are further ones of the same workloads, under the same rules; there should be so many more
    of them while it lasts. A release that runs meanwhile replaces them, too.
    """

    clones: Sequence[Clone] = field(default=())

    def begin(self, film: Film) -> None:
        """Enter all clones."""
        for clone in self.clones:
            if not _workloads(film.cluster, clone.environment):
                raise ValueError(f"clone of {clone.environment}: no workload with replicas is of this environment")
            film.at(round(clone.at_hours * HOUR), Turn.DEMAND, partial(_make, clone))


def _workloads(cluster: Cluster, environment: str) -> list[int]:
    stated = cluster.names.scenario.spec.workloads
    return [w for w, each in enumerate(stated) if each.environment == environment and each.kind in STANDING]


def _make(clone: Clone, film: Film) -> None:
    """Add the containers of a clone, workload by workload."""
    cluster, rows = film.cluster, dict[int, Ints]()
    for w in _workloads(cluster, clone.environment):
        number = math.ceil(clone.factor * int(cluster.state.workloads[w, WANTED]) - 1e-9)
        _want_more(film, w, number)
        made = [cluster.add(cluster.class_of(w, ordinal), 1, film.now) for ordinal in range(number)]
        rows[w] = np.concatenate([np.zeros(0, dtype=np.int64), *made])
    film.tell(
        "environment cloned",
        environment=clone.environment,
        containers=sum(map(len, rows.values())),
        waiting=sum(len(each) - _placed(cluster, each) for each in rows.values()),
    )
    film.after(clone.hours * HOUR, Turn.DEMAND, partial(_end, clone, rows))


def _end(clone: Clone, rows: dict[int, Ints], film: Film) -> None:
    """Retire what is left of a clone; where others have replaced some of it, as many of the newest."""
    cluster = film.cluster
    served = sum(serving(cluster, each) for each in rows.values())
    for w, made in rows.items():
        _want_more(film, w, -len(made))
        own = living(cluster, made)
        cluster.retire(own, film.now)
        left = living(cluster, cluster.containers(w))
        beyond = min(len(made) - len(own), len(left) - int(cluster.state.workloads[w, WANTED]))
        cluster.retire(first_to_go(cluster, left, beyond), film.now)
    film.tell("clone retired", environment=clone.environment, containers=sum(map(len, rows.values())), serving=served)


def _want_more(film: Film, workload: int, number: int) -> None:
    row = film.cluster.state.workloads[workload]
    film.cluster.want(workload, max(0, int(row[WANTED]) + number), int(row[LEAST]), film.now)


def _placed(cluster: Cluster, rows: Ints) -> int:
    return int(np.count_nonzero(cluster.state.containers[rows, HOST] >= 0))
