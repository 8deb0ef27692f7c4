"""Numba kernel: places the copies of the pool again, in gaps first, then on new hosts of good types."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.solvers.search.arrays import ENERGY, POOLED, STAMP, TAKEN
from planner.solvers.search.choose_kernel import choose_anywhere, emptiest
from planner.solvers.search.draw_kernel import uniform
from planner.solvers.search.fill_kernel import fill, fill_fully, shrink
from planner.solvers.search.rules_kernel import release_room
from planner.solvers.search.trial_kernel import finish, open_host, reopen, scratch, shut_last, take

PRUNED = 0.98
"""The part of their worth that copies will cost in any case, by which hopeless moves are cut short."""
BARRED = -1.0
"""The key of an entry of the pool for which no host is to be had."""


@njit(cache=True, nogil=True)
def sort_pool(given, plan, weight, noise):
    """Order the pool by size under random weights of the resources, the largest first, with noise.

    Every other time, copies that are worth much for their size come first.
    """
    kinds = len(weight)
    for r in range(kinds):
        weight[r] = 0.2 + uniform(plan.random)
    by_worth = uniform(plan.random) < 0.5
    most = plan.number[POOLED]
    for e in range(most):
        i = plan.pool_item[e]
        key = 1e-9
        for r in range(kinds):
            key += weight[r] * given.bulk[i, r]
        if by_worth:
            key = (key**0.3) * given.dear[i]
        plan.pool_key[e] = key * (1.0 + noise * uniform(plan.random))
    by_key(plan)


@njit(cache=True, nogil=True)
def by_key(plan):
    """Order the pool by its keys, the largest first."""
    most = plan.number[POOLED]
    for e in range(most):
        plan.order[e] = e
    gap = 1
    while 3 * gap + 1 < most:
        gap = 3 * gap + 1
    while gap > 0:  # Shell sort: pools are short
        for at in range(gap, most):
            e = plan.order[at]
            key = plan.pool_key[e]
            while at >= gap and plan.pool_key[plan.order[at - gap]] < key:
                plan.order[at] = plan.order[at - gap]
                at -= gap
            plan.order[at] = e
        gap //= 3


@njit(cache=True, nogil=True)
def _ask(given, plan):
    """Sum up what the pool asks for; the copies in it for which hosts are to be had, and what they will cost."""
    plan.total[:] = 0
    total, worth = 0, 0.0
    for e in range(plan.number[POOLED]):
        n = plan.pool_copies[e]
        if n > 0 and plan.pool_key[e] != BARRED:
            total += n
            worth += n * given.worth[plan.pool_item[e]]
            for r in range(len(plan.total)):
                plan.total[r] += n * given.size[plan.pool_item[e], r]
    return total, PRUNED * worth


@njit(cache=True, nogil=True)
def _lead(plan):
    """The first entry in order for which a host may be had, or -1."""
    for at in range(plan.number[POOLED]):
        e = plan.order[at]
        if plan.pool_copies[e] > 0 and plan.pool_key[e] != BARRED:
            return e
    return -1


@njit(cache=True, nogil=True)
def into_gaps(given, plan, gaps, spot):
    """Fill the emptiest of a few hosts drawn, so many times; only those of one spot where `spot` is not -1."""
    for _ in range(gaps):
        host = emptiest(given, plan, 3 if spot < 0 else 8, spot)
        if host < 0 or plan.mark[host] == plan.number[STAMP]:
            continue
        before = plan.value[ENERGY]
        row = take(given, plan, host)
        if row < 0:
            return
        total = fill_fully(given, plan, row, 0.0, False)
        release_room(given, plan, row)
        finish(given, plan, row)
        if total == 0:
            plan.number[TAKEN] -= 1
            plan.mark[host] = 0
            plan.value[ENERGY] = before


@njit(cache=True, nogil=True)
def into_standing(given, plan):
    """Fill the hosts on trial that stand empty because they must stay."""
    for s in range(plan.number[TAKEN]):
        row = scratch(plan) + s
        if plan.slots[row] == 0:
            reopen(given, plan, row)
            fill_fully(given, plan, row, 0.0, False)
            release_room(given, plan, row)
            finish(given, plan, row)


@njit(cache=True, nogil=True)
def into_new(given, plan, spot, tries, noise, skipped, aligned, limit):
    """Open hosts until the pool is empty or nothing more is to be had.

    False once energy, and what the rest of the pool is worth, exceeds `limit`.
    """
    while True:
        total, rest = _ask(given, plan)
        if total == 0:
            return True
        if plan.value[ENERGY] + rest > limit:
            return False
        lead = _lead(plan)
        b = choose_anywhere(given, plan, plan.pool_item[lead], spot, tries, noise)
        row = open_host(given, plan, b) if b >= 0 else -1
        if row >= 0 and fill_fully(given, plan, row, skipped, aligned) == 0:
            fill(given, plan, row, 0.0)  # in case all were skipped
        if row >= 0 and plan.slots[row] == 0:
            release_room(given, plan, row)
            shut_last(given, plan)
            row = -1
        if row < 0:
            plan.pool_key[lead] = BARRED
            continue
        shrink(given, plan, row)
        release_room(given, plan, row)
        finish(given, plan, row)
