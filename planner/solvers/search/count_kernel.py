"""Numba kernel: all books of a plan counted anew from its rows."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.solvers.search.arrays import BAD, ENERGY, HOSTS, WAITING
from planner.solvers.search.rules_kernel import broken_in_cell, count_host, count_room
from planner.solvers.search.trial_kernel import energy, enter, set_left, spend


@njit(cache=True, nogil=True)
def recount(given, plan, left, hosts):
    """Count every book of the first `hosts` rows; `left` int64[I] are the copies left out.

    `cap_left`, `quota_left`, `available` and the limits of cells must be those of an empty plan.
    """
    plan.number[:] = 0
    plan.number[HOSTS] = hosts
    plan.value[:] = 0.0
    plan.seat[:] = -1
    plan.entry[:] = -1
    plan.mark[:] = 0
    plan.left[:] = 0
    plan.number[WAITING] = 0
    for i in range(len(left)):
        set_left(given, plan, i, left[i])
    for row in range(hosts):
        b = plan.bin[row]
        for r in range(plan.free.shape[1]):
            plan.free[row, r] = given.capacity[b, r]
            for k in range(plan.slots[row]):
                plan.free[row, r] -= plan.copies[row, k] * given.size[plan.item[row, k], r]
        spend(plan, count_host(given, plan, b, 1))
        enter(given, plan, row, 1)
        count_room(given, plan, row, 1)
        plan.value[ENERGY] += energy(given, plan, row)
    count_broken(given, plan)


@njit(cache=True, nogil=True)
def count_broken(given, plan):
    """Count the broken forms from the books."""
    bad = 0
    for group in range(len(given.group_kind)):
        for cell in range(given.group_cell[group], given.group_cell[group + 1]):
            bad += broken_in_cell(given, plan, group, cell)
    for room in range(len(given.room_item)):
        for cell in range(given.room_cell[room], given.room_cell[room + 1]):
            bad += plan.room_hosts[cell] > 0 and plan.room_held[cell] < plan.room_need[cell]
    for quota in range(len(plan.quota_left)):
        bad += plan.quota_left[quota] < 0
    for cap in range(len(plan.cap_left)):
        bad += plan.cap_left[cap] < 0
    plan.number[BAD] = bad
