"""Numba kernel: whether a host's devices hold its copies, one by one.

A copy takes whole devices for the multiples of the unit in its size, and a share of one more for the rest, which
cannot straddle two: bin packing of the shares. Best fit decreasing settles nearly every case; a bound or a short
depth-first search settles the others (S. Martello, P. Toth, "Lower bounds and reduction procedures for the bin packing
problem", 1990).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from __future__ import annotations

import numpy as np
from numba import njit

STEPS = 2_000
"""Of the search; it goes the way of the verifier, which takes more of them before it gives up."""
UNKNOWN = -1


@njit(cache=True, nogil=True)
def held(size, copies, room, unit):
    """Whether copies int64[n] of sizes int64[n] fit onto the devices of a room: 1, 0, or `UNKNOWN`.

    `room` and `unit` are in the units of the sizes; what a room has beyond whole devices is a device of its own.
    """
    devices, rest = room // unit, room % unit
    number, total = 0, 0
    for k in range(len(size)):
        devices -= copies[k] * (size[k] // unit)
        if size[k] % unit:
            number += copies[k]
            total += copies[k] * (size[k] % unit)
    if devices < 0 or total > devices * unit + rest:
        return 0
    if number <= devices:
        return 1
    share = np.empty(number, dtype=np.int64)
    number = 0
    for k in range(len(size)):
        for _ in range(copies[k] if size[k] % unit else 0):
            share[number] = size[k] % unit
            number += 1
    share.sort()
    share = share[::-1]
    room_of = np.full(devices + 1, unit, dtype=np.int64)
    room_of[devices] = rest
    free = room_of.copy()
    at = 0
    while at < number and _fullest(free, share[at], -1) >= 0:
        free[_fullest(free, share[at], -1)] -= share[at]
        at += 1
    if at == number:
        return 1
    if _needed(share, unit) > devices + (rest > 0):
        return 0
    return _searched(share, room_of)


@njit(cache=True, nogil=True)
def _fullest(free, share, after):
    """The device of least room that takes a share and has more room than `after`; -1 where there is none."""
    best = -1
    for d in range(len(free)):
        if free[d] >= share and free[d] > after and (best < 0 or free[d] < free[best]):
            best = d
    return best


@njit(cache=True, nogil=True)
def _needed(share, unit):
    """Devices that shares, in falling order, need at least: the bound L2 of Martello and Toth."""
    most = 0
    for k in range(len(share)):
        small = share[k]
        if 2 * small > unit:
            continue
        alone, beside, spare, total = 0, 0, 0, 0
        for j in range(len(share)):
            if share[j] > unit - small:
                alone += 1
            elif 2 * share[j] > unit:
                beside += 1
                spare += unit - share[j]
            elif share[j] >= small:
                total += share[j]
        more = max(0, total - spare)
        most = max(most, alone + beside + (more + unit - 1) // unit)
    if most == 0:
        most = len(share)  # all above one half
    return most


@njit(cache=True, nogil=True)
def _searched(share, room_of):
    """Depth first: the largest share first, onto the fullest device first."""
    number = len(share)
    free = room_of.copy()
    chosen = np.full(number, -1, dtype=np.int64)
    at = 0
    for _ in range(STEPS):
        after = -1
        if chosen[at] >= 0:
            free[chosen[at]] += share[at]
            after = free[chosen[at]]
        chosen[at] = _fullest(free, share[at], after)
        if chosen[at] < 0:
            at -= 1
            if at < 0:
                return 0
            continue
        free[chosen[at]] -= share[at]
        at += 1
        if at == number:
            return 1
    return UNKNOWN


@njit(cache=True, nogil=True)
def all_held(size, copies, room, unit):
    """The same for every resource with devices: sizes int64[n, R], room and unit int64[R]; no devices where 0."""
    found = 1
    for r in range(len(unit)):
        if unit[r] > 0:
            here = held(size[:, r], copies, room[r], unit[r])
            if here == 0:
                return 0
            found = min(found, here)
    return found
