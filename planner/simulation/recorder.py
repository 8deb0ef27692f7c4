"""What is kept of a film: samples over time, and what actors told."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from planner.simulation.agenda import Turn
from planner.simulation.state import (
    HOST_STATE,
    HOSTS_UP,
    HOSTS_USED,
    PRICE,
    RUNNING,
    SERVING,
    UP,
    WAITING,
    WANTED,
)  # fmt: skip

if TYPE_CHECKING:
    from planner.simulation.film import Film

Floats = npt.NDArray[np.float64]


class Recorder:
    """Samples the cluster every so often; means since the last sample, not moments.

    Attributes
    ----------
    every : int
        Milliseconds between samples.
    samples : dict of str to list of float
        By what is measured: `hours` (when a sample was taken), `hosts`, `hosts_used`, `cost` (per hour, in the
        scenario's currency), `running`, `waiting`, `density` (containers on a host in use), `used_RESOURCE` (the share
        of what the hosts that are there have); and at the moment of the sample, all workloads added up, `serving` and
        `wanted` (replicas).
    serving : dict of int to list of int
        Replicas that serve, by workload, at the moment of each sample.
    told : list of dict
        What actors told: `at` (milliseconds), `what`, and facts by name.
    """

    def __init__(self, every: int) -> None:
        self.every = every
        self.samples: dict[str, list[float]] = defaultdict(list)
        self.serving: dict[int, list[int]] = defaultdict(list)
        self.told: list[dict[str, Any]] = []
        self._area: Floats = np.zeros(0)
        self._at = 0

    def begin(self, film: Film) -> None:
        """Take the first sample once the first interval is over."""
        self._area = film.cluster.state.area.copy()
        film.after(self.every, Turn.RECORD, self._sample)

    def _sample(self, film: Film) -> None:
        state = film.cluster.state
        passed = float(film.now - self._at)
        mean = (state.area - self._area) / passed
        self._area, self._at = state.area.copy(), film.now
        amounts = len(state.used)
        now = mean[amounts:]
        keep = self.samples
        keep["hours"].append(film.now / 3_600_000)
        keep["hosts"].append(now[HOSTS_UP])
        keep["hosts_used"].append(now[HOSTS_USED])
        keep["cost"].append(now[PRICE] / 1e6)
        keep["running"].append(now[RUNNING])
        keep["waiting"].append(now[WAITING])
        keep["density"].append(now[RUNNING] / max(1e-9, now[HOSTS_USED]))
        there = state.hosts[:, HOST_STATE] == UP
        room = state.capacity[there].sum(axis=0)
        for r, name in enumerate(film.cluster.resources):
            keep[f"used_{name}"].append(float(mean[r] / room[r]) if room[r] else 0.0)
        for w in range(len(state.workloads)):
            self.serving[w].append(int(state.workloads[w, SERVING]))
        keep["serving"].append(float(state.workloads[:, SERVING].sum()))
        keep["wanted"].append(float(state.workloads[:, WANTED].sum()))
        film.after(self.every, Turn.RECORD, self._sample)
