"""Releases: workloads get a new version, at stated times, in the way that they are released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from models.release import Rolling
from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster
from planner.simulation.film import HOUR, MINUTE, SECOND, Film
from planner.simulation.rollouts import InPlace, Pace, Rollout
from planner.simulation.state import SHAPE
from planner.simulation.versions import STANDING, Broken, Versions


@dataclass(frozen=True)
class ReleaseOrder:
    """A new version of a workload.

    Attributes
    ----------
    workload : str
    at_hours : float
    fails : float or None
        The share of new containers that turn out broken, drawn for each of them; none if left out. A broken one takes
        its room, but never serves.
    times : mapping of str to float
        What a replica of the new version asks for, by resource, in units of what the scenario says: `{"memory": 1.25}`;
        amounts are rounded up. Nothing stated, replicas ask for what they did.
    """

    workload: str
    at_hours: float
    fails: float | None = None
    times: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Releases:
    """Rolls new versions out, and back where they fail.

    The strategy is the workload's own `release`; without one a stateful set starts anew in place, replica after
    replica, and all else is rolled with 25% surge and unavailability, as in Kubernetes. New containers are further
    ones of the same classes; what comes by others meanwhile (a scaler's, say) is of the new version. A second release
    of a workload begins when the first is over.

    Attributes
    ----------
    orders : sequence of ReleaseOrder
    period_seconds : float
        Between two looks at what serves.
    deadline_seconds : float
        Without progress for so long, a release is rolled back (Kubernetes `progressDeadlineSeconds`, 600).
    observe_minutes : float
        How long canaries have to serve (Amazon ECS `canaryBakeTimeInMinutes`, 10).
    keep_seconds : float
        How long the old version stays after the switch of blue/green (Argo Rollouts `scaleDownDelaySeconds`, 30).
    """

    orders: Sequence[ReleaseOrder] = field(default=())
    period_seconds: float = 5.0
    deadline_seconds: float = 600.0
    observe_minutes: float = 10.0
    keep_seconds: float = 30.0

    def begin(self, film: Film) -> None:
        """Enter all orders."""
        for order in self.orders:
            _check(film.cluster, order)
        desk = _Desk(
            Pace(
                period=round(self.period_seconds * SECOND),
                deadline=round(self.deadline_seconds * SECOND),
                observe=round(self.observe_minutes * MINUTE),
                keep=round(self.keep_seconds * SECOND),
            )
        )
        film.losses.delays.append(desk.broken.delay)
        desk.derive(film.cluster, self.orders)
        for number, order in enumerate(self.orders):
            film.at(round(order.at_hours * HOUR), Turn.RELEASE, partial(desk.start, order, number))


class _Desk:
    """Releases under way, by workload."""

    def __init__(self, pace: Pace) -> None:
        self.pace, self.broken = pace, Broken()
        self.running: dict[str, Rollout] = {}
        self.origin: dict[int, int] = {}
        self.derived: dict[int, dict[int, int]] = {}

    def derive(self, cluster: Cluster, orders: Sequence[ReleaseOrder]) -> None:
        """Make the classes of new versions that ask for other amounts, before anything happens."""
        asked = [
            (number, k, order.times)
            for number, order in enumerate(orders)
            for k, (own, _) in enumerate(cluster.classes)
            if order.times and own == cluster.workload(order.workload)
        ]
        if asked:
            like = [k for _, k, _ in asked]
            times = np.array([[each.get(name, 1.0) for name in cluster.resources] for _, _, each in asked])
            size = cluster.state.size[cluster.state.classes[like, SHAPE]]
            made = cluster.vary(like, np.ceil(size * times - 1e-6).astype(np.int64))
            for (number, k, _), new in zip(asked, made.tolist(), strict=True):
                self.derived.setdefault(number, {})[k] = new
                self.origin[new] = k

    def start(self, order: ReleaseOrder, number: int, film: Film) -> None:
        """Begin a release, after that of the same workload that is under way."""
        former = self.running.get(order.workload)
        if former is not None and not former.over:
            film.after(self.pace.period, Turn.RELEASE, partial(self.start, order, number))
            return
        cluster = film.cluster
        w = cluster.workload(order.workload)
        stated = cluster.names.scenario.spec.workloads[w]
        begun = Rollout(
            name=order.workload,
            release=stated.release or (InPlace() if stated.kind == "stateful_set" else Rolling()),
            versions=Versions(cluster, w, self._newer(number)),
            pace=self.pace,
            broken=self.broken,
            share=order.fails or 0.0,
            cause=f"release {number} of {order.workload}",
            begun=film.now,
            progressed=film.now,
        )
        self.running[order.workload] = begun
        begun.sync(film)

    def _newer(self, number: int) -> dict[int, int]:
        """Classes of a new version by those that containers may be of before."""
        derived = self.derived.get(number, {})
        return derived | {k: derived[of] for k, of in self.origin.items() if of in derived}


def _check(cluster: Cluster, order: ReleaseOrder) -> None:
    kinds = {each.name: each.kind for each in cluster.names.scenario.spec.workloads}
    problem = ""
    if order.workload not in kinds:
        problem = "there is no such workload"
    elif kinds[order.workload] not in STANDING:
        problem = f"found a {kinds[order.workload]}, expected one of {', '.join(STANDING)}"
    for resource, times in order.times.items():
        if resource not in cluster.resources or times <= 0:
            problem = f"found {times} x {resource}, expected more than 0 of {', '.join(cluster.resources)}"
    if problem:
        raise ValueError(f"release of {order.workload}: {problem}")
