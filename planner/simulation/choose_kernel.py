"""Numba kernel: which host a container gets."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.simulation.index_kernel import first_with_room
from planner.simulation.policies.codes import RANDOM
from planner.simulation.policies.score_kernel import score
from planner.simulation.room_kernel import has_room, tightest
from planner.simulation.rules_kernel import admits, is_ruled
from planner.simulation.state import CLASS, HOST_STATE, NONE, NOT_KEPT, ORDER, POLICY, SHAPE, UP, VERSION
from planner.solvers.search.draw_kernel import below


@njit(cache=True)
def choose(s, c):
    """Host and shared device for a container by the policy in force; -1, -1 where no host takes it."""
    k = s.containers[c, CLASS]
    shape = s.classes[k, SHAPE]
    if s.number[ORDER] != NOT_KEPT:
        h = first_with_room(s, k, c)
        return h, (tightest(s, shape, h) if h >= 0 else NONE)
    if s.number[POLICY] == RANDOM:
        return _any(s, k, c)
    kept = len(s.scores) > 0
    ruled = is_ruled(s, k, c)
    sums = np.empty(7)
    best, at, device = NONE, NONE, NONE
    for h in range(len(s.hosts)):
        if s.hosts[h, HOST_STATE] != UP:
            continue
        if not kept:
            value, shared = score(s, shape, h, sums)
        else:
            if s.scores[shape, h, 2] != s.hosts[h, VERSION]:
                value, shared = score(s, shape, h, sums)
                s.scores[shape, h, 0], s.scores[shape, h, 1] = value, shared
                s.scores[shape, h, 2] = s.hosts[h, VERSION]
            value, shared = s.scores[shape, h, 0], s.scores[shape, h, 1]
        if value > best and (not ruled or admits(s, k, c, h)):
            best, at, device = value, h, shared
    return at, device


@njit(cache=True)
def _any(s, k, c):
    """Any host that takes the container, each as likely, and any device that does."""
    shape = s.classes[k, SHAPE]
    takes, hosts = np.empty(len(s.hosts), dtype=np.int64), 0
    for h in range(len(s.hosts)):
        if s.hosts[h, HOST_STATE] == UP and has_room(s, shape, h) and admits(s, k, c, h):
            takes[hosts] = h
            hosts += 1
    if hosts == 0:
        return NONE, NONE
    at, device, devices = takes[below(s.random, hosts)], NONE, 0
    if tightest(s, shape, at) >= 0:
        for g in range(s.device.shape[1]):
            if s.device[at, g] >= s.asks[shape, 1]:
                devices += 1
                if below(s.random, devices) == 0:
                    device = g
    return at, device
