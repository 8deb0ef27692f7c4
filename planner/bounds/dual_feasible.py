"""Dual-feasible functions: roundings of sizes that every packed host survives.

A function f with f(x) + f(y) <= f(x + y) (superadditive) turns "the sizes on a host sum to at most its
capacity" into "the f(size) sum to at most f(capacity)". Where sizes are awkward for a capacity (three
of 34% fit nowhere), the rounded inequality cuts off what the plain one admits.

The families are those of S. Martello, P. Toth, "Lower bounds and reduction procedures for the bin
packing problem" (1990), and S. Fekete, J. Schepers, "New classes of fast lower bounds for bin packing
problems" (2001); survey: F. Clautiaux, C. Alves, J. Valério de Carvalho, "A survey of dual-feasible and
superadditive functions" (2010).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.bounds.bound import TRIVIAL, Bound
from planner.problem.problem import UNLIMITED, Problem

Ints = npt.NDArray[np.int64]
MOST_PARTS = 12
"""Thresholds that cut a capacity into up to so many parts; beyond, rounding gains next to nothing."""
MOST_SIZES = 60


def thresholds(size: Ints, capacity: int) -> Ints:
    """int64[T]: sizes at which rounding may pay: just above capacity / k, and item sizes themselves."""
    parts = capacity // np.arange(2, MOST_PARTS + 1) + 1
    sizes = np.unique(size[(size > 0) & (size <= capacity)])
    if len(sizes) > MOST_SIZES:
        sizes = sizes[np.linspace(0, len(sizes) - 1, MOST_SIZES).astype(int)]
    found = np.unique(np.concatenate([parts, sizes]))
    return found[(found > 1) & (found <= capacity)]


def floors(size: Ints, capacity: int, t: Ints) -> tuple[Ints, Ints]:
    """f(s) = floor(s / t): (int64[T, C] of the sizes, int64[T] of the capacity)."""
    return size[None, :] // t[:, None], capacity // t


def large_and_small(size: Ints, capacity: int, t: Ints) -> tuple[Ints, Ints]:
    """f(s) = capacity above capacity - t, s in between, 0 below t <= capacity / 2 (Martello and Toth)."""
    t = t[2 * t <= capacity]
    s, low = size[None, :], t[:, None]
    rounded = np.where(s > capacity - low, capacity, np.where(s < low, 0, s))
    return rounded, np.full(len(t), capacity)


def fractions(size: Ints, capacity: int, most: int = MOST_PARTS) -> tuple[Ints, Ints]:
    """f(s) = floor((k + 1) s / capacity) / k, and s / capacity where that is whole (Fekete and Schepers).

    Multiplied by k * capacity, so that all is integer: capacity stays k * capacity.
    """
    k = np.arange(1, most + 1)[:, None]
    scaled = (k + 1) * size[None, :]
    rounded = np.where(scaled % capacity == 0, k * size[None, :], scaled // capacity * capacity)
    return rounded, k[:, 0] * capacity


def roundings(size: Ints, capacity: int, t: Ints | None = None) -> tuple[Ints, Ints]:
    """All families over one resource of one host: sum of f(size) <= f(capacity), row by row.

    Parameters
    ----------
    size : int64[C]
    capacity : int
    t : int64[T], optional
        Thresholds; those of `thresholds` by default.

    Returns
    -------
    coefficients : int64[T, C]
    most : int64[T]
    """
    t = thresholds(size, capacity) if t is None else t
    families = (floors(size, capacity, t), large_and_small(size, capacity, t), fractions(size, capacity))
    return np.concatenate([rows for rows, _ in families]), np.concatenate([most for _, most in families])


def hosts_by_rounding(problem: Problem) -> Bound:
    """At least so many hosts: every resource rounded against its largest host.

    Valid where everything that fits somewhere is placed. A host smaller than the largest holds no more.
    """
    usable = problem.available > 0
    placed = (problem.fits & usable).any(axis=1)
    best = max(0, int(problem.required.sum()))
    for r in range(len(problem.resources)):
        size, count = problem.size[placed, r], problem.count[placed]
        capacity = int(problem.capacity[usable, r].max(initial=0))
        if 0 < capacity < UNLIMITED and len(size):
            rows, most = roundings(size, capacity)
            best = max(best, int((-(-(rows @ count) // most)).max(initial=0)))
    return Bound(best, "dual-feasible functions") if best else TRIVIAL
