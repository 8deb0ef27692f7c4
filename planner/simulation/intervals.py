"""Confidence intervals of means over a few runs: Student's t."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import atan, cos, pi, sin, sqrt
from statistics import fmean, stdev

from models.simulation import Estimate

CONFIDENCE = 0.95


def estimate(values: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """The mean of independent values, with its interval where there are two or more."""
    mean = fmean(values)
    if len(values) < 2:
        return Estimate(mean=mean)
    off = quantile(confidence, len(values) - 1) * stdev(values) / sqrt(len(values))
    return Estimate(mean=mean, low=mean - off, high=mean + off)


def paired(values: Sequence[float], against: Sequence[float], confidence: float = CONFIDENCE) -> Estimate:
    """The mean of the differences of values that belong together: what both share falls out."""
    return estimate([mine - its for mine, its in zip(values, against, strict=True)], confidence)


@lru_cache
def quantile(confidence: float, freedom: int) -> float:
    """The t for which Student's distribution has so much between -t and t, by bisection of `within`."""
    low, high = 0.0, 1.0
    while within(high, freedom) < confidence:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < confidence else (low, middle)
    return high


def within(t: float, freedom: int) -> float:
    """What Student's distribution has between -t and t (Abramowitz and Stegun, 26.7.3 and 26.7.4).

    Parameters
    ----------
    t : float
    freedom : int
        Degrees of freedom, at least 1.
    """
    angle = atan(t / sqrt(freedom))
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = 0.0 if odd and freedom == 1 else term
    for n in range(2 + odd, freedom - 1, 2):
        term *= cos(angle) ** 2 * (n - 1) / n
        total += term
    return 2 / pi * (angle + sin(angle) * total) if odd else sin(angle) * total
