"""Random numbers for kernels: a state that is an argument, as every thread has its own.

SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32, _11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32), np.uint64(11)
_UNIT = 2.0**-53


@njit(cache=True, nogil=True, _nrt=False)
def bits(state):
    """The next 64 random bits; `state` is an array of one uint64."""
    state[0] += _GOLDEN
    z = state[0]
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@njit(cache=True, nogil=True, _nrt=False)
def below(state, most):
    """A number from 0 to most - 1, for `most` below 2**32."""
    return np.int64(((bits(state) >> _32) * np.uint64(most)) >> _32)


@njit(cache=True, nogil=True, _nrt=False)
def unit(state):
    """A number above 0 and at most 1."""
    return (np.float64(np.int64(bits(state) >> _11)) + 1.0) * _UNIT
