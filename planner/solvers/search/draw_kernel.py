"""Numba kernel: random numbers whose state is an array, so that threads draw their own.

xorshift64* of S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled"
(ACM TOMS 42, 2016).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def uniform(state):
    """Draw a float in [0, 1); `state` is uint64[1], never 0."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def below(state, n):
    """Draw an integer in [0, n)."""
    return np.int64(uniform(state) * n)
