"""Numba kernels on single hosts: cost after a change, room, rules, putting in and taking out.

Axis letters: as in `state.py`. Costs are sums in 32-bit floats, loads exact integers.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

ZERO = np.float32(0.0)


@njit(cache=True, nogil=True, fastmath=True)
def over_with(s, h, plus):
    """Cost beyond 1 of host h with one more container of type `plus`."""
    load, used, c = s.load, s.used, s.curve
    knee, c0, c1, c2, c3, c4, c5 = c[0], c[2], c[3], c[4], c[5], c[6], c[7]
    share = np.float32(1.0) / np.float32(s.power[h])
    total = ZERO
    for t in range(load.shape[1]):
        z = max(ZERO, np.float32(np.int32(used[h, t] + load[plus, t])) * share - knee)
        total += z * (c0 + z * (c1 + z * (c2 + z * (c3 + z * (c4 + z * c5)))))
    return np.float64(total * c[1])


@njit(cache=True, nogil=True, fastmath=True)
def over_without(s, h, minus):
    """Cost beyond 1 of host h with one container of type `minus` less."""
    load, used, c = s.load, s.used, s.curve
    knee, c0, c1, c2, c3, c4, c5 = c[0], c[2], c[3], c[4], c[5], c[6], c[7]
    share = np.float32(1.0) / np.float32(s.power[h])
    total = ZERO
    for t in range(load.shape[1]):
        z = max(ZERO, np.float32(np.int32(used[h, t] - load[minus, t])) * share - knee)
        total += z * (c0 + z * (c1 + z * (c2 + z * (c3 + z * (c4 + z * c5)))))
    return np.float64(total * c[1])


@njit(cache=True, nogil=True)
def fits(s, h, i):
    """Whether one more container of type i keeps load, other resources and rules of host h."""
    load, used, need, taken, room, kind = s.load, s.used, s.need, s.taken, s.room, s.kind[h]
    power = s.power[h]
    least = np.int32(s.held.shape[1] - s.size[h] - 1)
    for t in range(load.shape[1]):
        least = min(least, np.int32(power - used[h, t] - load[i, t]))
    for r in range(need.shape[1]):
        least = min(least, np.int32(room[kind, r] - taken[h, r] - need[i, r]))
    return least >= 0 and _allowed(s, h, i)


@njit(cache=True, nogil=True)
def _allowed(s, h, i):
    """Whether the rules let one more container of type i onto host h."""
    mine, suspects = 1, 0
    sketch = s.sketch[i]
    for e in range(s.size[h]):
        b = s.item[s.held[h, e]]
        mine += b == i
        suspects += (sketch >> np.uint64(b & 63)) & np.uint64(1)
    if mine > s.alone[i]:
        return False
    if suspects == 0:
        return True
    start, end = s.near[i], s.near[i + 1]
    for e in range(s.size[h]):
        b = s.item[s.held[h, e]]
        if not (sketch >> np.uint64(b & 63)) & np.uint64(1):
            continue
        low, high = start, end
        while low < high:
            middle = (low + high) >> 1
            if s.other[middle] < b:
                low = middle + 1
            else:
                high = middle
        if low < end and s.other[low] == b and (mine > s.most_here[low] or _number(s, h, b) > s.most_there[low]):
            return False
    return True


@njit(cache=True, nogil=True)
def _number(s, h, i):
    """Containers of type i on host h."""
    number = 0
    for e in range(s.size[h]):
        number += s.item[s.held[h, e]] == i
    return number


@njit(cache=True, nogil=True)
def take(s, c):
    """Take container c off its host; the host's cost is left to the caller."""
    h, i = s.host[c], s.item[c]
    last = s.held[h, s.size[h] - 1]
    s.held[h, s.slot[c]] = last
    s.slot[last] = s.slot[c]
    s.size[h] -= 1
    s.host[c] = -1
    for t in range(s.load.shape[1]):
        s.used[h, t] -= s.load[i, t]
    for r in range(s.need.shape[1]):
        s.taken[h, r] -= s.need[i, r]


@njit(cache=True, nogil=True)
def put(s, c, h):
    """Put unplaced container c on host h; the host's cost is left to the caller."""
    i = s.item[c]
    s.host[c] = h
    s.slot[c] = s.size[h]
    s.held[h, s.size[h]] = c
    s.size[h] += 1
    for t in range(s.load.shape[1]):
        s.used[h, t] += s.load[i, t]
    for r in range(s.need.shape[1]):
        s.taken[h, r] += s.need[i, r]
