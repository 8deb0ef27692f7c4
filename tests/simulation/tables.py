"""Small states for tests of kernels."""

from __future__ import annotations

import numpy as np

from planner.simulation.blank import Bindings, HostRows, Shapes, blank, classes_of
from planner.simulation.hosts_kernel import set_state
from planner.simulation.pointer_kernel import point_at
from planner.simulation.policies.codes import FIRST_FIT
from planner.simulation.state import BOUND_END, DEVICE, LIMIT, MEMBER, MEMBER_END, NONE, START, UP


def state_of(
    capacity,
    sizes,
    arrivals=(),
    *,
    policy=FIRST_FIT,
    devices=None,
    asks=None,
    groups=(),
    most=1,
    starts=None,
    kind=None,
    allowed=None,
    **more,
):
    """Hosts that are all up, and classes with one shape each.

    Those of `groups` (a number or None for each class) are at most `most` on a host.
    """
    hosts, count = len(capacity), len(sizes)
    classes = classes_of(count)
    if starts is not None:
        classes[:, START] = starts
    rules = Bindings.none()
    if groups:
        rules = Bindings(
            bounds=np.array([[LIMIT, group or 0, NONE, 1, most] for group in groups]),
            members=np.array([group or 0 for group in groups]),
            groups=np.array([[hosts * group, 1, hosts, 0] for group in range(count)]),
            counted=np.zeros(hosts * count, dtype=bool),
        )
        bound = np.array([group is not None for group in groups])
        for first, end in ((BOUND_END - 1, BOUND_END), (MEMBER, MEMBER_END)):
            classes[:, first] = np.arange(count)
            classes[:, end] = classes[:, first] + bound
    kind = np.zeros(hosts, dtype=np.int64) if kind is None else np.array(kind)
    state = blank(
        HostRows(
            capacity=np.array(capacity),
            devices=np.zeros(hosts, dtype=np.int64) if devices is None else np.array(devices),
            kind=kind,
            domain=np.stack([np.zeros(hosts, dtype=np.int64), np.arange(hosts)], axis=1),
            price=np.full(hosts, 10),
        ),
        Shapes(
            size=np.array(sizes),
            asks=np.zeros((count, 2), dtype=np.int64) if asks is None else np.array(asks),
            allowed=np.ones((count, kind.max() + 1), dtype=bool) if allowed is None else np.array(allowed),
        ),
        classes,
        np.array(arrivals, dtype=np.int64).reshape(-1, 3),
        policy=policy,
        bindings=rules,
        **{"rows": len(arrivals), **more},
    )
    return state, up(state)


def up(state):
    """A pointer at the state, whose hosts are all up."""
    pointer = point_at(state)
    for h in range(len(state.hosts)):
        set_state(pointer, h, UP, 0)
    return pointer


def asked_of(milli):
    """Devices, and milli of each."""
    return -(-milli // DEVICE), min(milli, DEVICE)
