"""The drawn events, played by kernels; a host that fails has its containers ask again at once."""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass

import numpy as np

from benchmarks.events.drawn import Drawn
from planner.simulation.advance_kernel import advance
from planner.simulation.control_kernel import ask_all
from planner.simulation.hosts_kernel import empty, set_state
from planner.simulation.pointer_kernel import Pointer, point_at
from planner.simulation.state import DOWN, EVENTS, EVICTED, HASH, HOST_STATE, NEVER, PLACED, UP, State


@dataclass(frozen=True)
class Played:
    """What came of it: CPU seconds, events (a fault, a repair, an eviction are one each), a hash of all decisions."""

    seconds: float
    events: int
    placed: int
    evicted: int
    decisions: int


def played(drawn: Drawn, policy: int, seed: int) -> Played:
    """Play all events to the end."""
    state = drawn.state(policy, seed)
    pointer = point_at(state)
    for h in range(len(state.hosts)):
        set_state(pointer, h, UP, 0)
    began = time.process_time()
    faults = _break(drawn, state, pointer)
    advance(pointer, NEVER // 4)
    seconds = time.process_time() - began
    placed, evicted = state.workloads[:, [PLACED, EVICTED]].sum(axis=0).tolist()
    return Played(seconds, int(state.number[EVENTS]) + faults + evicted, placed, evicted, int(state.number[HASH]))


def _break(drawn: Drawn, state: State, pointer: Pointer) -> int:
    """Let hosts fail and come back; how many times."""
    repairs = list[tuple[int, int]]()
    turns = 0
    for when, until, hosts in [*drawn.faults, (NEVER // 8, 0, np.zeros(0, dtype=np.int64))]:
        while repairs and repairs[0][0] <= when:
            at, h = heapq.heappop(repairs)
            advance(pointer, at)
            set_state(pointer, h, UP, at)
            turns += 1
        if not len(hosts):
            break
        advance(pointer, when)
        for h in hosts.tolist():
            if state.hosts[h, HOST_STATE] == UP:
                gone = empty(pointer, h, when)
                set_state(pointer, h, DOWN, when)
                ask_all(pointer, gone, when)
                heapq.heappush(repairs, (until, h))
                turns += 1
    return turns
