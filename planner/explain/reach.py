"""The most that hosts of some bin types can give together: what stands, and what quotas allow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.explain.outcome import Bools, Ints
from planner.problem import UNLIMITED, Problem

Floats = npt.NDArray[np.float64]
_ROUNDING = 1e-6


def reach(problem: Problem, bins: Bools, worth: Ints) -> Ints:
    """An upper limit on the worth of all hosts of these bin types together.

    Each quota allows at most its limit times the best worth per unit of weight among its hosts.

    Parameters
    ----------
    problem : Problem
    bins : bool[B]
    worth : int64[B, K]
        What one host of each bin type is worth, in K regards (its room by resource, say).

    Returns
    -------
    int64[K]
    """
    total: Floats = np.zeros(worth.shape[1])
    rest = bins.copy()
    for quota in sorted(problem.quotas, key=lambda quota: quota.most):
        inside = rest & (quota.weight > 0)
        if inside.any():
            per_weight = (worth[inside] / quota.weight[inside][:, None]).max(axis=0)
            total += np.minimum(np.floor(per_weight * quota.most + _ROUNDING), _supply(problem, inside, worth))
            rest &= ~inside
    return _capped(total + _supply(problem, rest, worth))


def supply(problem: Problem, bins: Bools, worth: Ints) -> Ints:
    """The worth of all hosts of these bin types, quotas or not."""
    return _capped(_supply(problem, bins, worth))


def blamed(problem: Problem, bins: Bools, worth: Ints, k: int, asked: int) -> tuple[str, ...]:
    """The quotas that keep the worth in regard `k` below what is asked; empty where it is the hosts themselves."""
    if supply(problem, bins, worth)[k] < asked:
        return ()
    return tuple(quota.rule for quota in problem.quotas if (quota.weight[bins] > 0).any())


def _supply(problem: Problem, bins: Bools, worth: Ints) -> Floats:
    total: Floats = (worth[bins].astype(np.float64) * problem.available[bins][:, None]).sum(axis=0)
    return total


def _capped(amounts: Floats) -> Ints:
    return np.minimum(UNLIMITED, amounts).astype(np.int64)
