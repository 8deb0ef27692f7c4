"""Numba kernel: a few containers of one host for a few of another, of about the same size together.

Exchanges of one for one alone leave a search stuck where sizes differ: a large container for two small
ones, or two for two, are steps that no sequence of cheap single moves makes.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

from planner.solvers.levelling.draw_kernel import below, unit
from planner.solvers.levelling.host_kernel import ZERO, fits, put, take

FEW = 4
"""Most containers that leave one host."""


@njit(cache=True, nogil=True)
def exchange(s, c, g, heat, mine, theirs, change, rng):
    """Let container c, and perhaps another of its host, change places with one to three of host g.

    All are drawn but the last one of g, which makes up best for what the others lack in size.
    `mine` and `theirs` int64[FEW] and `change` int32[T] are scratch. Returns whether it was done.
    """
    h = s.host[c]
    if g == h:
        return 0
    kind = below(rng, 8)
    leave, come = (2, 2) if kind >= 6 else (1, 3) if kind == 5 else (1, 2) if kind >= 2 else (1, 1)
    if s.size[h] < leave or s.size[g] < come:
        return 0
    mine[0] = c
    rest = s.weight[s.item[c]]
    if leave == 2:
        mine[1] = s.held[h, below(rng, s.size[h])]
        if mine[1] == c:
            return 0
        rest += s.weight[s.item[mine[1]]]
    slack = rest >> 3
    for k in range(come - 1):
        theirs[k] = s.held[g, below(rng, s.size[g])]
        for before in range(k):
            if theirs[before] == theirs[k]:
                return 0
        rest -= s.weight[s.item[theirs[k]]]
    if rest <= 0:
        return 0
    least = slack + 1
    for slot in range(s.size[g]):
        d = s.held[g, slot]
        off = abs(rest - s.weight[s.item[d]])
        if off < least and not _among(d, theirs, come - 1):
            theirs[come - 1], least = d, off
    if least > slack or not _changed(s, mine, leave, theirs, come, change):
        return 0
    most = -heat * np.log(1.0 - unit(rng))
    here, there = _over_changed(s, h, change, 1), _over_changed(s, g, change, -1)
    if here + there - s.over[h] - s.over[g] > most:
        return 0
    for k in range(leave):
        take(s, mine[k])
    for k in range(come):
        take(s, theirs[k])
    if _all_put(s, mine, leave, g):
        if _all_put(s, theirs, come, h):
            s.over[h], s.over[g] = here, there
            return 1
        for k in range(leave):
            take(s, mine[k])
    for k in range(leave):
        put(s, mine[k], h)
    for k in range(come):
        put(s, theirs[k], g)
    return 0


@njit(cache=True, nogil=True)
def _among(c, some, count):
    found = False
    for k in range(count):
        found |= some[k] == c
    return found


@njit(cache=True, nogil=True)
def _all_put(s, some, count, h):
    """Put unplaced containers onto host h if all fit, else none."""
    for k in range(count):
        if not fits(s, h, s.item[some[k]]):
            for before in range(k):
                take(s, some[before])
            return False
        put(s, some[k], h)
    return True


@njit(cache=True, nogil=True)
def _changed(s, mine, leave, theirs, come, change):
    """Fill `change` with the load that comes minus the load that leaves; returns whether any differs."""
    load = s.load
    change[:] = 0
    for k in range(come):
        i = s.item[theirs[k]]
        for t in range(load.shape[1]):
            change[t] = np.int32(change[t] + load[i, t])
    for k in range(leave):
        i = s.item[mine[k]]
        for t in range(load.shape[1]):
            change[t] = np.int32(change[t] - load[i, t])
    differs = np.int32(0)
    for t in range(load.shape[1]):
        differs = np.int32(differs | change[t])
    return differs != 0


@njit(cache=True, nogil=True, fastmath=True)
def _over_changed(s, h, change, sign):
    """Cost beyond 1 of host h after the change, or after its opposite (sign -1)."""
    used, c = s.used, s.curve
    knee, c0, c1, c2, c3, c4, c5 = c[0], c[2], c[3], c[4], c[5], c[6], c[7]
    share, total, sign = np.float32(1.0) / np.float32(s.power[h]), ZERO, np.int32(sign)
    for t in range(used.shape[1]):
        z = max(ZERO, np.float32(np.int32(used[h, t] + np.int32(change[t] * sign))) * share - knee)
        total += z * (c0 + z * (c1 + z * (c2 + z * (c3 + z * (c4 + z * c5)))))
    return np.float64(total * c[1])
