"""Numba kernels: what a temperature lets through."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import math

import numpy as np
from numba import njit

from planner.solvers.reassign.draw import unit


@njit(cache=True, nogil=True, _nrt=False)
def accepted(change, heat, random):
    """Whether to take a change at a temperature (N. Metropolis et al., 1953)."""
    if change <= 0:
        return True
    return change < 30.0 * heat and unit(random) < math.exp(-change / heat)


@njit(cache=True, nogil=True, _nrt=False)
def shyness(f, s, p, m):
    """How much less likely a move is as the process will hold transient resources twice; negative on its way home.

    While it is hot, moves that gain nothing are free, and there are many more places away from home than homes:
    without this, walks fill the transient room with needless moves, and the needed ones find none.
    """
    home = f.home[p]
    return f.ghost[p] * (np.float64(s.place[p] == home) - np.float64(m == home))
