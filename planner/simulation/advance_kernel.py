"""Numba kernel: time goes on, through all that containers do by themselves.

A total order of events: by time; at one time departures, then starts, then what the outside does, then arrivals.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.simulation.heap_kernel import WHO, kind_of, pop, time_of
from planner.simulation.meters_kernel import tell, tick
from planner.simulation.place_kernel import is_due, remove, serve
from planner.simulation.queue_kernel import ask, stir
from planner.simulation.state import (
    ANYWHERE,
    ARRIVED,
    ASIDE,
    ASKED,
    AT,
    CAME,
    CAME_EVENT,
    CLASS,
    DELAY,
    DEVICES,
    EVENTS,
    HEAP,
    HOME,
    HOST,
    LEAVE,
    LEAVES,
    LOGGED,
    LOOSE,
    NEVER,
    NONE,
    READY,
    READY_EVENT,
    ROWS,
    STATUS,
    STAY,
    WAITING_CLASSES,
    WORKLOAD,
)

SPARE = 64
"""Rows of the log that one event may need."""


@njit(cache=True)
def advance(s, until):
    """Let departures and starts up to a time happen, and arrivals before it.

    Whether the time was reached: not where the log is full, or an arrival finds no row for its container.
    """
    if s.number[LOOSE]:
        stir(s, ANYWHERE, s.number[AT])
    while True:
        if len(s.log) > 0 and s.number[LOGGED] + SPARE > len(s.log):
            return False
        n = s.number[ARRIVED]
        coming = s.arrivals[n, 0] if n < len(s.arrivals) else NEVER
        if s.number[HEAP] > 0 and time_of(s.heap[0]) <= min(coming, until):
            event = s.heap[0]
            now, c = time_of(event), event & WHO
            s.number[HEAP] -= 1
            pop(s.heap, s.number[HEAP])
            if is_due(s, event):
                s.number[EVENTS] += 1
                if kind_of(event) == READY_EVENT:
                    serve(s, c, now)
                    continue
                h = remove(s, c, now, LEAVE)
                if s.number[WAITING_CLASSES] > 0:
                    stir(s, h, now)
            continue
        if coming >= until:
            tick(s, until)
            return True
        if s.number[ROWS] == len(s.containers):
            return False
        s.number[ARRIVED] = n + 1
        s.number[EVENTS] += 1
        ask(s, come(s, s.arrivals[n, 1], s.arrivals[n, 2], coming), coming)


@njit(cache=True)
def come(s, k, stay, now):
    """A new container of class k that will run for `stay` once it serves; its row."""
    c = s.number[ROWS]
    s.number[ROWS] = c + 1
    row = s.containers[c]
    row[CLASS], row[STAY], row[ASKED] = k, stay, now
    row[HOST], row[HOME], row[DELAY], row[DEVICES] = NONE, NONE, 0, 0
    row[LEAVES] = row[READY] = NEVER
    row[STATUS] = ASIDE
    s.workloads[s.classes[k, WORKLOAD], CAME] += 1
    tell(s, now, CAME_EVENT, c, NONE)
    return c
