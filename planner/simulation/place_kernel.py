"""Numba kernel: containers onto hosts and off them, with all that is counted."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.simulation.heap_kernel import LATEST, WHO, event_of, kind_of, push, time_of
from planner.simulation.index_kernel import enter, leave
from planner.simulation.meters_kernel import decide, settle, tell, tick
from planner.simulation.room_kernel import give_back, take
from planner.simulation.rules_kernel import count
from planner.simulation.state import (
    AFTER,
    ASIDE,
    ASKED,
    BEFORE,
    CLASS,
    COUNT,
    DELAY,
    DEVICES,
    EVICT,
    EVICTED,
    FIRST,
    GONE,
    HEAP,
    HOST,
    HOSTS_USED,
    LEAVE,
    LEAVE_EVENT,
    LEAVES,
    LEFT,
    LONGEST,
    NEVER,
    NONE,
    PLACE_EVENT,
    PLACED,
    READY,
    READY_EVENT,
    ROWS,
    RUNNING,
    SERVE_EVENT,
    SERVES,
    SERVING,
    SHAPE,
    START,
    STARTS,
    STATUS,
    STAY,
    VERSION,
    WAITED,
    WORKLOAD,
)


@njit(cache=True)
def place(s, c, h, shared, now):
    """Put container c on host h, a share of a device on `shared`; it serves once it has started."""
    hosts, containers = s.hosts, s.containers
    row, host = containers[c], hosts[h]
    k = row[CLASS]
    shape = s.classes[k, SHAPE]
    tick(s, now)
    leave(s, h)
    row[DEVICES] = take(s, shape, h, shared)
    host[VERSION] += 1
    enter(s, h)
    first = host[FIRST]
    row[HOST], row[AFTER], row[BEFORE] = h, first, NONE
    if first >= 0:
        containers[first, BEFORE] = c
    host[FIRST] = c
    host[COUNT] += 1
    s.now[HOSTS_USED] += host[COUNT] == 1
    use(s, shape, 1)
    count(s, k, h, 1)
    wait_ends(s, c, now)
    s.workloads[s.classes[k, WORKLOAD], PLACED] += 1
    decide(s, c, h)
    tell(s, now, PLACE_EVENT, c, h)
    ready = now + s.classes[k, START] + row[DELAY]
    row[DELAY] = 0
    if ready > now:
        row[READY], row[STATUS] = ready, STARTS
        _will(s, ready, READY_EVENT, c)
    else:
        serve(s, c, now)


@njit(cache=True)
def serve(s, c, now):
    """Container c has started: it counts, and its run time begins."""
    row = s.containers[c]
    w = s.classes[row[CLASS], WORKLOAD]
    settle(s, w, now)
    s.workloads[w, SERVING] += 1
    row[READY], row[STATUS] = now, SERVES
    tell(s, now, SERVE_EVENT, c, row[HOST])
    if row[STAY] < NEVER:
        row[LEAVES] = now + row[STAY]
        _will(s, row[LEAVES], LEAVE_EVENT, c)


@njit(cache=True)
def wait_ends(s, c, now):
    """Count how long container c waited."""
    w = s.classes[s.containers[c, CLASS], WORKLOAD]
    waited = now - s.containers[c, ASKED]
    s.lacks[w, WAITED] += waited
    s.workloads[w, LONGEST] = max(s.workloads[w, LONGEST], waited)


@njit(cache=True)
def is_due(s, event):
    """Whether an event of the heap still holds: evicted containers leave theirs behind."""
    row = s.containers[event & WHO]
    if kind_of(event) == READY_EVENT:
        return row[STATUS] == STARTS and row[READY] == time_of(event)
    return row[STATUS] == SERVES and row[LEAVES] == time_of(event)


@njit(cache=True)
def _will(s, now, kind, c):
    """Container c, whose row says so already, will do something."""
    if now > LATEST:
        return
    if s.number[HEAP] == len(s.heap):
        _renew(s)
    else:
        push(s.heap, s.number[HEAP], event_of(now, kind, c))
        s.number[HEAP] += 1


@njit(cache=True)
def _renew(s):
    """Fill the heap anew, without what no longer holds: one event a container at most."""
    size = 0
    for c in range(s.number[ROWS]):
        row = s.containers[c]
        if row[STATUS] == STARTS and row[READY] <= LATEST:
            push(s.heap, size, event_of(row[READY], READY_EVENT, c))
            size += 1
        elif row[STATUS] == SERVES and row[LEAVES] <= LATEST:
            push(s.heap, size, event_of(row[LEAVES], LEAVE_EVENT, c))
            size += 1
    s.number[HEAP] = size


@njit(cache=True)
def remove(s, c, now, what):
    """Take container c off its host, because it leaves or is evicted; the host.

    A job that is evicted loses its work, as that of Kubernetes: it runs for all of its stay once it serves again.
    """
    containers = s.containers
    row = containers[c]
    h, k = row[HOST], row[CLASS]
    host = s.hosts[h]
    shape, w = s.classes[k, SHAPE], s.classes[k, WORKLOAD]
    tick(s, now)
    leave(s, h)
    give_back(s, shape, h, row[DEVICES])
    host[VERSION] += 1
    enter(s, h)
    before, after = row[BEFORE], row[AFTER]
    if before >= 0:
        containers[before, AFTER] = after
    else:
        host[FIRST] = after
    if after >= 0:
        containers[after, BEFORE] = before
    host[COUNT] -= 1
    s.now[HOSTS_USED] -= host[COUNT] == 0
    use(s, shape, -1)
    count(s, k, h, -1)
    if row[STATUS] == SERVES:
        settle(s, w, now)
        s.workloads[w, SERVING] -= 1
    row[HOST], row[DEVICES] = NONE, 0
    row[READY] = row[LEAVES] = NEVER
    row[STATUS] = GONE if what == LEAVE else ASIDE
    if what == LEAVE:
        s.workloads[w, LEFT] += 1
    elif what == EVICT:
        s.workloads[w, EVICTED] += 1
    tell(s, now, what, c, h)
    return h


@njit(cache=True)
def use(s, shape, n):
    """Count n containers of a shape more (or less) as in use."""
    size, used = s.size, s.used
    for r in range(size.shape[1]):
        used[r] += n * size[shape, r]
    used[-1] += n * s.asks[shape, 0] * s.asks[shape, 1]
    s.now[RUNNING] += n
