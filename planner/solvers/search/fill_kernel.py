"""Numba kernel: fills a scratch host from the pool, and changes it to the cheapest type that takes what is on it."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.solvers.search.arrays import POOLED, WORK
from planner.solvers.search.draw_kernel import uniform
from planner.solvers.search.rules_kernel import allowed, bound, count_host, held_by_type, may_open, reserve_room
from planner.solvers.search.trial_kernel import add, spend


@njit(cache=True, nogil=True)
def fill(given, plan, row, skipped):
    """Put what fits of the pool onto a scratch host, in order; the number of copies."""
    b = plan.bin[row]
    total = 0
    kinds = plan.free.shape[1]
    plan.number[WORK] += plan.number[POOLED]
    for at in range(plan.number[POOLED]):
        e = plan.order[at]
        n = plan.pool_copies[e]
        if n == 0:
            continue
        i = plan.pool_item[e]
        if not given.fits[i, b]:
            continue
        for r in range(kinds):
            if given.size[i, r] > plan.free[row, r]:
                n = 0
                break
        if n == 0 or (skipped > 0.0 and uniform(plan.random) < skipped):
            continue
        n = min(n, given.most[i])
        if n > 1:
            for r in range(kinds):
                if given.size[i, r] > 0:
                    n = min(n, plan.free[row, r] // given.size[i, r])
        if given.most[i] < given.loose[0] or bound(given, i):
            n = allowed(given, plan, row, i, n)
        if n > 0 and add(given, plan, row, i, n):
            plan.pool_copies[e] -= n
            total += n
    return total


@njit(cache=True, nogil=True)
def fill_aligned(given, plan, row, noise):
    """Put onto a scratch host, one after the other, what suits its free room best; the number of copies.

    Suits: the largest dot product of size and free room (Panigrahy et al., 2011), with noise.
    """
    b = plan.bin[row]
    total = 0
    kinds = plan.free.shape[1]
    for at in range(plan.number[POOLED]):
        plan.order_noise[at] = 1.0 + noise * uniform(plan.random)
    while True:
        best, most = -1, 0.0
        plan.number[WORK] += plan.number[POOLED]
        for e in range(plan.number[POOLED]):
            if plan.pool_copies[e] == 0:
                continue
            i = plan.pool_item[e]
            suits = 1e-12
            for r in range(kinds):
                if given.size[i, r] > plan.free[row, r]:
                    suits = 0.0
                    break
                suits += given.size[i, r] * given.share[b, r] * plan.free[row, r] * given.full[b, r]
            suits *= plan.order_noise[e]
            if suits > most and given.fits[i, b] and room_for(given, plan, row, i, 1) > 0:
                best, most = e, suits
        if best < 0:
            return total
        i, n = plan.pool_item[best], plan.pool_copies[best]
        n = max(1, min(n, given.most[i]) // 8) if n >= 8 else 1
        n = room_for(given, plan, row, i, n)
        if n == 0 or not add(given, plan, row, i, n):
            return total
        plan.pool_copies[best] -= n
        total += n


@njit(cache=True, nogil=True)
def room_for(given, plan, row, i, n):
    """How many of `n` copies a host has room for and all forms leave."""
    n = min(n, given.most[i])
    for r in range(plan.free.shape[1]):
        if given.size[i, r] > 0:
            n = min(n, plan.free[row, r] // given.size[i, r])
    if n > 0 and (given.most[i] < given.loose[0] or bound(given, i)):
        n = allowed(given, plan, row, i, n)
    return n


@njit(cache=True, nogil=True)
def fill_fully(given, plan, row, skipped, aligned):
    """Fill a scratch host, keeping free what kept room lacks; what needs neighbours gets a second chance."""
    reserve_room(given, plan, row)
    total = fill_aligned(given, plan, row, 0.5) if aligned else fill(given, plan, row, skipped)
    if total > 0 and len(given.near_kind) > 0:
        total += fill(given, plan, row, 0.0)
    return total


@njit(cache=True, nogil=True)
def shrink(given, plan, row):
    """Change a scratch host to the type of least objective in its domains that takes what is on it."""
    old = plan.bin[row]
    kinds = plan.free.shape[1]
    spot = given.spot[old]
    for at in range(given.spot_start[spot], given.spot_start[spot + 1]):
        b = given.spot_bins[at]
        if given.open[b] >= given.open[old]:
            return
        plan.number[WORK] += 1
        holds = True
        for r in range(kinds):
            if given.capacity[old, r] - plan.free[row, r] > given.capacity[b, r]:
                holds = False
                break
        if holds and plan.used[old] > plan.required[old] and _takes_all(given, plan, row, b):
            change = count_host(given, plan, old, -1)
            if may_open(given, plan, b):
                spend(plan, change + count_host(given, plan, b, 1))
                for k in range(plan.slots[row]):
                    _weigh_anew(given, plan, plan.item[row, k], plan.copies[row, k], old, b)
                for r in range(kinds):
                    plan.free[row, r] += given.capacity[b, r] - given.capacity[old, r]
                plan.bin[row] = b
                return
            count_host(given, plan, old, 1)


@njit(cache=True, nogil=True)
def _takes_all(given, plan, row, b):
    """Whether another type in the same domains admits the copies of a host, at no more than the host saves."""
    more = given.open[b] - given.open[plan.bin[row]]
    for k in range(plan.slots[row]):
        i = plan.item[row, k]
        if not given.fits[i, b]:
            return False
        if len(given.place) > 0:
            more += plan.copies[row, k] * (given.place[i, b] - given.place[i, plan.bin[row]])
        for e in range(given.cap_start[i], given.cap_start[i + 1]):
            heavier = given.cap_table[given.cap_row[e], b] - given.cap_table[given.cap_row[e], plan.bin[row]]
            if heavier > 0 and heavier * plan.copies[row, k] > plan.cap_left[given.cap_of[e]]:
                return False
    return more < 0 and held_by_type(given, plan, row, b)


@njit(cache=True, nogil=True)
def _weigh_anew(given, plan, i, n, old, b):
    """Enter copies that have changed from one bin type to another in the same domains."""
    for e in range(given.cap_start[i], given.cap_start[i + 1]):
        row = given.cap_row[e]
        plan.cap_left[given.cap_of[e]] -= n * (given.cap_table[row, b] - given.cap_table[row, old])
    if len(given.place) > 0:
        spend(plan, n * (given.place[i, b] - given.place[i, old]))
