"""Numba kernels: what a policy makes of a host that has room; the highest score wins, the first of equals.

One function a policy, each with its source; `score` asks the one in force. Scores are whole numbers, as those of
kube-scheduler, so that equal hosts tie.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,operator"

import numpy as np
from numba import njit

from planner.simulation.policies.codes import (
    DOT_PRODUCT,
    FGD,
    GPU_BEST_FIT,
    GPU_CLUSTERING,
    GPU_PACKING,
    LEAST_ALLOCATED,
    MOST_ALLOCATED,
    SWARM_BINPACK,
    SWARM_SPREAD,
)
from planner.simulation.policies.fragmentation_kernel import score as fragmentation_score
from planner.simulation.room_kernel import devices_left, has_room, likeness, tightest
from planner.simulation.state import COUNT, DEVICE, NONE, POLICY

SCORED = 2
"""CPU and memory are the first two resources."""
MANY = 2**40


@njit(cache=True)
def gpu_best_fit(s, shape, h):
    """Least room left, the mean over what is scored, in shares of the largest host (Weng et al., ATC 2023)."""
    room, share = 0.0, 1.0 / max(1, np.count_nonzero(s.scale))
    for r in range(s.size.shape[1]):
        if s.scale[r] > 0.0:
            room += (s.free[h, r] - s.size[shape, r]) / s.scale[r] * share
    if s.scale[-1] > 0.0:
        asked = s.asks[shape, 0] * s.asks[shape, 1]
        room += (devices_left(s, h) - asked) / s.scale[-1] * share
    return int((1.0 - room) * 100.0)


@njit(cache=True)
def dot_product(s, shape, h):
    """Least alignment of room and request (Tetris: Grandl et al., SIGCOMM 2014, as Weng et al. use it)."""
    product, kinds = 0.0, 0
    for r in range(s.size.shape[1]):
        if s.scale[r] > 0.0:
            product += s.free[h, r] / s.scale[r] * (s.size[shape, r] / s.scale[r])
            kinds += 1
    if s.scale[-1] > 0.0:
        asked = s.asks[shape, 0] * s.asks[shape, 1]
        product += devices_left(s, h) / s.scale[-1] * (asked / s.scale[-1])
        kinds += 1
    return int(100.0 * (1.0 - product / kinds))


@njit(cache=True)
def gpu_packing(s, shape, h):
    """Devices in use first, then free devices of hosts in use, then free hosts (MLaaS in the wild, NSDI 2022)."""
    devices = s.asks[shape, 0]
    if devices == 0:
        return 0
    free = total = 0
    for g in range(s.device.shape[1]):
        free += s.device[h, g] == DEVICE
        total += s.device[h, g] >= 0
    if free == total:
        return max(33 - free, free)
    if s.asks[shape, 1] < DEVICE:
        left = s.device[h, tightest(s, shape, h)]
        return max(100 - left * 100 // DEVICE // 10, 50) if left < DEVICE else 49
    return max(50 - devices, 33)


@njit(cache=True)
def gpu_clustering(s, shape, h):
    """Hosts with containers that ask alike, the fuller ones first (Gandiva: Xiao et al., OSDI 2018)."""
    if s.asks[shape, 0] == 0:
        return 0
    sorts = 0
    for n in range(1, s.like.shape[1]):
        sorts += s.like[h, n] > 0
    full = s.device.shape[1] * DEVICE
    packed = 25 * (full - devices_left(s, h)) // full
    if s.like[h, likeness(s, shape)] > 0:
        return packed + (75 if sorts == 1 else 50)
    return packed + (25 if sorts == 0 else 0)


@njit(cache=True)
def least_allocated(s, shape, h):
    """kube-scheduler's NodeResourcesLeastAllocated and NodeResourcesBalancedAllocation, for CPU and memory."""
    left, fractions = 0, np.zeros(SCORED)
    for r in range(SCORED):
        capacity = s.capacity[h, r]
        if capacity:
            room = s.free[h, r] - s.size[shape, r]
            left += room * 100 // capacity
            fractions[r] = (capacity - room) / capacity
    return left // SCORED + int(100.0 * (1.0 - abs(fractions[0] - fractions[1])))


@njit(cache=True)
def most_allocated(s, shape, h):
    """kube-scheduler's NodeResourcesMostAllocated, for CPU and memory."""
    total = 0
    for r in range(SCORED):
        capacity = s.capacity[h, r]
        if capacity:
            total += (capacity - s.free[h, r] + s.size[shape, r]) * 100 // capacity
    return total // SCORED


@njit(cache=True)
def swarm_binpack(s, shape, h):
    """Docker's Swarm strategy "binpack": CPU and memory in use, in percent (scheduler/strategy/weighted_node.go)."""
    total = 0
    for r in range(SCORED):
        capacity = s.capacity[h, r]
        if capacity:
            total += (capacity - s.free[h, r] + s.size[shape, r]) * 100 // capacity
    return total


@njit(cache=True)
def swarm_spread(s, h):
    """Docker's Swarm strategy "spread": the fewest containers (scheduler/strategy/spread.go)."""
    return MANY - s.hosts[h, COUNT]


@njit(cache=True)
def score(s, shape, h, sums):
    """Score and device of a host for a shape; -1, -1 without room. `sums` is scratch float64[7]."""
    if not has_room(s, shape, h):
        return NONE, NONE
    policy = s.number[POLICY]
    if policy == FGD:
        return fragmentation_score(s, shape, h, sums)
    shared = tightest(s, shape, h)
    if policy == GPU_BEST_FIT:
        return gpu_best_fit(s, shape, h), shared
    if policy == DOT_PRODUCT:
        return dot_product(s, shape, h), shared
    if policy == GPU_PACKING:
        return gpu_packing(s, shape, h), shared
    if policy == GPU_CLUSTERING:
        return gpu_clustering(s, shape, h), shared
    if policy == LEAST_ALLOCATED:
        return least_allocated(s, shape, h), shared
    if policy == MOST_ALLOCATED:
        return most_allocated(s, shape, h), shared
    if policy == SWARM_BINPACK:
        return swarm_binpack(s, shape, h), shared
    if policy == SWARM_SPREAD:
        return swarm_spread(s, h), shared
    return 0, shared
