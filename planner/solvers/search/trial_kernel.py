"""Numba kernel: a move on trial. Hosts are changed in scratch rows; the plan's own rows only once it is kept.

A move empties hosts or takes copies of them, opens others, and is then kept or dropped. The books of
forms are those of the trial throughout.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.solvers.search.arrays import (
    CLOSED,
    ENERGY,
    HOSTS,
    LEFT,
    POOLED,
    SPENT,
    STAMP,
    TAKEN,
    WAITING,
)
from planner.solvers.search.rules_kernel import bound, count_copies, count_host, count_room


@njit(cache=True, nogil=True)
def energy(given, plan, row):
    """What slack on a host takes off the objective."""
    return energy_with(given, plan, row, 0, 0, 0, 0)


@njit(cache=True, nogil=True)
def energy_with(given, plan, row, i, n, j, m):
    """What slack on a host would take off with `n` more copies of item type i and `m` fewer of j."""
    b = plan.bin[row]
    if given.reward[b] == 0.0:
        return 0.0
    slack = 0.0
    for r in range(plan.free.shape[1]):
        slack += given.share[b, r] * (plan.free[row, r] - n * given.size[i, r] + m * given.size[j, r])
    return -given.reward[b] * slack * slack


@njit(cache=True, nogil=True)
def spend(plan, amount):
    """Add to the objective."""
    plan.value[SPENT] += amount
    plan.value[ENERGY] += amount


@njit(cache=True, nogil=True)
def begin(plan):
    """Start a move."""
    plan.number[STAMP] += 1
    plan.number[TAKEN] = 0
    plan.number[CLOSED] = 0
    plan.number[POOLED] = 0


@njit(cache=True, nogil=True)
def scratch(plan):
    """The first scratch row."""
    return len(plan.bin) - len(plan.origin)


@njit(cache=True, nogil=True)
def into_pool(plan, i, n):
    """Put copies into the pool, beside those left out; False where it is full."""
    at = plan.entry[i]
    if at < 0:
        at = plan.number[POOLED]
        if at == len(plan.pool_item):
            return False
        plan.number[POOLED] += 1
        plan.entry[i] = at
        plan.pool_item[at] = i
        plan.pool_copies[at] = plan.left[i]
    plan.pool_copies[at] += n
    return True


@njit(cache=True, nogil=True)
def add(given, plan, row, i, n):
    """Put `n` copies onto a scratch host where all forms allow them; False where it has no slot left."""
    at = 0
    slots = plan.slots[row]
    while at < slots and plan.item[row, at] != i:
        at += 1
    if at == slots:
        if slots == plan.item.shape[1]:
            return False
        plan.item[row, at] = i
        plan.copies[row, at] = 0
        plan.slots[row] += 1
    plan.copies[row, at] += n
    for r in range(plan.free.shape[1]):
        plan.free[row, r] -= n * given.size[i, r]
    b = plan.bin[row]
    if bound(given, i):
        count_copies(given, plan, b, i, n)
    if len(given.place) > 0:
        spend(plan, n * given.place[i, b])
    return True


@njit(cache=True, nogil=True)
def remove(given, plan, row, k, n):
    """Take `n` copies off slot `k` of a scratch host; the last slot moves up where it gets empty."""
    i, b = plan.item[row, k], plan.bin[row]
    plan.copies[row, k] -= n
    if plan.copies[row, k] == 0:
        last = plan.slots[row] - 1
        plan.item[row, k] = plan.item[row, last]
        plan.copies[row, k] = plan.copies[row, last]
        plan.slots[row] = last
    for r in range(plan.free.shape[1]):
        plan.free[row, r] += n * given.size[i, r]
    if bound(given, i):
        count_copies(given, plan, b, i, -n)
    if len(given.place) > 0:
        spend(plan, -n * given.place[i, b])


@njit(cache=True, nogil=True)
def enter(given, plan, row, sign):
    """Enter (1) or strike (-1) all copies on a host in the books, and what they cost beside it."""
    b = plan.bin[row]
    for k in range(plan.slots[row]):
        i = plan.item[row, k]
        if bound(given, i):
            count_copies(given, plan, b, i, sign * plan.copies[row, k])
        if len(given.place) > 0:
            spend(plan, sign * plan.copies[row, k] * given.place[i, b])


@njit(cache=True, nogil=True)
def _next(plan):
    """A fresh scratch row, or -1 where all are taken."""
    if plan.number[TAKEN] == len(plan.origin):
        return -1
    row = scratch(plan) + plan.number[TAKEN]
    plan.number[TAKEN] += 1
    return row


@njit(cache=True, nogil=True)
def open_host(given, plan, b):
    """Open an empty host on trial; `finish` it when filled. Its row, or -1 where no scratch row is left."""
    row = _next(plan)
    if row < 0:
        return row
    plan.origin[plan.number[TAKEN] - 1] = -1
    plan.bin[row] = b
    plan.slots[row] = 0
    for r in range(plan.free.shape[1]):
        plan.free[row, r] = given.capacity[b, r]
    spend(plan, count_host(given, plan, b, 1))
    return row


@njit(cache=True, nogil=True)
def shut_last(given, plan):
    """Give the scratch row opened last, still empty and not finished, back."""
    row = scratch(plan) + plan.number[TAKEN] - 1
    spend(plan, count_host(given, plan, plan.bin[row], -1))
    plan.number[TAKEN] -= 1


@njit(cache=True, nogil=True)
def take(given, plan, host):
    """Change a host of the plan on trial; `finish` it when changed. Its scratch row, or -1."""
    row = _next(plan)
    if row < 0:
        return row
    plan.origin[plan.number[TAKEN] - 1] = host
    plan.mark[host] = plan.number[STAMP]
    copy_row(plan, host, row)
    plan.value[ENERGY] -= energy(given, plan, row)
    count_room(given, plan, row, -1)
    return row


@njit(cache=True, nogil=True)
def empty(given, plan, host):
    """Empty a host of the plan into the pool; it is closed, or stands empty on trial where it must stay.

    False where there is no space left for it; then nothing has changed.
    """
    if plan.number[CLOSED] == len(plan.closed) or plan.number[TAKEN] == len(plan.origin):
        return False
    if plan.number[POOLED] + plan.slots[host] > len(plan.pool_item):
        return False
    b = plan.bin[host]
    plan.mark[host] = plan.number[STAMP]
    plan.value[ENERGY] -= energy(given, plan, host)
    count_room(given, plan, host, -1)
    enter(given, plan, host, -1)
    for k in range(plan.slots[host]):
        into_pool(plan, plan.item[host, k], plan.copies[host, k])
    spend(plan, count_host(given, plan, b, -1))
    if plan.used[b] < plan.required[b]:
        row = open_host(given, plan, b)
        plan.origin[row - scratch(plan)] = host
        finish(given, plan, row)
    else:
        plan.closed[plan.number[CLOSED]] = host
        plan.number[CLOSED] += 1
    return True


@njit(cache=True, nogil=True)
def finish(given, plan, row):
    """Enter a scratch host, as it is now, in the books of room and energy."""
    plan.value[ENERGY] += energy(given, plan, row)
    count_room(given, plan, row, 1)


@njit(cache=True, nogil=True)
def reopen(given, plan, row):
    """Strike a finished scratch host from the books of room and energy, to change it further."""
    plan.value[ENERGY] -= energy(given, plan, row)
    count_room(given, plan, row, -1)


@njit(cache=True, nogil=True)
def drop(given, plan):
    """Undo the move: its books are those of the plan's own rows again."""
    base = scratch(plan)
    for s in range(plan.number[TAKEN]):
        row, host = base + s, plan.origin[s]
        plan.value[ENERGY] -= energy(given, plan, row)
        count_room(given, plan, row, -1)
        enter(given, plan, row, -1)
        if host < 0:
            spend(plan, count_host(given, plan, plan.bin[row], -1))
        else:
            if plan.bin[row] != plan.bin[host]:
                spend(plan, count_host(given, plan, plan.bin[row], -1) + count_host(given, plan, plan.bin[host], 1))
            _restore(given, plan, host)
    for c in range(plan.number[CLOSED]):
        host = plan.closed[c]
        spend(plan, count_host(given, plan, plan.bin[host], 1))
        _restore(given, plan, host)
    _forget_pool(plan)


@njit(cache=True, nogil=True)
def _restore(given, plan, host):
    enter(given, plan, host, 1)
    count_room(given, plan, host, 1)
    plan.value[ENERGY] += energy(given, plan, host)


@njit(cache=True, nogil=True)
def _forget_pool(plan):
    for e in range(plan.number[POOLED]):
        plan.entry[plan.pool_item[e]] = -1
    plan.number[POOLED] = 0


@njit(cache=True, nogil=True)
def fits_rows(plan):
    """Whether the plan has rows for the hosts that a move opens."""
    opened = 0
    for s in range(plan.number[TAKEN]):
        opened += plan.origin[s] < 0
    return plan.number[HOSTS] + opened - plan.number[CLOSED] <= scratch(plan)


@njit(cache=True, nogil=True)
def keep(given, plan):
    """Make the move part of the plan; `fits_rows` must hold."""
    base = scratch(plan)
    closed = plan.number[CLOSED]
    for s in range(plan.number[TAKEN]):
        host = plan.origin[s]
        if host < 0:
            if closed > 0:
                closed -= 1
                host = plan.closed[closed]
            else:
                host = plan.number[HOSTS]
                plan.number[HOSTS] += 1
        copy_row(plan, base + s, host)
    while closed > 0:  # close rows from the last one on: a row that moves up is never one of them
        at = 0
        for c in range(1, closed):
            if plan.closed[c] > plan.closed[at]:
                at = c
        host = plan.closed[at]
        closed -= 1
        plan.closed[at] = plan.closed[closed]
        plan.number[HOSTS] -= 1
        last = plan.number[HOSTS]
        if host != last:
            copy_row(plan, last, host)
    for e in range(plan.number[POOLED]):
        set_left(given, plan, plan.pool_item[e], plan.pool_copies[e])
    _forget_pool(plan)


@njit(cache=True, nogil=True)
def set_left(given, plan, i, n):
    """Say how many copies of an item type are left out."""
    plan.value[LEFT] += (n - plan.left[i]) * given.loss[i]
    plan.left[i] = n
    seat = plan.seat[i]
    if n > 0 and seat < 0:
        plan.seat[i] = plan.number[WAITING]
        plan.waiting[plan.number[WAITING]] = i
        plan.number[WAITING] += 1
    elif n == 0 and seat >= 0:
        plan.number[WAITING] -= 1
        other = plan.waiting[plan.number[WAITING]]
        plan.waiting[seat] = other
        plan.seat[other] = seat
        plan.seat[i] = -1


@njit(cache=True, nogil=True)
def loss_change(given, plan):
    """How the weight of what is left out changes, were the move kept now."""
    change = 0.0
    for e in range(plan.number[POOLED]):
        i = plan.pool_item[e]
        change += (plan.pool_copies[e] - plan.left[i]) * given.loss[i]
    return change


@njit(cache=True, nogil=True)
def copy_row(plan, source, target):
    """Copy a host from row to row."""
    plan.bin[target] = plan.bin[source]
    slots = plan.slots[source]
    plan.slots[target] = slots
    for k in range(slots):
        plan.item[target, k] = plan.item[source, k]
        plan.copies[target, k] = plan.copies[source, k]
    for r in range(plan.free.shape[1]):
        plan.free[target, r] = plan.free[source, r]
