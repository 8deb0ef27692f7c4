"""Numba kernel: hosts that come, take nothing more, or go."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.simulation.control_kernel import evict
from planner.simulation.index_kernel import enter, leave
from planner.simulation.meters_kernel import tick
from planner.simulation.queue_kernel import stir
from planner.simulation.state import (
    COUNT,
    DOWN,
    FIRST,
    HOST_PRICE,
    HOST_STATE,
    HOSTS_UP,
    PRICE,
    VERSION,
)


@njit(cache=True)
def set_state(s, h, state, now):
    """Let a host take containers (`UP`), keep what it has (`CORDONED`), or be gone (`DOWN`; it must be empty)."""
    was = s.hosts[h, HOST_STATE]
    if was == state:
        return
    tick(s, now)
    leave(s, h)
    s.hosts[h, HOST_STATE] = state
    s.hosts[h, VERSION] += 1
    enter(s, h)
    up = int(state != DOWN) - int(was != DOWN)
    s.now[HOSTS_UP] += up
    s.now[PRICE] += up * s.hosts[h, HOST_PRICE]
    for level in range(s.domain.shape[1]):
        if s.domain[h, level] >= 0:
            s.open[level, s.domain[h, level]] += up
    stir(s, h, now)


@njit(cache=True)
def empty(s, h, now):
    """Evict all containers of a host; they do not wait before they ask. Who: int64[n], ascending."""
    gone = np.empty(s.hosts[h, COUNT], dtype=np.int64)
    for n in range(len(gone)):
        gone[n] = s.hosts[h, FIRST]
        evict(s, gone[n], now)
    return np.sort(gone)
