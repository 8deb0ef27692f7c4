"""Usage at risk: mean + z · deviation of a host's load, made linear on its safe side and on its unsafe one.

The load of a host is normal with mean M and variance V, sums over its replicas; its 1 - risk
quantile is M + z · √V. √ is concave: it lies below each of its tangents, and above each of its chords.
So √V <= √V₀ / 2 + V / (2 √V₀) for any V₀, which no plan of ours may exceed, and √V >= V / √V₁ for V <= V₁,
which no plan goes below. (Chance-constrained packing: Cohen, Keller, Mirrokni, Zadimoghaddam,
"Overcommitment in Cloud Services: Bin Packing with Chance Constraints", Management Science 65, 2019.)
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ROUNDING = 1e-9
"""What floating point may be off."""


@dataclass(frozen=True, eq=False)
class Load:
    """What one replica of each asker uses, in the models' units.

    Attributes
    ----------
    mean, variance : float64[A]
    weight : int64[A]
        How many replicas there are.
    """

    mean: Floats
    variance: Floats
    weight: Ints


@dataclass(frozen=True)
class Tangent:
    """Of the square root at `root` squared: linear sizes whose sum is never below the quantile."""

    z: float
    root: float

    def size(self, load: Load) -> Floats:
        """float64[A]: what counts of each replica."""
        return load.mean + (self.z * load.variance / (2 * self.root) if self.root else 0)

    @property
    def taken(self) -> float:
        """What is taken off every host for it."""
        return self.z * self.root / 2


@dataclass(frozen=True)
class Chord:
    """Of the square root from 0 to `root` squared: linear sizes whose sum is never above the quantile."""

    z: float
    root: float

    def size(self, load: Load) -> Floats:
        """float64[A]: what counts of each replica."""
        return load.mean + (self.z * load.variance / self.root if self.root else 0)


def tangent(load: Load, z: float, limit: float, *, alone: bool) -> Tangent:
    """The tangent at the variance of a host with `limit` that the average mix of all replicas fills.

    n replicas of mean m and variance v fill it where n · m + z · √(n · v) = limit. With `alone`, the point is
    moved as far as it takes for every replica to fit alone that truly does, where one point serves them all.
    """
    total = float(load.weight.sum())
    if not total or not load.variance.any():
        return Tangent(z, 0.0)
    mean, variance = float(load.weight @ load.mean) / total, float(load.weight @ load.variance) / total
    # As large as that of a host full of nothing but variance, where the mean is next to none.
    root = _filled(mean, variance, z, limit) if mean > 0 else limit / z
    return Tangent(z, _moved(root, load, z, limit) if alone else root)


def _moved(root: float, load: Load, z: float, limit: float) -> float:
    """The point nearest to `root` where m + z (r / 2 + v / 2r) <= limit for all.

    That is between the solutions of z r² - 2 (limit - m) r + z v = 0.
    """
    spare = limit - load.mean
    inside = spare**2 - z**2 * load.variance
    fits = (load.weight > 0) & (spare > 0) & (inside >= 0)
    if fits.any():
        middle, apart = spare[fits] / z, np.sqrt(inside[fits]) / z
        lowest, highest = float((middle - apart).max()), float((middle + apart).min())
        if lowest <= highest:
            return min(max(root, lowest), highest)
    return root


def _filled(mean: float, variance: float, z: float, limit: float) -> float:
    """√(n · v) where n · m + z · √(n · v) = limit."""
    spread = z * sqrt(variance)
    return (sqrt(spread**2 + 4 * mean * limit) - spread) / (2 * mean) * sqrt(variance)


def chord(load: Load, z: float, limit: float) -> Chord:
    """The chord up to the largest variance that replicas can have on a host with `limit`.

    With at most k of variance for one of mean, V <= k M and M + z √V <= limit; no host has more than all.
    """
    at = (load.weight > 0) & (load.variance > 0)
    if not at.any():
        return Chord(z, 0.0)
    per_mean = load.variance[at] / np.maximum(load.mean[at], 1e-300)
    steepest = float(per_mean.max())
    # √V of V / k + z √V = limit, written so that it stays right for large k.
    root = 2 * limit / (z + sqrt(z**2 + 4 * limit / steepest))
    return Chord(z, min(root, sqrt(float(load.weight[at] @ load.variance[at]))) * (1 + ROUNDING))
