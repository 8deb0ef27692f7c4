"""Numba kernel: hosts of another shape. Two become one, one or two are parted anew, one gets a cheaper type."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.solvers.search.arrays import HOSTS, POOLED, STAMP, WORK
from planner.solvers.search.choose_kernel import dearest
from planner.solvers.search.draw_kernel import below, uniform
from planner.solvers.search.fill_kernel import fill_fully
from planner.solvers.search.recreate_kernel import by_key
from planner.solvers.search.rules_kernel import may_open, release_room
from planner.solvers.search.trial_kernel import empty, finish, open_host, shut_last

PARTNERS = 16
"""Hosts looked at to merge with one."""
CHEAPER = 6
"""Cheaper types compared for a host."""


@njit(cache=True, nogil=True)
def merge(given, plan):
    """Put what is on two hosts of one spot onto one that costs less than both; False where no two drawn allow it."""
    hosts = plan.number[HOSTS]
    if hosts < 2:
        return False
    a = below(plan.random, hosts)
    best, partner, most = -1, -1, 0.0
    for _ in range(PARTNERS):
        other = below(plan.random, hosts)
        if other == a or given.spot[plan.bin[other]] != given.spot[plan.bin[a]]:
            continue
        both = given.open[plan.bin[a]] + given.open[plan.bin[other]]
        _load(given, plan, a, other)
        b = _cheapest(given, plan, given.spot[plan.bin[a]], plan.asked, both - most)
        if b >= 0:
            best, partner, most = b, other, both - given.open[b]
    if best < 0 or not empty(given, plan, a) or not empty(given, plan, partner):
        return False
    _in_order(plan)
    _open_filled(given, plan, best)
    return True


@njit(cache=True, nogil=True)
def part(given, plan, two):
    """Part what is on one host, or on two, anew: in a random direction of the resources, cut where hosts cost least."""
    hosts = plan.number[HOSTS]
    a = dearest(given, plan, 2)
    spot = given.spot[plan.bin[a]]
    if not empty(given, plan, a):
        return False
    if two:
        mate = below(plan.random, hosts)
        if plan.mark[mate] != plan.number[STAMP] and given.spot[plan.bin[mate]] == spot:
            empty(given, plan, mate)
    if plan.number[POOLED] < 2:
        return False
    _along(given, plan)
    plan.total[:] = 0
    plan.asked[:] = 0
    for e in range(plan.number[POOLED]):
        for r in range(len(plan.asked)):
            plan.asked[r] += plan.pool_copies[e] * given.size[plan.pool_item[e], r]
    best, cheap, other, where = np.inf, -1, -1, 0
    for at in range(plan.number[POOLED] - 1):
        e = plan.order[at]
        for r in range(len(plan.asked)):
            moved = plan.pool_copies[e] * given.size[plan.pool_item[e], r]
            plan.total[r] += moved
            plan.asked[r] -= moved
        one = _cheapest(given, plan, spot, plan.total, best)
        if one >= 0:
            rest = _cheapest(given, plan, spot, plan.asked, best - given.open[one])
            if rest >= 0:
                best, cheap, other, where = given.open[one] + given.open[rest], one, rest, at
    if cheap < 0:
        return False
    last = plan.number[POOLED]
    plan.number[POOLED] = where + 1  # the order names entries: only those of the first part are looked at
    _open_filled(given, plan, cheap)
    plan.number[POOLED] = last
    _open_filled(given, plan, other)
    return True


@njit(cache=True, nogil=True)
def retype(given, plan):
    """Put what is on a host onto one of a cheaper type; what has no room there stays in the pool."""
    host = dearest(given, plan, 2)
    old, spot = plan.bin[host], given.spot[plan.bin[host]]
    first = given.spot_start[spot]
    cheaper = first
    while cheaper < given.spot_start[spot + 1] and given.open[given.spot_bins[cheaper]] < given.open[old]:
        cheaper += 1
    if cheaper == first:
        return False
    best, most = -1, -np.inf
    for _ in range(CHEAPER):
        b = given.spot_bins[first + below(plan.random, cheaper - first)]
        over = 0.02
        for r in range(plan.free.shape[1]):
            load = given.capacity[old, r] - plan.free[host, r]
            over = max(over, (load - given.capacity[b, r]) * given.full[old, r])
        value = (given.open[old] - given.open[b]) / over
        if value > most:
            best, most = b, value
    if not empty(given, plan, host):
        return False
    _in_order(plan)
    _open_filled(given, plan, best)
    return True


@njit(cache=True, nogil=True)
def _load(given, plan, a, other):
    """What two hosts carry together, in `asked`."""
    for r in range(len(plan.asked)):
        plan.asked[r] = given.capacity[plan.bin[a], r] - plan.free[a, r]
        plan.asked[r] += given.capacity[plan.bin[other], r] - plan.free[other, r]


@njit(cache=True, nogil=True)
def _cheapest(given, plan, spot, asked, below_price):
    """The cheapest type of a spot that has room for all that is asked and costs less than `below_price`, or -1."""
    for at in range(given.spot_start[spot], given.spot_start[spot + 1]):
        b = given.spot_bins[at]
        if given.open[b] >= below_price:
            return -1
        plan.number[WORK] += 1
        holds = True
        for r in range(len(asked)):
            if asked[r] > given.capacity[b, r]:
                holds = False
                break
        if holds and may_open(given, plan, b):
            return b
    return -1


@njit(cache=True, nogil=True)
def _open_filled(given, plan, b):
    """Open a host, where one more is to be had, and fill it from the pool; nothing where it would stay empty."""
    row = open_host(given, plan, b) if may_open(given, plan, b) else -1
    if row < 0:
        return
    total = fill_fully(given, plan, row, 0.0, False)
    release_room(given, plan, row)
    if total == 0:
        shut_last(given, plan)
    else:
        finish(given, plan, row)


@njit(cache=True, nogil=True)
def _in_order(plan):
    for e in range(plan.number[POOLED]):
        plan.order[e] = e


@njit(cache=True, nogil=True)
def _along(given, plan):
    """Order the pool along a random direction: what is heavy in one resource first, in another last."""
    kinds = len(plan.asked)
    for e in range(plan.number[POOLED]):
        plan.pool_key[e] = 0.0
        plan.order[e] = e
    for r in range(kinds):
        weight = 2.0 * uniform(plan.random) - 1.0
        for e in range(plan.number[POOLED]):
            plan.pool_key[e] += weight * given.bulk[plan.pool_item[e], r]
    by_key(plan)
