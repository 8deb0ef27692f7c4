"""Each policy against the formula of its source, on hosts that carry something."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import asked_of, state_of

from planner.simulation.advance_kernel import come
from planner.simulation.blank import Typical
from planner.simulation.control_kernel import ask_all, put
from planner.simulation.policies import codes
from planner.simulation.policies.named import PLACING
from planner.simulation.state import COUNT, HOST, NEVER

SCALE = np.array([64.0, 0.0, 8000.0])
"""Powers of two, and shares of a device in eighths: all sums are exact."""


def gpu_best_fit(free, capacity, left, count, size, milli):
    return int(100 * (1 - (free[0] - size[0]) / 64 / 2 - (left - milli) / 8000 / 2))


def dot_product(free, capacity, left, count, size, milli):
    return int(100 * (1 - (free[0] * size[0] / 64**2 + left * milli / 8000**2) / 2))


def least_allocated(free, capacity, left, count, size, milli):
    """Pkg/scheduler/framework/plugins/noderesources: least_allocated.go and balanced_allocation.go."""
    rooms = [f - s for f, s in zip(free, size, strict=True)]
    used = [1 - room / cap for room, cap in zip(rooms, capacity, strict=True)]
    return sum(room * 100 // cap for room, cap in zip(rooms, capacity, strict=True)) // 2 + int(
        100 * (1 - abs(used[0] - used[1]))
    )


def most_allocated(free, capacity, left, count, size, milli):
    """Pkg/scheduler/framework/plugins/noderesources/most_allocated.go."""
    return percent_used(free, capacity, size) // 2


def swarm_binpack(free, capacity, left, count, size, milli):
    return percent_used(free, capacity, size)


def swarm_spread(free, capacity, left, count, size, milli):
    return -count


def percent_used(free, capacity, size):
    return sum((cap - f + s) * 100 // cap for f, s, cap in zip(free, size, capacity, strict=True))


FORMULAS = {
    codes.GPU_BEST_FIT: gpu_best_fit,
    codes.DOT_PRODUCT: dot_product,
    codes.LEAST_ALLOCATED: least_allocated,
    codes.MOST_ALLOCATED: most_allocated,
    codes.SWARM_BINPACK: swarm_binpack,
    codes.SWARM_SPREAD: swarm_spread,
}
AMOUNT = st.sampled_from([0, 1, 2, 4, 8, 16])


@pytest.mark.parametrize("policy", FORMULAS)
@given(
    capacity=st.lists(st.tuples(*[st.sampled_from([16, 32, 64])] * 2), min_size=2, max_size=5),
    sizes=st.lists(st.tuples(AMOUNT, AMOUNT, st.sampled_from([0, 125, 500, 1000, 2000])), min_size=2, max_size=4),
    carried=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=8),
)
def test_the_highest_score_wins_and_the_first_of_equals(policy, capacity, sizes, carried):
    state, pointer = state_of(
        capacity,
        [(cpu, memory) for cpu, memory, _ in sizes],
        policy=policy,
        devices=[2] * len(capacity),
        asks=[asked_of(milli) for _, _, milli in sizes],
        rows=20,
        scale=SCALE,
    )
    for k, h in carried:
        put(pointer, come(pointer, k % len(sizes), NEVER, 0), h % len(capacity), 0)
    cpu, memory, milli = sizes[0]
    each = min(milli, 1000)
    scores = [
        (FORMULAS[policy](free, cap, sum(devices), count, (cpu, memory), milli), -h)
        for h, (free, cap, devices, count) in enumerate(
            zip(state.free.tolist(), capacity, state.device.tolist(), state.hosts[:, COUNT].tolist(), strict=True)
        )
        if free[0] >= cpu and free[1] >= memory and sum(g >= each for g in devices) >= asked_of(milli)[0]
    ]
    c = come(pointer, 0, NEVER, 0)
    ask_all(pointer, np.array([c]), 0)
    assert state.containers[c, HOST] == (-max(scores)[1] if scores else -1)


def choice(policy, carried, milli, devices=(2, 2, 2), **more):
    """The host and the devices for a container that asks for so much, on hosts that carry this, in milli by host."""
    asks = [milli, *(each for on in carried for each in on)]
    state, pointer = state_of(
        [(64, 64)] * len(devices),
        [(1, 1)] * len(asks),
        policy=policy,
        devices=devices,
        asks=[asked_of(each) for each in asks],
        rows=20,
        **more,
    )
    k = 1
    for h, on in enumerate(carried):
        for _ in on:
            assert put(pointer, come(pointer, k, NEVER, 0), h, 0)
            k += 1
    before = state.device.copy()
    c = come(pointer, 0, NEVER, 0)
    ask_all(pointer, np.array([c]), 0)
    at = int(state.containers[c, HOST])
    return at, (before[at] - state.device[at]).tolist()


@pytest.mark.parametrize(
    ("carried", "milli", "expected"),
    [
        ([[], [1000], [500]], 250, (2, [250, 0])),  # a device in use first,
        ([[], [1000], []], 250, (1, [0, 250])),  # then a free one of a host in use,
        ([[], [1000, 1000], []], 250, (0, [250, 0])),  # then a free host
        ([[500], [250], []], 250, (0, [250, 0])),  # the fuller device
        ([[], [500], []], 1000, (1, [0, 1000])),
        ([[], [500], []], 2000, (0, [1000, 1000])),
    ],
)
def test_gpu_packing_keeps_free_devices_and_hosts_free(carried, milli, expected):
    assert choice(codes.GPU_PACKING, carried, milli) == expected


@pytest.mark.parametrize(
    ("carried", "milli", "host"),
    [
        ([[1000], [], [300]], 300, 2),  # those that ask alike,
        ([[1000], [], [300, 1000]], 300, 2),  # be it not alone,
        ([[1000], [], [1000]], 300, 1),  # then an empty host
        ([[300], [300, 300], []], 300, 1),  # the fuller of equals
    ],
)
def test_gpu_clustering_puts_alike_beside_alike(carried, milli, host):
    assert choice(codes.GPU_CLUSTERING, carried, milli)[0] == host


def test_fragmentation_grows_least_where_typical_containers_lose_least():
    """Two hosts of two devices; half of what is typical asks for a whole device, half for 500 of one.

    A share of 300 beside one of 500 leaves 200, which nobody can use: of 1,500 free, 500 were fragment for whole
    devices (0.5 x 500 = 250); then 200 for both (200). On the other host, 2,000 are free without fragment, and
    700 beside a free device are fragment for the former alone (350).
    """
    typical = Typical(np.array([[0, 1, 1000], [0, 1, 500]]), np.array([0.5, 0.5]), np.ones((2, 1), dtype=bool))
    assert choice(codes.FGD, [[], [500]], 300, devices=(2, 2), typical=typical) == (1, [300, 0])
    here, there = (int(100 / (1 + math.exp(-change / 1000))) for change in (250 - 200, 0 - 350))
    assert (here, there) == (51, 41)


def test_fragmentation_is_counted_by_what_typical_containers_lack():
    """A host without CPU to spare is all fragment for those that need some, and none for others that fit."""
    typical = Typical(np.array([[64, 1, 1000]]), np.array([1.0]), np.ones((1, 1), dtype=bool))
    # On an empty host, one core less leaves too few for the typical container: 2,000 become fragment, on a busy one
    # they are already.
    assert choice(codes.FGD, [[], [0, 0]], 0, devices=(2, 2), typical=typical)[0] == 1


def test_random_takes_any_host_that_has_room():
    state, pointer = state_of([(4, 4), (0, 0), (4, 4), (4, 4)], [(1, 1)], policy=codes.RANDOM, rows=3000, seed=7)
    found: Counter[int] = Counter()
    for _ in range(3000):
        c = come(pointer, 0, 1, 0)
        state.free[:] = state.capacity
        ask_all(pointer, np.array([c]), 0)
        found[int(state.containers[c, HOST])] += 1
    assert set(found) == {0, 2, 3}
    assert all(abs(n - 1000) < 100 for n in found.values())


@pytest.mark.parametrize("name", PLACING)
def test_every_policy_fills_a_cluster(name):
    """With more resources than sources speak of, and more devices."""
    state, pointer = state_of(
        [(4, 8, 3, 9, 5)] * 6, [(1, 2, 0, 3, 1)], policy=PLACING[name], devices=[9] * 6, asks=[(2, 1000)], rows=30
    )
    rows = np.array([come(pointer, 0, NEVER, 0) for _ in range(30)])
    assert ask_all(pointer, rows, 0) == 18
    assert state.hosts[:, COUNT].tolist() == [3] * 6
