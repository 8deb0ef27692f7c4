"""Numba kernels: containers put where they are said to be, or where they cost least."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

from planner.solvers.levelling.draw_kernel import below
from planner.solvers.levelling.host_kernel import fits, over_with, put


@njit(cache=True, nogil=True)
def place(s, host):
    """Put each container on its host of `host`, unless that is -1 or has no room; returns the number left out."""
    left = 0
    for c in range(len(host)):
        if host[c] >= 0 and fits(s, host[c], s.item[c]):
            s.over[host[c]] = over_with(s, host[c], s.item[c])
            put(s, c, host[c])
        else:
            left += 1
    return left


@njit(cache=True, nogil=True)
def insert(s, containers, hosts, sample, rng):
    """Put each container where it costs least among `sample` random ones of `hosts`, or of all where none fits.

    Returns the number left out.
    """
    left = 0
    for c in containers:
        i = s.item[c]
        best, best_more, best_over = -1, np.inf, 0.0
        for tried in range(sample + len(hosts)):
            if tried >= sample and best >= 0:
                break
            g = hosts[below(rng, len(hosts))] if tried < sample else hosts[tried - sample]
            there = over_with(s, g, i)
            if there - s.over[g] < best_more and fits(s, g, i):
                best, best_more, best_over = g, there - s.over[g], there
        if best < 0:
            left += 1
        else:
            put(s, c, best)
            s.over[best] = best_over
    return left
