"""How long jobs wait for a runner, and whether the promise of their queue is kept."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from models.workload import QueuePromise
from planner.simulation.film import SECOND, Film


@dataclass
class Waits:
    """Waits of the jobs of one pool, in milliseconds.

    Attributes
    ----------
    promise : QueuePromise
    arrived : int
        Jobs so far.
    lost : int
        Times that a job began anew, for its runner was lost.
    waited : array of int
        Of all jobs that have started.
    """

    workload: str
    promise: QueuePromise
    arrived: int = 0
    lost: int = 0
    waited: array[int] = field(default_factory=partial(array, "q"))
    _told: int = 0
    _arrived: int = 0

    def tell(self, film: Film, waiting: Iterable[int]) -> None:
        """Tell of the jobs since the last time, and of all so far.

        Parameters
        ----------
        waiting : iterable of int
            When the jobs arrived that have not started yet: those that wait longer than is promised are late already.
        """
        still = [film.now - arrived for arrived in waiting]
        film.tell(
            "job queue",
            workload=self.workload,
            jobs=self.arrived - self._arrived,
            waiting=len(still),
            **self._figures(self.waited[self._told :], still),
            so_far={"jobs": self.arrived, "lost": self.lost, **self._figures(self.waited, still)},
        )
        self._told, self._arrived = len(self.waited), self.arrived

    def _figures(self, waited: array[int], still: list[int]) -> dict[str, object]:
        """Seconds waited by those that have started, and the share of jobs that started in time, late ones counted."""
        within = self.promise.seconds * SECOND
        late = sum(each > within for each in still)
        if not waited:
            return {"started": 0, "in_time": None if not late else 0.0, "kept": not late}
        seconds = np.array(waited) / SECOND
        middle, high, highest = np.quantile(seconds, (0.5, 0.95, 0.99)).tolist()
        in_time = float((seconds <= self.promise.seconds).sum() / (len(waited) + late))
        return {
            "started": len(waited),
            "mean_seconds": round(float(seconds.mean()), 3),
            "p50_seconds": round(middle, 3),
            "p95_seconds": round(high, 3),
            "p99_seconds": round(highest, 3),
            "in_time": in_time,
            "kept": in_time >= self.promise.share,
        }
