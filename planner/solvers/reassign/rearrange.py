"""Numba kernel: a process is forced onto a machine, and as many others leave it as it takes.

"Big process rearrangement" of the contest's winner: H. Gavranović, M. Buljubašić, E. Demirović, "Variable
neighborhood search for Google machine reassignment problem", Electronic Notes in Discrete Mathematics 39, 2012.
Shifts and swaps hardly ever move large processes, as no machine has the room: here it is made. Those pushed out go
wherever it costs least, not only to the room left behind: few machines can take the last large process of one that
should be empty, and that one is the worst place for the others.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.solvers.reassign.draw import below
from planner.solvers.reassign.metropolis import accepted, shyness
from planner.solvers.reassign.state import (
    COST,
    fits,
    is_on,
    move,
    moving_change,
    overfull,
    rules_hold,
    shift_change,
    would_fit,
)

LOOK = 24
"""Processes of a machine that are looked at."""
PLACES = 12
"""Machines that are looked at for a process that is pushed out."""
SKIP = 256
"""Most processes of a machine that are passed over before."""


@njit(cache=True, nogil=True, _nrt=False)
def try_rearrange(f, s, p, m, heat, random):
    """Force a process onto a machine and push others out; what then pays goes between that and the old machine."""
    old = s.place[p]
    if old == m or is_on(f, s, f.service[p], m) or not would_fit(f, p, m) or not rules_hold(f, s, p, m):
        return
    steps = np.int64(0)
    change, shy = one_more(f, s, p, m, steps)
    steps += 1
    for target, source in ((old, m), (m, old), (old, m)):
        q = s.first[source]
        if s.crowd[source] > LOOK:
            for _ in range(below(random, min(SKIP, s.crowd[source] - LOOK))):
                q = s.after[q]
        for _ in range(LOOK):
            if q < 0 or steps == s.trail.shape[1]:
                break
            following = s.after[q]
            goes = -1
            if q != p and source == m and overfull(s, m):
                goes = refuge(f, s, q, old, heat, random)
            elif q != p and may_go(f, s, q, target):
                gain = shift_change(f, s, q, target) + moving_change(f, s, q, target)
                if accepted(gain + heat * shyness(f, s, q, target), heat, random) and rules_hold(f, s, q, target):
                    goes = target
            if goes >= 0:
                more, shyer = one_more(f, s, q, goes, steps)
                change, shy, steps = change + more, shy + shyer, steps + 1
            q = following
        if overfull(s, m):
            break
    if overfull(s, m) or not accepted(change + heat * shy, heat, random):
        for n in range(steps - 1, -1, -1):
            move(f, s, s.trail[0, n], s.trail[1, n])
    else:
        s.sums[COST] += change


@njit(cache=True, nogil=True, _nrt=False)
def refuge(f, s, q, first, heat, random):
    """The best place for a process that is pushed out: the one left free, its home, or some others; -1 for none."""
    best, least = -1, np.inf
    for n in range(PLACES):
        if n == 0:
            m = first
        elif n == 1:
            m = f.home[q]
        else:
            m = below(random, len(s.room))
        if m != s.place[q] and may_go(f, s, q, m):
            loss = shift_change(f, s, q, m) + moving_change(f, s, q, m) + heat * shyness(f, s, q, m)
            if loss < least and rules_hold(f, s, q, m):
                best, least = m, loss
    return best


@njit(cache=True, nogil=True, _nrt=False)
def may_go(f, s, q, m):
    """Whether neither conflict nor room keeps a process off a machine."""
    return not is_on(f, s, f.service[q], m) and fits(f, s, q, m)


@njit(cache=True, nogil=True, _nrt=False)
def one_more(f, s, p, m, steps):
    """Move a process and note where it was; by how much cost and shyness grow."""
    change = shift_change(f, s, p, m) + moving_change(f, s, p, m)
    shy = shyness(f, s, p, m)
    s.trail[0, steps], s.trail[1, steps] = p, s.place[p]
    move(f, s, p, m)
    return change, shy
