"""Temperatures: where annealing starts, where it ends, and how long it stays where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.solvers.reassign.facts import Facts

STEPS = 24
"""Parts of the way from hot to cold, each of which gets a time of its own."""
LEAST = 0.4
"""What every step gets, as a share of the mean."""


@dataclass(frozen=True, eq=False)
class Cooling:
    """Falling temperatures.

    Charges and move costs may be six orders of magnitude apart, and both must be settled: the way down is measured
    in the logarithm of the temperature.

    Attributes
    ----------
    first, last : float
        In units of cost.
    until : (STEPS + 1,) float64
        The share of the time that is used when a step of the way begins; by default all take the same.
    """

    first: float
    last: float
    until: NDArray[np.float64]

    @classmethod
    def of(cls, facts: Facts, hot: float, cold: float) -> Cooling:
        """Choose temperatures by the costs at stake.

        Parameters
        ----------
        hot : float
            First temperature as a share of the mean amount by which a process raises a charge.
        cold : float
            Last temperature as a share of the mean cost of a move.
        """
        rise = float(abs(facts.raises).mean()) if facts.raises.size else 0.0
        step = float(facts.move_cost.mean() + facts.machine_weight * facts.machine_move.mean())
        last = cold * max(step, 1.0)
        return cls(max(hot * rise, last), last, np.linspace(0.0, 1.0, STEPS + 1))

    def heat(self, share: float) -> float:
        """The temperature once a share of the time is used."""
        way = float(np.interp(share, self.until, np.linspace(0.0, 1.0, len(self.until))))
        return float(self.first * (self.last / self.first) ** way)

    def tuned(self, seen: Sequence[tuple[float, float]]) -> Cooling:
        """Give each step the time that it needs, by the mean costs that a quick run down has seen.

        Where costs fall far there is much to win, and where they hardly fall any time is lost. Between giving all
        steps the same and giving each its part of the fall, the third root of the fall did best on the contest's
        instances; the root of the heat capacity ("constant thermodynamic speed": P. Salamon et al., Computer Physics
        Communications 49, 1988) gave too much to the cold end.

        Parameters
        ----------
        seen : sequence of (temperature, cost)
        """
        steps = len(self.until) - 1
        heats, costs = np.array(seen, dtype=np.float64).reshape(-1, 2).T
        if self.first <= self.last or not heats.size:
            return self
        way = np.log(self.first / heats) / np.log(self.first / self.last)
        step = np.clip((way * steps).astype(np.int64), 0, steps - 1)
        count = np.bincount(step, minlength=steps)
        known = np.flatnonzero(count)
        means = np.interp(np.arange(steps), known, np.bincount(step, costs, steps)[known] / count[known])
        time = np.cbrt(np.maximum(0.0, -np.gradient(means)))
        time += LEAST * time.mean() + 1e-9
        return Cooling(self.first, self.last, np.concatenate([[0.0], np.cumsum(time) / time.sum()]))
