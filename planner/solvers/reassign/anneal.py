"""Numba kernel: simulated annealing by shifts and swaps.

G. M. Portal, M. Ritt, L. M. Borba, L. S. Buriol, "Simulated annealing for the machine reassignment problem",
Annals of Operations Research 242, 2016. A proposal passes its checks in the order of what they cost, and most fail
the first ones.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.solvers.reassign.draw import below
from planner.solvers.reassign.metropolis import accepted, shyness
from planner.solvers.reassign.pick import (
    any_like,
    any_of_service,
    any_of_site,
    any_process,
    some_dear,
    some_large,
    some_wide,
)
from planner.solvers.reassign.rearrange import try_rearrange
from planner.solvers.reassign.state import (
    COST,
    fits,
    fits_instead,
    is_on,
    move,
    moving,
    moving_change,
    rules_hold,
    shift_change,
    swap_change,
)

ANYWHERE_UNTIL, SITE_UNTIL, SHIFT_UNTIL = 5, 7, 8
"""Of all proposals: shifts to any machine, to one of the same site, and home."""
ANYBODY_UNTIL, LIKE_UNTIL, SWAP_UNTIL = 13, 15, 16
"""Swaps with any process, with one of much the same size, and with one of the same service."""
CROSS_UNTIL = 17
"""Two of one service that change sites."""
REARRANGE = 96
"""One rearrangement to so many of the others: each takes far longer, and more often left too little to those."""


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def try_shift(f, s, p, m, heat, random):
    """Move a process if all rules and the temperature let it; whether it moved."""
    if s.place[p] == m or is_on(f, s, f.service[p], m) or not fits(f, s, p, m):
        return False
    change = shift_change(f, s, p, m) + moving_change(f, s, p, m)
    if not accepted(change + heat * shyness(f, s, p, m), heat, random) or not rules_hold(f, s, p, m):
        return False
    move(f, s, p, m)
    s.sums[COST] += change
    return True


@njit(cache=True, nogil=True, _nrt=False, inline="always")
def try_swap(f, s, p, q, heat, random):
    """Exchange two processes if all rules and the temperature let them; whether they moved."""
    a, b = s.place[p], s.place[q]
    first, second = f.service[p], f.service[q]
    if a == b or (first != second and (is_on(f, s, first, b) or is_on(f, s, second, a))):
        return False
    if not fits_instead(f, s, p, q, b) or not fits_instead(f, s, q, p, a):
        return False
    charges = swap_change(f, s, p, q)
    steps = moving(f, p, b) - moving(f, p, a) + moving(f, q, a) - moving(f, q, b)
    shy = shyness(f, s, p, b) + shyness(f, s, q, a)
    if not accepted(charges + steps + heat * shy, heat, random) or not rules_hold(f, s, p, b):
        return False
    change = charges + moving_change(f, s, p, b)
    move(f, s, p, b)
    if not rules_hold(f, s, q, a):
        move(f, s, p, a)
        return False
    change += moving_change(f, s, q, a)
    move(f, s, q, a)
    if first == second:
        s.on[f.table_row[first], b] = True  # the second to leave has wiped out the mark of the first to come
    s.sums[COST] += change
    return True


@njit(cache=True, nogil=True, _nrt=False)
def try_cross(f, s, p, q, heat, random):
    """Let two processes of one service change sites, each to any machine there; whether they moved.

    Where a service is spread as wide as it can, no other moves between locations are left to it. Counts by
    location and neighbourhood stay, so spread and dependency need no look.
    """
    old, other = s.place[p], s.place[q]
    if f.site_of[old] == f.site_of[other]:
        return False
    a, b = any_of_site(f, other, random), any_of_site(f, old, random)
    k = f.service[p]
    if (a != other and is_on(f, s, k, a)) or (b != old and is_on(f, s, k, b)):
        return False
    if not (fits_instead(f, s, p, q, a) if a == other else fits(f, s, p, a)):
        return False
    if not (fits_instead(f, s, q, p, b) if b == old else fits(f, s, q, b)):
        return False
    shy = shyness(f, s, p, a) + shyness(f, s, q, b)
    change = shift_change(f, s, p, a) + moving_change(f, s, p, a)
    move(f, s, p, a)
    change += shift_change(f, s, q, b) + moving_change(f, s, q, b)
    if accepted(change + heat * shy, heat, random):
        move(f, s, q, b)
        s.sums[COST] += change
    else:
        move(f, s, p, old)
    for m in (old, other, a, b):  # two of the service may have met on a machine in between
        s.on[f.table_row[k], m] = False
    for m in (s.place[p], s.place[q]):
        s.on[f.table_row[k], m] = True
    return s.place[p] == a


@njit(cache=True, nogil=True, _nrt=False)
def anneal(f, s, heat, tries, random):
    """Propose so many moves at one temperature."""
    processes, machines = len(s.place), len(s.room)
    for n in range(tries):
        p = any_process(f, random)
        if n % REARRANGE == 0:
            big = some_large(f, random) if below(random, 2) == 0 else some_dear(f, s, random)
            try_rearrange(f, s, big, some_wide(f, big, random), heat, random)
        kind = below(random, CROSS_UNTIL)
        if kind < SHIFT_UNTIL:
            m = f.home[p]
            if kind < ANYWHERE_UNTIL:
                m = below(random, machines)
            elif kind < SITE_UNTIL:
                m = any_of_site(f, s.place[p], random)
            try_shift(f, s, p, m, heat, random)
        elif kind < SWAP_UNTIL:
            if kind < ANYBODY_UNTIL:
                q = below(random, processes)
            elif kind < LIKE_UNTIL:
                q = any_like(f, p, random)
            else:
                q = any_of_service(f, p, random)
            try_swap(f, s, p, q, heat, random)
        elif f.table_row[f.service[p]] >= 0:
            try_cross(f, s, p, any_of_service(f, p, random), heat, random)
