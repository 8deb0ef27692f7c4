"""Numba kernel: random numbers from a state of our own, so that equal seeds give equal runs on any thread."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def bits(rng):
    """64 random bits; `rng` uint64[1] is the state (Steele, Lea, Flood, SplitMix64, 2014)."""
    rng[0] += np.uint64(0x9E3779B97F4A7C15)
    z = rng[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def below(rng, n):
    """A random integer of 0 … n-1, for n below 2^31."""
    return np.int64((bits(rng) >> np.uint64(33)) * np.uint64(n) >> np.uint64(31))


@njit(cache=True, nogil=True)
def unit(rng):
    """A random number of [0, 1)."""
    return np.float64(bits(rng) >> np.uint64(11)) * 2.0**-53
