"""Numba kernel: containers that wait for a host, and who of them is asked when something becomes free."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.simulation.choose_kernel import choose
from planner.simulation.meters_kernel import tell, tick
from planner.simulation.place_kernel import place
from planner.simulation.room_kernel import has_room
from planner.simulation.state import (
    AFTER,
    ANYWHERE,
    ASIDE,
    ASKED,
    BEFORE,
    CLASS,
    DROP_EVENT,
    DROPPED,
    GONE,
    HOME,
    HOPELESS,
    HOST,
    HOST_STATE,
    LAST_QUEUED,
    LOOSE,
    MEMBER,
    MEMBER_END,
    NONE,
    PRIORITY,
    QUEUED,
    QUEUES,
    SHAPE,
    STATUS,
    TRIED,
    UP,
    WAIT_COUNT,
    WAIT_EVENT,
    WAITING,
    WAITING_CLASSES,
    WAITS,
    WIDE,
    WORKLOAD,
)


@njit(cache=True)
def ask(s, c, now):
    """Find a host for container c, which does nothing yet; without one it waits, or is dropped. Whether it has one."""
    if s.containers[c, STATUS] != ASIDE:
        return s.containers[c, HOST] >= 0
    k = s.containers[c, CLASS]
    h, shared = NONE, NONE
    if not s.queue[k, HOPELESS]:
        h, shared = choose(s, c)
    if h >= 0:
        seat(s, c, h, shared, now)
        return True
    if not s.number[QUEUES]:
        s.workloads[s.classes[k, WORKLOAD], DROPPED] += 1
        s.containers[c, STATUS] = GONE
        tell(s, now, DROP_EVENT, c, NONE)
        return False
    tick(s, now)
    s.queue[k, HOPELESS] = s.queue[k, HOPELESS] or s.containers[c, HOME] < 0
    _append(s, k, c)
    tell(s, now, WAIT_EVENT, c, NONE)
    return False


@njit(cache=True)
def seat(s, c, h, shared, now):
    """Place a container that did not wait; others may wait for it to be there."""
    k = s.containers[c, CLASS]
    place(s, c, h, shared, now)
    if s.number[WAITING_CLASSES] > 0 and s.classes[k, MEMBER] < s.classes[k, MEMBER_END]:
        stir(s, NONE, now)


@njit(cache=True)
def _append(s, k, c):
    """The last of those of its class that wait."""
    queue = s.queue
    s.containers[c, STATUS] = WAITS
    last = queue[k, LAST_QUEUED]
    s.containers[c, AFTER], s.containers[c, BEFORE] = NONE, last
    if queue[k, WAIT_COUNT] == 0:
        queue[k, QUEUED] = c
        s.waiting[s.number[WAITING_CLASSES]] = k
        s.number[WAITING_CLASSES] += 1
    else:
        s.containers[last, AFTER] = c
    queue[k, LAST_QUEUED] = c
    queue[k, WAIT_COUNT] += 1
    s.now[WAITING] += 1


@njit(cache=True)
def withdraw(s, c):
    """Take a container out of the queue."""
    queue, containers = s.queue, s.containers
    containers[c, STATUS] = ASIDE
    k = containers[c, CLASS]
    before, after = containers[c, BEFORE], containers[c, AFTER]
    if before >= 0:
        containers[before, AFTER] = after
    else:
        queue[k, QUEUED] = after
    if after >= 0:
        containers[after, BEFORE] = before
    else:
        queue[k, LAST_QUEUED] = before
    queue[k, WAIT_COUNT] -= 1
    s.now[WAITING] -= 1
    if queue[k, WAIT_COUNT] == 0:
        queue[k, HOPELESS] = False
        for e in range(s.number[WAITING_CLASSES]):
            if s.waiting[e] == k:
                s.number[WAITING_CLASSES] -= 1
                s.waiting[e] = s.waiting[s.number[WAITING_CLASSES]]
                break


@njit(cache=True)
def loosen(s, h):
    """Room became free on host h while the outside acts: what waits is asked when time goes on, not before."""
    for e in range(s.number[WAITING_CLASSES]):
        k = s.waiting[e]
        if _has_chance(s, k, h):
            s.queue[k, HOPELESS] = False
            s.number[LOOSE] = True


@njit(cache=True)
def stir(s, h, now):
    """Something became free on host h (-1: nothing did, but counts changed): what waits is asked again.

    By priority, then by the time it waits. A class that no host took can have one only on h, unless rules bind it to
    what is elsewhere. With `ANYWHERE`, all are asked that are not hopeless.
    """
    if h == ANYWHERE:
        s.number[LOOSE] = False
    queue = s.queue
    for e in range(s.number[WAITING_CLASSES]):
        queue[s.waiting[e], TRIED] = False
    while s.number[WAITING_CLASSES] > 0:
        best = NONE
        for e in range(s.number[WAITING_CLASSES]):
            k = s.waiting[e]
            if not queue[k, TRIED] and (best < 0 or _before(s, k, best)) and _has_chance(s, k, h):
                best = k
        if best < 0:
            return
        if not _place_one(s, best, now):
            queue[best, TRIED] = True
            continue
        for e in range(s.number[WAITING_CLASSES]):
            if s.classes[s.waiting[e], WIDE]:
                queue[s.waiting[e], TRIED] = False


@njit(cache=True)
def _has_chance(s, k, h):
    """Whether a class that waits may have a host now."""
    if s.classes[k, WIDE] or h == ANYWHERE:
        return s.classes[k, WIDE] or not s.queue[k, HOPELESS]
    return h >= 0 and s.hosts[h, HOST_STATE] == UP and has_room(s, s.classes[k, SHAPE], h)


@njit(cache=True)
def _before(s, k, other):
    """Whether the first of class k that waits is asked before that of another class."""
    if s.classes[k, PRIORITY] != s.classes[other, PRIORITY]:
        return s.classes[k, PRIORITY] > s.classes[other, PRIORITY]
    c, d = s.queue[k, QUEUED], s.queue[other, QUEUED]
    if s.containers[c, ASKED] != s.containers[d, ASKED]:
        return s.containers[c, ASKED] < s.containers[d, ASKED]
    return c < d


@njit(cache=True)
def _place_one(s, k, now):
    """Place the first of a class that has a host now; those whose volumes bind them elsewhere are passed over."""
    c = s.queue[k, QUEUED]
    while c >= 0:
        h, shared = choose(s, c)
        if h >= 0:
            s.queue[k, HOPELESS] = False
            withdraw(s, c)
            place(s, c, h, shared, now)
            return True
        if s.containers[c, HOME] < 0:
            s.queue[k, HOPELESS] = True
            return False
        c = s.containers[c, AFTER]
    return False
