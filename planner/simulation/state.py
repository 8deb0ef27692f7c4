"""The tables that kernels work on: hosts, what containers ask for, containers, what waits, what is measured.

One row a thing, one column a fact, so that a kernel finds all of a container or a host in a line or two of memory.
Axes: H hosts, K classes (containers that ask for the same under the same rules), S shapes, W workloads, C containers,
R resources, G devices of a host, L levels of domains, D domains, N arrivals. Times are milliseconds from the start.
Integers throughout: with floats, scores kept and scores made anew drift apart, and placements with them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Table = npt.NDArray[np.int64]
Cube = npt.NDArray[np.int64]
Small = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
FloatTable = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
States = npt.NDArray[np.uint64]
BoolTable = npt.NDArray[np.bool_]

DEVICE = 1000
"""Milli-GPU of a whole device."""
NONE = -1
ANYWHERE = -2
"""No host, but any: for `queue_kernel.stir`."""
NEVER = 2**62
"""A time that does not come."""

HOST_STATE, KIND, HOST_PRICE, FIRST, COUNT, VERSION, BLOCK, SLOT = range(8)
"""Columns of `State.hosts`: see there."""
DOWN, UP, CORDONED = range(3)
"""States of a host: not there; takes containers; keeps what it has and takes nothing."""

CLASS, HOST, DEVICES, AFTER, BEFORE, ASKED, LEAVES, READY, STAY, DELAY, HOME, STATUS = range(12)
"""Columns of `State.containers`."""
ASIDE, WAITS, STARTS, SERVES, GONE = range(5)
"""What a container does: nothing yet, for it came or was evicted and has not asked; waits in the queue; has a host, and
starts or serves there; left, or was dropped."""

SHAPE, WORKLOAD, PRIORITY, START, BOUND, BOUND_END, MEMBER, MEMBER_END, WIDE = range(9)
"""Columns of `State.classes`."""
LIMIT, APART, NEAR, TOGETHER, SPREAD = range(5)
"""Kinds of bindings, as the forms of `planner.problem.forms`."""
BOUND_KIND, BOUND_GROUP, BOUND_MATE, BOUND_LEVEL, BOUND_MOST = range(5)
"""Columns of `State.bounds`."""
CELL, GROUP_LEVEL, DOMAINS, TOTAL = range(4)
"""Columns of `State.groups`."""

QUEUED, LAST_QUEUED, WAIT_COUNT, HOPELESS, TRIED = range(5)
"""Columns of `State.queue`."""

WANTED, SERVING, LEAST, CHANGED, CAME, PLACED, LEFT, EVICTED, DROPPED, LONGEST = range(10)
"""Columns of `State.workloads`."""
MISSING, BELOW, WAITED = range(3)
"""Columns of `State.lacks`."""
HOSTS_UP, HOSTS_USED, PRICE, RUNNING, WAITING = range(5)
"""Places in `State.now`."""

(
    POLICY, ORDER, BLOCKS, FULL, HEAP, ROWS, ARRIVED, WAITING_CLASSES, LOGGED, AT, EVENTS, HASH, QUEUES, LOOSE,
    BETWEEN, BITS,
) = range(16)  # fmt: skip
"""Places in `State.number`."""
NOT_KEPT, BY_INDEX, BY_LEAST_FREE, BY_MOST_FREE = range(-1, 3)
"""Orders of hosts in the index."""
BOUND_BELOW, LINED, PROMISE = range(3)
"""Columns of `State.line`."""
SLOTS, STALE = range(2)
"""Columns of `State.length`."""
CUT, SHIFTED, WEIGHT = range(3)
"""Rows of `State.lanes`."""
HOST_BITS = 24
"""Bits of a key in the index that tell the host."""
LEAVE_EVENT, READY_EVENT = range(2)
"""Kinds of events in the heap, in their order at one time."""
CAME_EVENT, PLACE_EVENT, SERVE_EVENT, LEAVE, EVICT, DROP_EVENT, WAIT_EVENT, RESIZE_EVENT = range(8)
"""What the log tells of."""
ZONE = 2
"""The level of domains that volumes keep to."""


class State(NamedTuple):
    """All of a simulation; a copy of the arrays is a copy of the simulation.

    Attributes
    ----------
    number : int64[16]
        `POLICY` (of `policies.codes`), `ORDER`, `BLOCKS`, `FULL` of the index, how many entries are in use (`HEAP`,
        `ROWS` of containers, `ARRIVED`, `WAITING_CLASSES`, `LOGGED`), up to when integrals are made (`AT`), `EVENTS` so
        far, a `HASH` of all decisions (FNV-1a over container and host), whether what finds no host waits (`QUEUES`),
        whether room became free of which who waits was not told (`LOOSE`), the bits
        between resources in a word of the index (`BETWEEN`), and how many each has (`BITS`).
    hosts : int64[H, 8]
        State, kind (equal for hosts that the same shapes may use), micro-USD per hour while there, first container,
        how many, version (grows with each change), and block and slot in the index. Of equal hosts, the first wins.
    capacity, free : int64[H, R]
    device : int64[H, G]
        Milli-GPU free on each device, -1 beyond those of the host.
    like : int64[H, G + 2]
        Containers by what they ask of devices: none, a share, so many whole ones.
    domain : int64[H, L]
        -1 outside of all; at the last level, the host itself.
    classes : int64[K, 9]
        Shape, workload, priority, milliseconds to start; from where to where in `bounds` and `members`; whether rules
        bind it to what is elsewhere.
    size : int64[S, R]; asks : int64[S, 2]; allowed : bool[S, kinds]
        Of a shape: amounts, devices and milli of each (1000 where there are several), kinds of hosts.
    bounds : int64[., 5]; members : int64[.]
        Bindings of a class: kind, own group, the group looked at, level, limit or skew; and the groups it counts in.
    groups : int64[., 4]
        Where the counts of its domains begin in `held`, their level, how many there are, and containers in all.
    held : int32[cells]; counted : bool[cells]; open : int64[L, D]
        Containers of a group in a domain; domains over which a spread is even; hosts there are in a domain.
    containers : int64[C, 12]
        Class, host (-1 while it has none), devices (a bit each), neighbours on the host or in the queue, since when it
        asks, when it leaves, when it serves; how long it runs once it serves (`NEVER` for a service), how much longer
        its next start takes, the zone its volumes bind it to (-1), and what it does.
    keys, words : int64[blocks, slots]; length : int64[blocks, 2]; line : int64[blocks, 3]; lanes : int64[3, R]
        The index: keys, with the host, and what is free in one word; how many slots of a block are in use, and whether
        one left since its promise was made; in the order of keys, where those of a block begin, which block it is, and
        the most that is free there, its promise. Of a resource, the bits left out, where it lies in a word (-1: it does
        not), and what a unit weighs in a key.
    scores : int64[S, H, 3]
        Score, device and the version of the host they are of; no shapes where none are kept.
    typical : int64[T, 3]; typical_share : float64[T]; typical_allowed : bool[T, kinds]
        What typical containers ask (first resource, devices, milli), and their shares, for fragmentation.
    scale : float64[R + 1]
        All that the largest host has of what a score weighs, milli-GPU last; 0 for what it does not.
    heap : int64[.]
        Events to come: when, what and who in one number (`heap_kernel`).
    queue : int64[K, 5]; waiting : int64[K]
        First and last that wait, how many, whether no host takes one as things are; scratch. Classes of which any wait.
    arrivals : int64[N, 3]
        When (ascending), of which class, how long it runs.
    used : int64[R + 1]; now : int64[5]; area : float64[R + 6]
        Amounts in use (milli-GPU last), hosts there and in use, micro-USD per hour, containers running and waiting;
        their integrals over milliseconds.
    workloads : int64[W, 10]; lacks : float64[W, 3]
        Replicas wanted, serving, and asked for by the objective; up to when `lacks` is made; containers that came, were
        placed, left, were evicted, were dropped; the longest wait. Milliseconds times replicas short of what is
        wanted, milliseconds below the objective, milliseconds waited.
    log : int64[., 4]
        When, what, who, where. No rows where no log is kept.
    random : uint64[1]
    """

    number: Ints
    hosts: Table
    capacity: Table
    free: Table
    device: Table
    like: Table
    domain: Table
    classes: Table
    size: Table
    asks: Table
    allowed: BoolTable
    bounds: Table
    members: Ints
    groups: Table
    held: Small
    counted: Bools
    open: Table
    containers: Table
    keys: Table
    words: Table
    length: Table
    line: Table
    lanes: Table
    scores: Cube
    typical: Table
    typical_share: Floats
    typical_allowed: BoolTable
    scale: Floats
    heap: Ints
    queue: Table
    waiting: Ints
    arrivals: Table
    used: Ints
    now: Ints
    area: Floats
    workloads: Table
    lacks: FloatTable
    log: Table
    random: States
