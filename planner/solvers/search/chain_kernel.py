"""Numba kernel: ejection chains. Copies of the pool go onto hosts of the plan, pushing smaller ones on where need be.

F. Glover, "Ejection chains, reference structures and alternating path methods for traveling salesman problems" (1996);
for assignment under capacities: M. Yagiura, T. Ibaraki, F. Glover, "A path relinking approach with ejection chains for
the generalized assignment problem" (2006).
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.solvers.search.arrays import HOSTS, POOLED, STAMP, TAKEN, WORK
from planner.solvers.search.draw_kernel import below
from planner.solvers.search.fill_kernel import room_for
from planner.solvers.search.rules_kernel import is_needed
from planner.solvers.search.trial_kernel import add, energy_with, finish, into_pool, remove, reopen, scratch, take

LOOKED_AT = 16
"""Hosts drawn for each lot that is placed."""
STEPS = 40
"""Lots placed in one chain."""
GIVEN_UP = -1.0
"""The key of an entry of the pool that found no host."""
SPARE = 24
"""Scratch rows that a chain leaves for new hosts."""


@njit(cache=True, nogil=True)
def settle(given, plan, spot):
    """Place the pool on hosts that are open, the largest lots first; what finds no host stays in the pool.

    Only hosts of one spot are looked at where `spot` is not -1.
    """
    for e in range(plan.number[POOLED]):
        plan.pool_key[e] = _bulk(given, plan.pool_item[e])
    for _ in range(STEPS):
        lot = -1
        for e in range(plan.number[POOLED]):
            if (
                plan.pool_copies[e] > 0
                and plan.pool_key[e] > 0.0
                and (lot < 0 or plan.pool_key[e] > plan.pool_key[lot])
            ):
                lot = e
        if lot < 0 or plan.number[TAKEN] >= len(plan.origin) - SPARE:
            return
        if not _place(given, plan, lot, spot):
            plan.pool_key[lot] = GIVEN_UP


@njit(cache=True, nogil=True)
def _bulk(given, i):
    total = 1e-9
    for r in range(given.bulk.shape[1]):
        total += given.bulk[i, r]
    return total


@njit(cache=True, nogil=True)
def _place(given, plan, lot, spot):
    """Put copies of a lot on the host drawn that they fit best, or on one that has smaller copies to push on."""
    i, n = plan.pool_item[lot], plan.pool_copies[lot]
    best, fitting, least = -1, 0, np.inf
    pushing, slot, pushed, lightest = -1, -1, 0, _bulk(given, i)
    tried = plan.number[TAKEN]
    for look in range(tried + LOOKED_AT):
        row = scratch(plan) + look if look < tried else below(plan.random, plan.number[HOSTS])
        if look >= tried and plan.mark[row] == plan.number[STAMP]:
            continue
        b = plan.bin[row]
        if not given.fits[i, b] or (spot >= 0 and given.spot[b] != spot):
            continue
        plan.number[WORK] += 1
        room = room_for(given, plan, row, i, n)
        if room > 0:
            change = (energy_with(given, plan, row, i, room, 0, 0) - energy_with(given, plan, row, i, 0, 0, 0)) / room
            if len(given.place) > 0:
                change += given.place[i, b]
            if change < least:
                best, fitting, least = row, room, change
        elif best < 0:
            plan.number[WORK] += plan.slots[row]
            for k in range(plan.slots[row]):
                m = _in_the_way(given, plan, row, k, i)
                bulk = m * _bulk(given, plan.item[row, k])
                if m > 0 and bulk < 0.999 * lightest:
                    pushing, slot, pushed, lightest = row, k, m, bulk
    if best >= 0:
        row = _on_trial(given, plan, best)
    elif pushing >= 0:
        row = _on_trial(given, plan, pushing)
        j, before = plan.item[row, slot], plan.number[POOLED]
        if not into_pool(plan, j, pushed):
            finish(given, plan, row)
            return False
        if plan.number[POOLED] > before:
            plan.pool_key[before] = _bulk(given, j)
        remove(given, plan, row, slot, pushed)
        fitting = room_for(given, plan, row, i, 1)
    else:
        return False
    placed = fitting > 0 and add(given, plan, row, i, fitting)
    if placed:
        plan.pool_copies[lot] -= fitting
    finish(given, plan, row)
    return placed


@njit(cache=True, nogil=True)
def _on_trial(given, plan, row):
    """The scratch row of a host, open for changes."""
    if row < scratch(plan):
        return take(given, plan, row)
    reopen(given, plan, row)
    return row


@njit(cache=True, nogil=True)
def _in_the_way(given, plan, row, k, i):
    """How many copies of slot `k` must go for one copy of item type i to fit; 0 where all are too few, or none is."""
    j = plan.item[row, k]
    if j == i or is_needed(given, j):
        return 0
    m = 0
    for r in range(plan.free.shape[1]):
        short = given.size[i, r] - plan.free[row, r]
        if short > 0:
            if given.size[j, r] == 0:
                return 0
            m = max(m, -(-short // given.size[j, r]))
    return m if m <= plan.copies[row, k] else 0
