"""Numba kernels: what the outside does to containers, between two steps of time.

Room that becomes free by `evict` and `resize` is not offered to what waits before time goes on, so that who acts
can move containers first; `retire` offers it at once.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.simulation.advance_kernel import come
from planner.simulation.index_kernel import enter, leave
from planner.simulation.meters_kernel import decide, tell, tick
from planner.simulation.place_kernel import remove, use, wait_ends
from planner.simulation.queue_kernel import ask, loosen, seat, stir, withdraw
from planner.simulation.room_kernel import give_back, has_room, take, take_these, tightest
from planner.simulation.rules_kernel import admits, count, is_ruled
from planner.simulation.state import (
    ASIDE,
    ASKED,
    CLASS,
    DEVICES,
    EVICT,
    GONE,
    HOST,
    HOST_STATE,
    LEAVE,
    LEFT,
    NONE,
    RESIZE_EVENT,
    ROWS,
    SHAPE,
    STATUS,
    UP,
    VERSION,
    WAITS,
    WORKLOAD,
)


@njit(cache=True)
def add(s, k, n, stay, now):
    """Let n new containers of class k come and ask; their rows, int64[n], or int64[0] where the table has none left."""
    if s.number[ROWS] + n > len(s.containers):
        return np.empty(0, dtype=np.int64)
    rows = np.empty(n, dtype=np.int64)
    for one in range(n):
        rows[one] = come(s, k, stay, now)
        ask(s, rows[one], now)
    return rows


@njit(cache=True)
def ask_all(s, rows, now):
    """Let containers (int64[n]) ask for a host, in order; how many have one."""
    placed = 0
    for c in rows:
        placed += ask(s, c, now)
    return placed


@njit(cache=True)
def retire(s, c, now):
    """Let container c leave on purpose: off its host, out of the queue, or from nowhere; the host it had, or -1."""
    h, status = s.containers[c, HOST], s.containers[c, STATUS]
    if h >= 0:
        remove(s, c, now, LEAVE)
        stir(s, h, now)
    elif status != GONE:
        tick(s, now)
        if status == WAITS:
            withdraw(s, c)
            wait_ends(s, c, now)
        s.containers[c, STATUS] = GONE
        s.workloads[s.classes[s.containers[c, CLASS], WORKLOAD], LEFT] += 1
        tell(s, now, LEAVE, c, NONE)
    return h


@njit(cache=True)
def evict(s, c, now):
    """Take container c off its host, the host; -1 where it has none. It does nothing before it asks."""
    if s.containers[c, HOST] < 0:
        return NONE
    h = remove(s, c, now, EVICT)
    s.containers[c, ASKED] = now
    loosen(s, h)
    return h


@njit(cache=True)
def put(s, c, h, now):
    """Place container c, which has no host and does not wait, on host h; whether that takes it."""
    k = s.containers[c, CLASS]
    shape = s.classes[k, SHAPE]
    if s.containers[c, STATUS] != ASIDE or s.hosts[h, HOST_STATE] != UP or not has_room(s, shape, h):
        return False
    if is_ruled(s, k, c) and not admits(s, k, c, h):
        return False
    seat(s, c, h, tightest(s, shape, h), now)
    return True


@njit(cache=True)
def resize(s, c, k, now):
    """Let container c, on its host, become one of class k of the same workload; whether the host has room for it.

    Devices stay the same where k asks the same of them. Nothing changes where it returns False.
    """
    h, old = s.containers[c, HOST], s.containers[c, CLASS]
    if h < 0 or s.classes[k, WORKLOAD] != s.classes[old, WORKLOAD]:
        return False
    was, shape, taken = s.classes[old, SHAPE], s.classes[k, SHAPE], s.containers[c, DEVICES]
    tick(s, now)
    leave(s, h)
    give_back(s, was, h, taken)
    count(s, old, h, -1)
    done = has_room(s, shape, h) and admits(s, k, c, h)
    if not done:
        take_these(s, was, h, taken)
        count(s, old, h, 1)
    else:
        if s.asks[was, 0] == s.asks[shape, 0] and s.asks[was, 1] == s.asks[shape, 1]:
            take_these(s, shape, h, taken)
        else:
            taken = take(s, shape, h, tightest(s, shape, h))
        count(s, k, h, 1)
        use(s, was, -1)
        use(s, shape, 1)
        s.containers[c, CLASS], s.containers[c, DEVICES] = k, taken
        s.hosts[h, VERSION] += 1
        decide(s, c, h)
        tell(s, now, RESIZE_EVENT, c, h)
    enter(s, h)
    if done:
        loosen(s, h)
    return done
