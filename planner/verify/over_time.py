"""Demand over time: what each workload asks for at every moment at which some demand may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from models.demand import Profile
from models.schedule import told
from models.workload import Workload

Ints = npt.NDArray[np.int64]
Amount = int | Ints
"""In units: a number where it never changes, else int64[T], one for each moment."""


class OverTime:
    """The moments of a week, and demand at each of them.

    Parameters
    ----------
    workloads : sequence of Workload
    peaks : sequence of mapping
        By workload, the most that a replica asks for, in units.
    """

    def __init__(self, workloads: Sequence[Workload], peaks: Sequence[Mapping[str, int]]) -> None:
        self.moments = tuple(sorted({Fraction(0)}.union(*(workload.changes() for workload in workloads))))
        self._points: dict[tuple[Profile, str], Ints] = {}
        self.demand = [
            self._demand(workload, peak) if workload.varies else peak
            for workload, peak in zip(workloads, peaks, strict=True)
        ]
        self.runs: list[Amount] = [self._runs(workload) for workload in workloads]

    def _demand(self, workload: Workload, peak: Mapping[str, int]) -> dict[str, Amount]:
        """What one replica asks for: its profile in place of the peak, nothing while it does not run."""
        asked: dict[str, Amount] = dict(peak)
        if workload.profile is not None:
            for name, points in workload.profile.points.items():
                asked[name] = self._profiled(workload.profile, name) + (peak.get(name, 0) - max(points))
        return {name: amount * self._runs(workload) for name, amount in asked.items()}

    def _profiled(self, profile: Profile, name: str) -> Ints:
        key = (profile, name)
        if key not in self._points:
            self._points[key] = np.array([profile.at(name, moment) for moment in self.moments], dtype=np.int64)
        return self._points[key]

    def _runs(self, workload: Workload) -> Amount:
        """1 while it runs, 0 while it does not."""
        times = workload.times
        return 1 if times is None else np.array([times.covers(moment) for moment in self.moments], dtype=np.int64)

    def said(self, moment: int) -> str:
        """A moment for people: ` at 03:00 on Monday` (UTC); nothing where demand never changes."""
        return "" if len(self.moments) == 1 else f" at {told(self.moments[moment])}"


def summed(parts: Iterable[tuple[Mapping[str, Amount], int]]) -> dict[str, Amount]:
    """The sum of amounts over time, each taken so many times."""
    total: dict[str, Amount] = {}
    for amounts, times in parts:
        for name, amount in amounts.items():
            total[name] = total.get(name, 0) + amount * times
    return total


def peak(amounts: Mapping[str, Amount]) -> dict[str, int]:
    """The most of each resource at any moment."""
    return {name: amount if isinstance(amount, int) else int(amount.max()) for name, amount in amounts.items()}


def trough(amounts: Mapping[str, Amount]) -> dict[str, int]:
    """The least of each resource at any moment."""
    return {name: amount if isinstance(amount, int) else int(amount.min()) for name, amount in amounts.items()}


def at_moment(amount: Amount, moment: int) -> int:
    """An amount at one moment."""
    return amount if isinstance(amount, int) else int(amount[moment])
