"""A plan as a placing policy: whoever comes goes where a plan of the foreseen demand has room for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from models.plan import Plan
from planner.simulation.cluster import Cluster
from planner.simulation.film import Film
from planner.simulation.state import CLASS, HOST


@dataclass(frozen=True)
class Follow:
    """Leads containers to the hosts of a plan, in its order, where fewer of their class run than it has there.

    Others go by the policy of the cluster, which should be `best_fit`; so do those that were evicted, and arrivals of
    a trace in the tables (`Cluster.arrivals_of`), which Python does not see. A host that the plan has and that is not
    there by its name is passed over.

    Attributes
    ----------
    plan : Plan
        Of a scenario with the same workloads, and as many replicas as are foreseen; its hosts are there at first.
    """

    plan: Plan

    def begin(self, film: Film) -> None:
        """Guide whoever is added from now on."""
        film.cluster.guide = _Places.of(self.plan, film.cluster)


@dataclass(frozen=True)
class _Places:
    """By class, hosts with how many of the class the plan has there: name, row, places."""

    places: Mapping[int, tuple[tuple[str, int, int], ...]]

    @classmethod
    def of(cls, plan: Plan, cluster: Cluster) -> _Places:
        rows = {name: h for h, name in enumerate(cluster.host_names) if name}
        places: dict[int, dict[str, int]] = defaultdict(dict)
        for host in plan.spec.hosts:
            for workload, ordinals in host.runs.items():
                for ordinal in ordinals:
                    k = cluster.class_of(workload, ordinal)
                    places[k][host.name] = places[k].get(host.name, 0) + 1
        return cls(
            {
                k: tuple((name, rows[name], number) for name, number in own.items() if name in rows)
                for k, own in places.items()
            }
        )

    def __call__(self, cluster: Cluster, k: int) -> Iterator[int]:
        """Hosts where fewer of a class run than the plan has there."""
        rows = cluster.placed(cluster.classes[k][0])
        mine = rows[cluster.state.containers[rows, CLASS] == k]
        running = np.bincount(cluster.state.containers[mine, HOST], minlength=len(cluster.casts))
        for name, host, number in self.places.get(k, ()):
            if running[host] < number and cluster.host_names[host] == name:
                yield host
