"""A state to begin with: hosts that are not there yet, containers that have not come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.simulation.heap_kernel import WHO_BITS
from planner.simulation.policies.codes import BEST_FIT, FIRST_FIT, RANDOM, WORST_FIT
from planner.simulation.state import (
    BETWEEN,
    BITS,
    BLOCKS,
    BY_INDEX,
    BY_LEAST_FREE,
    BY_MOST_FREE,
    CELL,
    CUT,
    DEVICE,
    DOMAINS,
    FIRST,
    FULL,
    HOST_PRICE,
    KIND,
    LAST_QUEUED,
    NONE,
    NOT_KEPT,
    ORDER,
    POLICY,
    QUEUED,
    QUEUES,
    SHAPE,
    SHIFTED,
    SLOT,
    STATUS,
    VERSION,
    Bools,
    BoolTable,
    Floats,
    Ints,
    State,
    Table,
)

ORDERS = {FIRST_FIT: BY_INDEX, BEST_FIT: BY_LEAST_FREE, WORST_FIT: BY_MOST_FREE}
COLUMNS = STATUS + 1
KEPT = 20_000_000
"""Scores of shapes on hosts that are kept at most."""
LANES, WORD_BITS, KEY_BITS = 8, 62, 24
"""Resources that share a word of the index, at most; its bits; those of a resource in a key."""
MANY = 2**WHO_BITS
"""Containers that events can tell apart."""
LEAST_BLOCK = 16
"""Hosts in a block of the index, at least."""


@dataclass(frozen=True, eq=False)
class HostRows:
    """Hosts, in the order that breaks ties.

    Attributes
    ----------
    capacity : int64[H, R]
    devices : int64[H]
        GPUs.
    kind : int64[H]
        Equal for hosts that the same shapes may use.
    domain : int64[H, L]
        Domains by level; -1 outside of all.
    price : int64[H]
        Micro-USD per hour.
    """

    capacity: Table
    devices: Ints
    kind: Ints
    domain: Table
    price: Ints


@dataclass(frozen=True, eq=False)
class Shapes:
    """What containers ask for: `size[S, R]`, `asks[S, 2]` (devices, milli of each), `allowed[S, kinds]`."""

    size: Table
    asks: Table
    allowed: BoolTable


@dataclass(frozen=True, eq=False)
class Bindings:
    """Rules of classes: tables as in `State`; empty where there are none."""

    bounds: Table
    members: Ints
    groups: Table
    counted: Bools

    @classmethod
    def none(cls) -> Bindings:
        """No rules."""
        return cls(_zeros(0, 5), _zeros(0), _zeros(0, 4), np.zeros(0, dtype=bool))


@dataclass(frozen=True, eq=False)
class Typical:
    """Typical containers: `asks[T, 3]` (first resource, devices, milli of each), shares, `allowed[T, kinds]`."""

    asks: Table
    share: Floats
    allowed: BoolTable


def classes_of(shapes: int) -> Table:
    """int64[S, 9]: one class for each shape, of one workload, without rules."""
    classes = _zeros(shapes, 9)
    classes[:, SHAPE] = np.arange(shapes)
    return classes


def blank(
    hosts: HostRows,
    shapes: Shapes,
    classes: Table,
    arrivals: Table,
    *,
    policy: int,
    rows: int,
    workloads: int = 1,
    bindings: Bindings | None = None,
    typical: Typical | None = None,
    scale: Floats | None = None,
    largest: Table | None = None,
    domains: int = 0,
    queues: bool = True,
    logged: int = 0,
    seed: int = 0,
) -> State:
    """A state at time 0.

    Parameters
    ----------
    hosts, shapes, classes, arrivals, bindings, typical, scale
        As in `State`. Without `scale`, all that the largest host has.
    policy : int
        Of `policies.codes`.
    rows : int
        Containers that there may ever be.
    workloads : int
    largest : int64[., R], optional
        Room of all hosts that there may ever be; that of `hosts` without.
    domains : int
        Domains that there may ever be at one level.
    queues : bool
        Whether containers that find no host wait; they are dropped where not.
    logged : int
        Rows of the log; 0 keeps none.
    seed : int
    """
    rules = Bindings.none() if bindings is None else bindings
    count, resources = hosts.capacity.shape
    devices = max(1, int(hosts.devices.max(initial=0)))
    order = ORDERS.get(policy, NOT_KEPT)
    rooms = hosts.capacity if largest is None else largest
    most = np.maximum(1, rooms.max(axis=0, initial=0))
    weight = np.maximum(1, 2**KEY_BITS // most)
    full = int((rooms * weight).sum(axis=1).max(initial=0))
    size = max(LEAST_BLOCK, 1 << (count.bit_length() + 1) // 2)
    blocks = 4 * count // size + 2 if order != NOT_KEPT else 1
    line = np.stack([np.full(blocks, -1), np.arange(blocks), np.zeros(blocks, dtype=np.int64)], axis=1)
    kept = order == NOT_KEPT and policy != RANDOM and len(shapes.size) * count <= KEPT
    number = _zeros(BITS + 1)
    number[[POLICY, ORDER, BLOCKS, FULL, QUEUES]] = policy, order, 1, full, queues
    lanes, number[[BETWEEN, BITS]] = _lanes(most, weight)
    table = _zeros(count, SLOT + 1)
    table[:, KIND], table[:, HOST_PRICE], table[:, VERSION] = hosts.kind, hosts.price, 1
    table[:, FIRST] = NONE
    queue = _zeros(len(classes), 5)
    queue[:, [QUEUED, LAST_QUEUED]] = NONE
    kinds = int(hosts.kind.max(initial=0)) + 1
    asked = typical or Typical(_zeros(0, 3), np.zeros(0), np.zeros((0, kinds), dtype=bool))
    if scale is None:
        scale = np.append(most, hosts.devices.max(initial=0) * DEVICE).astype(np.float64)
    return State(
        number=number,
        hosts=table,
        capacity=np.ascontiguousarray(hosts.capacity),
        free=hosts.capacity.copy(),
        device=np.where(np.arange(devices) < hosts.devices[:, None], DEVICE, NONE),
        like=_zeros(count, devices + 2),
        domain=np.ascontiguousarray(hosts.domain),
        classes=classes,
        size=np.ascontiguousarray(shapes.size),
        asks=shapes.asks,
        allowed=shapes.allowed,
        bounds=rules.bounds,
        members=rules.members,
        groups=rules.groups,
        held=np.zeros(int((rules.groups[:, CELL] + rules.groups[:, DOMAINS]).max(initial=0)), dtype=np.int32),
        counted=rules.counted,
        open=_zeros(hosts.domain.shape[1], max(domains, int(hosts.domain.max(initial=0)) + 1)),
        containers=_zeros(rows, COLUMNS),
        keys=_zeros(blocks, size),
        words=_zeros(blocks, size),
        length=_zeros(blocks, 2),
        line=line,
        lanes=lanes,
        scores=_zeros(len(shapes.size) if kept else 0, count, 3),
        typical=asked.asks,
        typical_share=asked.share,
        typical_allowed=asked.allowed,
        scale=scale,
        heap=_zeros(_heap_rows(rows)),
        queue=queue,
        waiting=_zeros(len(classes)),
        arrivals=arrivals,
        used=_zeros(resources + 1),
        now=_zeros(5),
        area=np.zeros(resources + 6),
        workloads=_zeros(workloads, 10),
        lacks=np.zeros((workloads, 3)),
        log=_zeros(logged, 4),
        random=np.array([2 * seed + 1], dtype=np.uint64),
    )


def copied(state: State) -> State:
    """A state of its own: what happens to the one does not happen to the other."""
    return State._make(array.copy() for array in state)


def grown(state: State, rows: int) -> State:
    """The same state with room for so many containers; the tables of both are one where they need not grow."""
    more = rows - len(state.containers)
    if more <= 0:
        return state
    return state._replace(
        containers=np.concatenate([state.containers, _zeros(more, COLUMNS)]),
        heap=np.concatenate([state.heap, _zeros(_heap_rows(rows) - len(state.heap))]),
    )


def _heap_rows(containers: int) -> int:
    """One event a container, and as many that no longer hold: `place_kernel` clears those away when it is full."""
    if containers > MANY:
        raise ValueError(f"room for {containers:,} containers, expected at most {MANY:,}")
    return 2 * containers + 2


def _lanes(most: Ints, weight: Ints) -> tuple[Table, tuple[int, int]]:
    """`State.lanes` for the largest amounts; the bits between, and how many each has."""
    lanes = np.stack([np.zeros_like(most), np.full_like(most, NONE), weight])
    bits = WORD_BITS // max(2, min(len(most), LANES)) - 1
    between = 0
    for r, each in enumerate(most[:LANES].tolist()):
        lanes[CUT, r] = max(0, int(each).bit_length() - bits)
        lanes[SHIFTED, r] = (bits + 1) * r
        between |= 1 << ((bits + 1) * (r + 1) - 1)
    return lanes, (between, bits)


def _zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.int64)
