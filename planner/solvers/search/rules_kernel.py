"""Numba kernel: what forms allow on a host, and the books kept of them.

`allowed` asks before copies are added; sums that only the whole move decides (a spread, something needed
by its neighbours, kept room) are counted as `BAD` until they hold again, and no move is kept while any is.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,assignment"

import numpy as np
from numba import njit

from planner.problem.device_kernel import held
from planner.solvers.search.arrays import APART, BAD, LIMIT, NEEDED, NEEDS, SPREAD, TOGETHER


@njit(cache=True, nogil=True)
def on_host(given, plan, row, group):
    """Copies on a host of the item types in a group bound on single hosts."""
    total = 0
    for k in range(plan.slots[row]):
        i = plan.item[row, k]
        for e in range(given.near_start[i], given.near_start[i + 1]):
            if given.near_of[e] == group:
                total += plan.copies[row, k]
    return total


@njit(cache=True, nogil=True)
def is_needed(given, i):
    """Whether other copies on a host may need those of item type i, so that these cannot leave it by themselves."""
    found = False
    for e in range(given.near_start[i], given.near_start[i + 1]):
        found |= given.near_kind[given.near_of[e]] == NEEDED
    return found


@njit(cache=True, nogil=True)
def _allowed_on_host(given, plan, row, i, n):
    """How many of `n` copies of item type i the groups on this host leave."""
    for k in range(plan.slots[row]):
        if plan.item[row, k] == i:
            n = min(n, given.most[i] - plan.copies[row, k])
    n = min(n, given.most[i])
    for e in range(given.near_start[i], given.near_start[i + 1]):
        if n <= 0:
            return 0
        group = given.near_of[e]
        kind = given.near_kind[group]
        if kind == LIMIT:
            n = min(n, given.near_most[group] - on_host(given, plan, row, group))
        elif kind == APART:
            if on_host(given, plan, row, given.near_mate[group]) > 0:
                return 0
        elif kind == TOGETHER:
            if plan.placed_near[group] != on_host(given, plan, row, group):
                return 0
        elif kind == NEEDS and on_host(given, plan, row, given.near_mate[group]) == 0:
            return 0
    return _allowed_on_devices(given, plan, row, i, n) if given.device.any() else n


@njit(cache=True, nogil=True)
def _allowed_on_devices(given, plan, row, i, n):
    """How many of `n` copies of item type i the devices of a host take beside what is on it."""
    slots = plan.slots[row]
    size, copies = np.empty(slots + 1, dtype=np.int64), np.empty(slots + 1, dtype=np.int64)
    for r in range(len(given.device)):
        if given.device[r] == 0 or given.size[i, r] == 0:
            continue
        size[slots] = given.size[i, r]
        for k in range(slots):
            size[k], copies[k] = given.size[plan.item[row, k], r], plan.copies[row, k]
        copies[slots] = n
        while copies[slots] > 0 and held(size, copies, given.capacity[plan.bin[row], r], given.device[r]) != 1:
            copies[slots] -= 1
        n = copies[slots]
    return n


@njit(cache=True, nogil=True)
def held_by_type(given, plan, row, b):
    """Whether the devices of another type take what is on a host."""
    slots = plan.slots[row]
    size, copies = np.empty(slots, dtype=np.int64), np.empty(slots, dtype=np.int64)
    for r in range(len(given.device)):
        if given.device[r] == 0:
            continue
        for k in range(slots):
            size[k], copies[k] = given.size[plan.item[row, k], r], plan.copies[row, k]
        if held(size, copies, given.capacity[b, r], given.device[r]) != 1:
            return False
    return True


@njit(cache=True, nogil=True)
def allowed_there(given, plan, b, i, n):
    """How many of `n` more copies of item type i the caps and domains of bin type b leave."""
    for e in range(given.group_start[i], given.group_start[i + 1]):
        group = given.group_of[e]
        at = given.domain[given.group_level[group], b]
        cell = given.group_cell[group] + at
        n = min(n, plan.most[cell] - plan.held[cell])
        kind = given.group_kind[group]
        if n <= 0:
            return 0
        if kind == APART:
            if at > 0 and plan.held[given.group_cell[given.group_mate[group]] + at] > 0:
                return 0
        elif kind == TOGETHER:
            if plan.placed[group] != plan.held[cell]:
                return 0
        elif kind == NEEDS:
            if plan.held[given.group_cell[given.group_mate[group]] + at] == 0:
                return 0
        elif kind == SPREAD and given.counted[cell]:
            n = min(n, _ceiling(given, plan, group, cell) - plan.held[cell])
    for e in range(given.cap_start[i], given.cap_start[i + 1]):
        weight = given.cap_table[given.cap_row[e], b]
        if weight > 0:
            n = min(n, plan.cap_left[given.cap_of[e]] // weight)
    return max(n, 0)


@njit(cache=True, nogil=True)
def _ceiling(given, plan, group, cell):
    """The most that a cell of a spread may hold while the others stay as they are."""
    if given.group_zero[group]:
        return given.group_skew[group]
    least = np.int64(1) << 40
    for c in range(given.group_cell[group], given.group_cell[group + 1]):
        if given.counted[c] and c != cell:
            least = min(least, plan.held[c])
    return least + given.group_skew[group]


@njit(cache=True, nogil=True)
def allowed(given, plan, row, i, n):
    """How many of `n` more copies of item type i all forms leave on a host."""
    n = _allowed_on_host(given, plan, row, i, n)
    return allowed_there(given, plan, plan.bin[row], i, n) if n > 0 else 0


@njit(cache=True, nogil=True)
def broken_in_cell(given, plan, group, cell):
    """Broken forms that a group has in a cell; for a spread, over all its cells."""
    kind = given.group_kind[group]
    count = 0
    if plan.held[cell] < plan.least[cell]:
        count += 1
    if kind == SPREAD:
        least, most = np.int64(1) << 40, np.int64(0)
        for c in range(given.group_cell[group], given.group_cell[group + 1]):
            if given.counted[c]:
                least = min(least, plan.held[c])
                most = max(most, plan.held[c])
        if given.group_zero[group]:
            least = 0
        if most - least > given.group_skew[group]:
            count += 1
    elif kind in (NEEDS, NEEDED):
        mate = given.group_cell[given.group_mate[group]] + cell - given.group_cell[group]
        needing, needed = (cell, mate) if kind == NEEDS else (mate, cell)
        if plan.held[needing] > 0 and plan.held[needed] == 0:
            count += 1
    return count


@njit(cache=True, nogil=True)
def count_copies(given, plan, b, i, n):
    """Enter `n` copies (negative: gone) of item type i on bin type b into the books of domains and caps."""
    for e in range(given.group_start[i], given.group_start[i + 1]):
        group = given.group_of[e]
        cell = given.group_cell[group] + given.domain[given.group_level[group], b]
        plan.number[BAD] -= broken_in_cell(given, plan, group, cell)
        plan.held[cell] += n
        plan.placed[group] += n
        plan.number[BAD] += broken_in_cell(given, plan, group, cell)
    for e in range(given.near_start[i], given.near_start[i + 1]):
        plan.placed_near[given.near_of[e]] += n
    for e in range(given.cap_start[i], given.cap_start[i + 1]):
        cap = given.cap_of[e]
        plan.number[BAD] -= plan.cap_left[cap] < 0
        plan.cap_left[cap] -= n * given.cap_table[given.cap_row[e], b]
        plan.number[BAD] += plan.cap_left[cap] < 0


@njit(cache=True, nogil=True)
def bound(given, i):
    """Whether any book but that of hosts is kept of an item type."""
    return (
        given.group_start[i + 1] > given.group_start[i]
        or given.near_start[i + 1] > given.near_start[i]
        or given.cap_start[i + 1] > given.cap_start[i]
    )


@njit(cache=True, nogil=True)
def may_open(given, plan, b):
    """Whether one more host of a bin type is to be had."""
    if plan.used[b] >= plan.available[b]:
        return False
    for e in range(given.quota_start[b], given.quota_start[b + 1]):
        if given.quota_weight[e] > max(0, plan.quota_left[given.quota_of[e]]):
            return False
    return True


@njit(cache=True, nogil=True)
def count_host(given, plan, b, n):
    """Enter `n` hosts (1 or -1) into the books; the change of the objective."""
    plan.used[b] += n
    for e in range(given.quota_start[b], given.quota_start[b + 1]):
        quota = given.quota_of[e]
        plan.number[BAD] -= plan.quota_left[quota] < 0
        plan.quota_left[quota] -= n * given.quota_weight[e]
        plan.number[BAD] += plan.quota_left[quota] < 0
    change = n * given.open[b]
    at = given.goal_domain[b]
    if at >= 0:
        change -= given.goal_price[0] * (plan.goal_hosts[at] > 0)
        plan.goal_hosts[at] += n
        change += given.goal_price[0] * (plan.goal_hosts[at] > 0)
    return change


@njit(cache=True, nogil=True)
def room_on(given, plan, row, room):
    """How many times kept room fits on a host."""
    size = given.size[given.room_item[room]]
    times = np.int64(1) << 20
    for r in range(size.shape[0]):
        if size[r] > 0:
            times = min(times, plan.free[row, r] // size[r])
    return max(times, 0)


@njit(cache=True, nogil=True)
def count_room(given, plan, row, sign):
    """Enter (1) or strike (-1) a host in the books of kept room."""
    b = plan.bin[row]
    for room in range(len(given.room_item)):
        if not given.room_bins[room, b]:
            continue
        cell = given.room_cell[room] + given.domain[given.room_level[room], b]
        plan.number[BAD] -= plan.room_hosts[cell] > 0 and plan.room_held[cell] < plan.room_need[cell]
        plan.room_hosts[cell] += sign
        if given.room_takes[room, b]:
            plan.room_held[cell] += sign * room_on(given, plan, row, room)
        plan.number[BAD] += plan.room_hosts[cell] > 0 and plan.room_held[cell] < plan.room_need[cell]


@njit(cache=True, nogil=True)
def reserve_room(given, plan, row):
    """Take off a host's free room what kept room lacks elsewhere in its domain, until `release_room`.

    The host must not be entered in the books of kept room in between.
    """
    b = plan.bin[row]
    for room in range(len(given.room_item)):
        if given.room_takes[room, b]:
            cell = given.room_cell[room] + given.domain[given.room_level[room], b]
            lacking = max(0, plan.room_need[cell] - plan.room_held[cell])
            plan.reserved[room] = min(lacking, room_on(given, plan, row, room))
            for r in range(plan.free.shape[1]):
                plan.free[row, r] -= plan.reserved[room] * given.size[given.room_item[room], r]


@njit(cache=True, nogil=True)
def release_room(given, plan, row):
    """Give back what `reserve_room` took off."""
    for room in range(len(given.room_item)):
        for r in range(plan.free.shape[1]):
            plan.free[row, r] += plan.reserved[room] * given.size[given.room_item[room], r]
        plan.reserved[room] = 0
