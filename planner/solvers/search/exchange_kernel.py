"""Numba kernel: shift and swap. Copies change hosts one lot at a time, weighed before anything is touched."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.solvers.search.arrays import ENERGY, HOSTS, WORK
from planner.solvers.search.draw_kernel import below, uniform
from planner.solvers.search.rules_kernel import allowed, bound, is_needed
from planner.solvers.search.trial_kernel import add, empty, energy_with, finish, remove, take

TARGETS = 24
"""Hosts that one lot is offered to."""


@njit(cache=True, nogil=True)
def exchange(given, plan, limit, swapping):
    """Shift a lot to another host, or swap it for one of that host, where energy stays within `limit`.

    False where no host drawn allows it.
    """
    hosts = plan.number[HOSTS]
    a = below(plan.random, hosts)
    if hosts < 2 or plan.slots[a] == 0:
        return False
    k = below(plan.random, plan.slots[a])
    i, n = plan.item[a, k], _lot(plan, a, k)
    if is_needed(given, i):
        return False
    before = energy_with(given, plan, a, i, 0, i, 0)
    for _ in range(TARGETS):
        b = below(plan.random, hosts)
        plan.number[WORK] += 1
        if b == a or not given.fits[i, plan.bin[b]]:
            continue
        j, m, other = i, 0, -1
        if swapping:
            if plan.slots[b] == 0:
                continue
            other = below(plan.random, plan.slots[b])
            j, m = plan.item[b, other], _lot(plan, b, other)
            if (
                j == i
                or is_needed(given, j)
                or not given.fits[j, plan.bin[a]]
                or not _holds(given, plan, a, j, m, i, n)
            ):
                continue
        if not _holds(given, plan, b, i, n, j, m):
            continue
        change = energy_with(given, plan, b, i, n, j, m) - energy_with(given, plan, b, i, 0, j, 0)
        closes = not swapping and plan.slots[a] == 1 and n == plan.copies[a, k]
        change -= given.open[plan.bin[a]] if closes else 0.0
        change += -before if closes else energy_with(given, plan, a, j, m, i, n) - before
        if len(given.place) > 0:
            change += n * (given.place[i, plan.bin[b]] - given.place[i, plan.bin[a]])
            change += m * (given.place[j, plan.bin[a]] - given.place[j, plan.bin[b]])
        if plan.value[ENERGY] + change <= limit:
            return _done(given, plan, a, k, n, b, other, m, closes)
    return False


@njit(cache=True, nogil=True)
def _lot(plan, host, k):
    """Copies of a slot that move: one, or all."""
    return 1 if uniform(plan.random) < 0.5 else plan.copies[host, k]


@njit(cache=True, nogil=True)
def _holds(given, plan, host, i, n, j, m):
    """Whether a host has room for `n` copies of item type i once `m` of item type j are gone."""
    holds = True
    for r in range(plan.free.shape[1]):
        holds &= n * given.size[i, r] <= plan.free[host, r] + m * given.size[j, r]
    return holds


@njit(cache=True, nogil=True)
def _done(given, plan, a, k, n, b, other, m, closes):
    """Do it on trial: `n` copies of slot `k` of a host for `m` of slot `other` of another; False where forms object."""
    i, j = plan.item[a, k], plan.item[b, other] if m > 0 else plan.item[a, k]
    if closes:
        if not empty(given, plan, a):
            return False
        plan.pool_copies[plan.entry[i]] -= n
        there = take(given, plan, b)
        held = _admitted(given, plan, there, i, n)
        finish(given, plan, there)
        return held
    here, there = take(given, plan, a), take(given, plan, b)
    remove(given, plan, here, k, n)
    if m > 0:
        remove(given, plan, there, other, m)
    held = _admitted(given, plan, there, i, n) and (m == 0 or _admitted(given, plan, here, j, m))
    finish(given, plan, here)
    finish(given, plan, there)
    return held


@njit(cache=True, nogil=True)
def _admitted(given, plan, row, i, n):
    if (given.most[i] < given.loose[0] or bound(given, i)) and allowed(given, plan, row, i, n) < n:
        return False
    return add(given, plan, row, i, n)
