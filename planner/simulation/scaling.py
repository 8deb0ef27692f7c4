"""Replicas by load: a workload has as many as its load asks for, by the rule of Kubernetes' HorizontalPodAutoscaler."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster
from planner.simulation.film import DAY, HOUR, SECOND, Film
from planner.simulation.state import LEAST, SERVING, WANTED
from planner.simulation.versions import first_to_go, living

UP_FACTOR, UP_PODS, UP_WINDOW = 2, 4, 15 * SECOND
"""Default policies of `behavior.scaleUp`: 100 percent or 4 pods in 15 seconds, whichever is more."""


@dataclass(frozen=True)
class HorizontalScaling:
    """Keeps the load of a replica near a target (Kubernetes HorizontalPodAutoscaler, autoscaling/v2).

    Every period, `desired = ceil(current x metric / target)`, where the metric is the load over the replicas that
    serve, in percent of what one requests. Nothing is done within the tolerance. Replicas that do not serve yet count
    as idle before more are added. Scaling up is limited by the default policies, scaling down to the highest
    recommendation of the stabilisation window (its policy, 100 percent, limits nothing). Who goes first is as in a
    ReplicaSet: whoever has no host, then whoever does not serve, then the newest; its spreading over hosts and the
    ages on a logarithmic scale are left out.

    Attributes
    ----------
    workload : str
    load : tuple of (hour, load)
        The load over a day, UTC, in units of what one replica requests: 3.5 keeps three and a half busy. Linear between
        points, and from the last one on to the first one of the next day.
    least, most : int
        Replicas (`minReplicas`, `maxReplicas`).
    target_percent : int
        The utilisation aimed at; 80 is what the API assumes where no metric is stated.
    noise : float
        Standard deviation of the load, as a share of it; each period has a draw of its own, whatever else happens.
    period_seconds : int
        `--horizontal-pod-autoscaler-sync-period`.
    tolerance_percent : int
        `--horizontal-pod-autoscaler-tolerance`.
    stabilisation_seconds : int
        `--horizontal-pod-autoscaler-downscale-stabilization`.

    Notes
    -----
    Sources: kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale, "Algorithm details" and
    "Default behavior"; `pkg/controller/podautoscaler/{horizontal,replica_calculator}.go`. The load is exact here, in
    thousandths of a request; Kubernetes cuts the metric to whole percent, and sees it up to a minute late.
    """

    workload: str
    load: Sequence[tuple[float, float]]
    least: int = 1
    most: int = 10
    target_percent: int = 80
    noise: float = 0.0
    period_seconds: int = 15
    tolerance_percent: int = 10
    stabilisation_seconds: int = 300

    def __post_init__(self) -> None:
        if not self.load or not 1 <= self.least <= self.most:
            found = f"{len(self.load)} points of load, {self.least} to {self.most} replicas"
            raise ValueError(f"{self.workload}: {found}, expected a point at least, and 1 <= least <= most")

    def begin(self, film: Film) -> None:
        """Look at the load for the first time once a period is over."""
        film.after(self.period_seconds * SECOND, Turn.SCALE, _Scaler(self, film.cluster).sync)

    def desired(self, load: int, current: int, serving: int) -> int:
        """How many replicas a load asks for.

        Parameters
        ----------
        load : int
            Thousandths of what one replica requests.
        current : int
            Replicas that there should be.
        serving : int
            Of these, such as serve: of the others there is no metric.
        """
        if serving == 0:
            return current
        asked = 100 * load  # against `target` each, in equal units
        target = 1000 * self.target_percent
        counted = current if serving < current and asked > serving * target else serving
        beyond = 100 * abs(asked - counted * target) > self.tolerance_percent * counted * target
        if not beyond or (asked > serving * target) != (asked > counted * target):
            return current
        return -(-asked // target)


class _Scaler:
    """What one scaler remembers."""

    def __init__(self, rule: HorizontalScaling, cluster: Cluster) -> None:
        self.rule, self.workload = rule, cluster.workload(rule.workload)
        points = sorted((round(hour * HOUR), load) for hour, load in rule.load)
        (first, begins), (last, ends) = points[0], points[-1]
        self._points = [(last - DAY, ends), *points, (first + DAY, begins)]
        self._stream = f"load of {rule.workload}"
        self._peaks: deque[tuple[int, int]] = deque()  # recommendations that no later one is as high as
        self._changes: deque[tuple[int, int]] = deque()
        self._recommend(0, int(cluster.state.workloads[self.workload, WANTED]))

    def sync(self, film: Film) -> None:
        """Look at the load, and have as many replicas as it asks for."""
        rule, now = self.rule, film.now
        film.after(rule.period_seconds * SECOND, Turn.SCALE, self.sync)
        load = self._load(now % DAY)
        if rule.noise:
            load = max(0.0, load * (1.0 + rule.noise * float(film.draw(self._stream).standard_normal())))
        row = film.cluster.state.workloads[self.workload]
        current = int(row[WANTED])
        if current == 0:  # switched off
            return
        asked = rule.desired(round(1000 * load), current, int(row[SERVING]))
        number = self._limited(now, current, self._stable(now, current, asked))
        if number != current:
            self._scale(film, current, number)
            film.tell("scaled", workload=rule.workload, was=current, replicas=number, load=round(load, 3))

    def _load(self, time: int) -> float:
        """The load at a time of the day, without noise."""
        after = bisect_right(self._points, time, key=itemgetter(0))
        (begin, low), (end, high) = self._points[after - 1], self._points[min(after, len(self._points) - 1)]
        return low + (high - low) * (time - begin) / max(1, end - begin)

    def _recommend(self, now: int, asked: int) -> None:
        while self._peaks and self._peaks[-1][1] <= asked:
            self._peaks.pop()
        self._peaks.append((now, asked))

    def _stable(self, now: int, current: int, asked: int) -> int:
        """What is asked for; where that is less, the most that was asked for within the window."""
        while self._peaks and self._peaks[0][0] <= now - self.rule.stabilisation_seconds * SECOND:
            self._peaks.popleft()
        self._recommend(now, asked)
        return max(asked, min(current, self._peaks[0][1]))

    def _limited(self, now: int, current: int, asked: int) -> int:
        """As many as asked for, within bounds, and not faster than the policies of scaling up let it."""
        while self._changes and self._changes[0][0] <= now - UP_WINDOW:
            self._changes.popleft()
        begun = current - sum(change for _, change in self._changes)
        fastest = max(current, UP_FACTOR * begun, begun + UP_PODS)
        return max(self.rule.least, min(asked, fastest, self.rule.most))

    def _scale(self, film: Film, current: int, number: int) -> None:
        cluster, w, now = film.cluster, self.workload, film.now
        cluster.want(w, number, int(cluster.state.workloads[w, LEAST]), now)
        if number > current:
            cluster.add(cluster.class_of(w), number - current, now)
        else:
            cluster.retire(first_to_go(cluster, living(cluster, cluster.containers(w)), current - number), now)
        self._changes.append((now, number - current))
