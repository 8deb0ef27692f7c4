"""Numba kernel: integrals over time, brought up to date before anything changes; the hash and the log."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.simulation.state import AT, BELOW, CHANGED, HASH, LEAST, LOGGED, MISSING, SERVING, WANTED

PRIME = np.uint64(1099511628211)


@njit(cache=True)
def tick(s, now):
    """Bring the integrals of the whole up to a time."""
    passed = float(now - s.number[AT])
    if passed > 0.0:
        s.number[AT] = now
        used, counts, area = s.used, s.now, s.area
        amounts = len(used)
        for r in range(amounts):
            area[r] += used[r] * passed
        for n in range(len(counts)):
            area[amounts + n] += counts[n] * passed


@njit(cache=True)
def settle(s, w, now):
    """Bring what workload w lacks up to a time."""
    passed = float(now - s.workloads[w, CHANGED])
    s.workloads[w, CHANGED] = now
    if passed > 0.0:
        serving = s.workloads[w, SERVING]
        if serving < s.workloads[w, WANTED]:
            s.lacks[w, MISSING] += (s.workloads[w, WANTED] - serving) * passed
        if serving < s.workloads[w, LEAST]:
            s.lacks[w, BELOW] += passed


@njit(cache=True)
def decide(s, c, h):
    """Mix a decision into the hash (FNV-1a over two words)."""
    mixed = np.uint64(s.number[HASH])
    mixed = (mixed ^ np.uint64(c)) * PRIME
    mixed = (mixed ^ np.uint64(h + 1)) * PRIME
    s.number[HASH] = np.int64(mixed)


@njit(cache=True)
def tell(s, when, what, who, where):
    """Write an event into the log, where one is kept."""
    n = s.number[LOGGED]
    if n < len(s.log):
        s.log[n, 0], s.log[n, 1], s.log[n, 2], s.log[n, 3] = when, what, who, where
        s.number[LOGGED] = n + 1
