"""Kernels against a plain simulator, and against what must always hold, over drawn events."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass

import numpy as np
import pytest
from by_hand import Container, Plain
from hypothesis import given
from hypothesis import strategies as st
from tables import asked_of, state_of

import planner.simulation.state as state_module
from planner.simulation.advance_kernel import advance, come
from planner.simulation.blank import copied, grown
from planner.simulation.control_kernel import add, ask_all, evict, put, resize, retire
from planner.simulation.hosts_kernel import empty, set_state
from planner.simulation.pointer_kernel import point_at
from planner.simulation.policies.codes import BEST_FIT, FGD, FIRST_FIT, LEAST_ALLOCATED, RANDOM, WORST_FIT
from planner.simulation.state import (
    ASIDE,
    CAME,
    CAME_EVENT,
    CLASS,
    CORDONED,
    COUNT,
    DEVICE,
    DEVICES,
    DOWN,
    DROPPED,
    EVICTED,
    GONE,
    HASH,
    HOST,
    HOST_STATE,
    HOSTS_UP,
    HOSTS_USED,
    LEAVE,
    LEFT,
    LOGGED,
    MEMBER,
    MEMBER_END,
    NEVER,
    PLACE_EVENT,
    PLACED,
    ROWS,
    RUNNING,
    SERVE_EVENT,
    SERVES,
    SERVING,
    SHAPE,
    STARTS,
    STATUS,
    UP,
    WAITED,
    WAITING,
    WAITS,
    WEIGHT,
)

POLICIES = {"first": FIRST_FIT, "best": BEST_FIT, "worst": WORST_FIT}


@dataclass(frozen=True)
class Story:
    """Hosts, what comes, and which hosts change their state when."""

    capacity: list[tuple[int, int]]
    sizes: list[tuple[int, int]]
    milli: list[int]
    groups: list[int | None]
    starts: list[int]
    arrivals: list[tuple[int, int, int]]
    turns: list[tuple[int, int]]
    queues: bool

    def begin(self, policy, **more):
        return state_of(
            self.capacity,
            self.sizes,
            self.arrivals,
            policy=policy,
            groups=self.groups,
            most=2,
            starts=self.starts,
            queues=self.queues,
            **more,
        )


@st.composite
def stories(draw):
    amount = st.integers(1, 12)
    capacity = draw(st.lists(st.tuples(amount, amount), min_size=1, max_size=5))
    small = st.integers(0, 6)
    classes = draw(st.lists(st.tuples(small, small, st.sampled_from([None, None, 0, 1])), min_size=2, max_size=4))
    arriving = st.tuples(st.integers(0, 4), st.integers(0, len(classes) - 1), st.integers(1, 25))
    arrivals, now = [], 0
    for gap, k, stay in draw(st.lists(arriving, min_size=3, max_size=30)):
        now += gap
        arrivals.append((now, k, stay))
    turning = st.tuples(st.integers(1, 9), st.integers(0, len(capacity) - 1))
    turns, now = [], 0
    for gap, h in draw(st.lists(turning, max_size=8)):
        now += gap
        turns.append((now, h))
    return Story(
        capacity,
        [(cpu, memory) for cpu, memory, _ in classes],
        [draw(st.sampled_from([0, 300, 700, 1000, 2000])) for _ in classes],
        [group for _, _, group in classes],
        [draw(st.sampled_from([0, 0, 3])) for _ in classes],
        arrivals,
        turns,
        draw(st.booleans()),
    )


def turn(pointer, state, h, now):
    """A host fails, and all that it carried asks elsewhere; or it comes back."""
    if state.hosts[h, HOST_STATE] == UP:
        gone = empty(pointer, h, now)
        set_state(pointer, h, DOWN, now)
        ask_all(pointer, gone, now)
    else:
        set_state(pointer, h, UP, now)


def play(pointer, state, story, until=NEVER // 4):
    for when, h in story.turns:
        advance(pointer, min(when, until))
        if when >= until:
            return
        turn(pointer, state, h, when)
    advance(pointer, until)


@pytest.mark.parametrize("order", POLICIES)
@given(story=stories())
def test_kernels_do_what_a_plain_simulator_does(order, story):
    state, pointer = story.begin(POLICIES[order])
    plain = Plain(story.capacity, order, state.lanes[WEIGHT].tolist(), most=2, queues=story.queues)
    coming = [
        (when, Container(story.sizes[k], stay, story.starts[k], story.groups[k])) for when, k, stay in story.arrivals
    ]
    began = 0
    for when, h in [*story.turns, (60, None)]:
        advance(pointer, when)
        plain.run([(t, one) for t, one in coming if began <= t], when)
        began = when
        assert hosts_of(state) == [one.host for one in plain.containers], f"at {when}"
        assert state.now[WAITING] == len(plain.waiting)
        assert state.workloads[0, DROPPED] == plain.dropped
        if h is not None:
            turn(pointer, state, h, when)
            plain.fail(h, when) if plain.up[h] else plain.repair(h, when)


def hosts_of(state):
    there = state.containers[: state.number[ROWS], HOST].tolist()
    return [None if h < 0 else h for h in there]


def check_books(state):
    """Every amount, device and count follows from who is where."""
    there = state.containers[: state.number[ROWS]]
    placed = there[there[:, HOST] >= 0]
    shape, host = state.classes[placed[:, CLASS], SHAPE], placed[:, HOST]
    used = np.zeros_like(state.capacity)
    np.add.at(used, host, state.size[shape])
    assert (state.free == state.capacity - used).all()
    assert (state.free >= 0).all()
    devices = np.where(state.device >= 0, DEVICE, -1)
    for each, s, h in zip(placed, shape, host, strict=True):
        held = [g for g in range(state.device.shape[1]) if each[DEVICES] >> g & 1]
        assert len(held) == state.asks[s, 0]
        devices[h, held] -= state.asks[s, 1]
    assert (state.device == devices).all()
    assert (state.hosts[:, COUNT] == np.bincount(host, minlength=len(state.hosts))).all()
    assert state.now[HOSTS_USED] == (state.hosts[:, COUNT] > 0).sum()
    assert state.now[HOSTS_UP] == (state.hosts[:, HOST_STATE] != DOWN).sum()
    assert (state.hosts[host, HOST_STATE] != DOWN).all()
    assert state.now[RUNNING] == len(placed)
    assert state.used.tolist() == [*used.sum(axis=0), int(state.asks[shape].prod(axis=1).sum())]
    for group, (cell, _, hosts, total) in enumerate(state.groups.tolist()):
        member = (state.members == group).nonzero()[0]
        counted = np.isin(placed[:, CLASS], [k for k in range(len(state.classes)) if is_of(state, k, member)])
        assert total == counted.sum()
        on = np.bincount(host[counted], minlength=hosts)
        assert (state.held[cell : cell + hosts] == on).all()
        assert (on <= 2).all()
    status = there[:, STATUS]
    assert ((there[:, HOST] >= 0) == np.isin(status, [STARTS, SERVES])).all()
    totals = state.workloads.sum(axis=0)
    assert totals[CAME] == len(there)
    assert totals[SERVING] == (status == SERVES).sum()
    assert state.now[WAITING] == (status == WAITS).sum()
    assert totals[LEFT] + totals[DROPPED] == (status == GONE).sum()


def is_of(state, k, rows):
    first, end = state.classes[k, [MEMBER, MEMBER_END]]
    return any(first <= e < end for e in rows)


@pytest.mark.parametrize("policy", [FIRST_FIT, BEST_FIT, WORST_FIT, RANDOM, LEAST_ALLOCATED, FGD])
@given(story=stories(), data=st.data())
def test_nothing_is_lost_and_nothing_is_held_twice(policy, story, data):
    hosts = len(story.capacity)
    state, pointer = story.begin(
        policy,
        devices=data.draw(st.lists(st.integers(0, 3), min_size=hosts, max_size=hosts)),
        asks=[asked_of(milli) for milli in story.milli],
        rows=len(story.arrivals) + 12,
        seed=3,
    )
    some = st.integers(0, len(story.arrivals) - 1)
    for when, h in story.turns:
        advance(pointer, when)
        check_books(state)
        what = data.draw(st.sampled_from(["turn", "evict", "retire", "put", "resize", "add", "ask"]))
        c = min(data.draw(some), int(state.number[ROWS]) - 1)
        if what == "turn" or c < 0:
            turn(pointer, state, h, when)
        elif what == "evict":
            evict(pointer, c, when)
        elif what == "retire":
            retire(pointer, c, when)
        elif what == "put":
            put(pointer, c, h, when)
        elif what == "resize":
            resize(pointer, c, data.draw(st.integers(0, len(story.sizes) - 1)), when)
        elif what == "add":
            add(pointer, data.draw(st.integers(0, len(story.sizes) - 1)), 2, 5, when)
        else:
            ask_all(pointer, np.arange(state.number[ROWS]), when)
        check_books(state)
    advance(pointer, 5000)
    check_books(state)
    there = state.containers[: state.number[ROWS], STATUS]
    assert len(there) >= len(story.arrivals)
    assert np.isin(there, [ASIDE, WAITS, GONE]).all()  # all that runs has left by then


@given(story=stories(), parts=st.lists(st.integers(1, 60), max_size=6), data=st.data())
def test_the_same_film_whether_in_one_go_in_pieces_or_from_a_copy(story, parts, data):
    policy = data.draw(st.sampled_from([BEST_FIT, RANDOM, LEAST_ALLOCATED]))
    whole, pointer = story.begin(policy, logged=4000, seed=5)
    play(pointer, whole, story, 60)
    assert whole.number[HASH] != 0 or whole.workloads[0, PLACED] == 0

    again, pointer = story.begin(policy, logged=4000, seed=5)
    turns = dict.fromkeys(sorted({*parts, *(when for when, _ in story.turns), 60}), ())
    for when in turns:
        advance(pointer, when)
        if data.draw(st.booleans()):
            again = copied(again)
            pointer = point_at(again)
        for at, h in story.turns:
            if at == when:
                turn(pointer, again, h, when)
    for name, one, other in zip(whole._fields, whole, again, strict=True):
        if name not in ("area", "heap"):  # sums of floats differ by how they are made, and free places hold anything
            assert (one == other).all(), name
    assert np.allclose(whole.area, again.area)


def test_another_seed_is_another_film():
    arrivals = [(n, 0, 1000) for n in range(40)]
    one, two = (state_of([(100, 100)] * 9, [(1, 1)], arrivals, policy=RANDOM, seed=seed) for seed in (1, 2))
    advance(one[1], 50)
    advance(two[1], 50)
    assert one[0].number[HASH] != two[0].number[HASH]


def test_a_job_that_is_evicted_starts_from_scratch():
    state, pointer = state_of([(4, 4)] * 2, [(2, 2)], [(0, 0, 100)], starts=[10])
    advance(pointer, 60)
    assert evict(pointer, 0, 60) == 0
    assert state.containers[0, [HOST, STATUS]].tolist() == [-1, ASIDE]
    assert put(pointer, 0, 1, 60)
    advance(pointer, 169)
    assert state.containers[0, HOST] == 1  # it began to start at 60, to serve at 70
    advance(pointer, 170)
    assert state.workloads[0, [PLACED, EVICTED, LEFT, SERVING]].tolist() == [2, 1, 1, 0]


def test_starts_of_a_container_that_was_moved_are_not_counted_twice():
    state, pointer = state_of([(4, 4)] * 2, [(2, 2)], [(0, 0, NEVER)], starts=[10])
    advance(pointer, 1)
    for h in (1, 0, 1, 0, 1, 0, 1):  # more events than the heap has rows for
        evict(pointer, 0, 1)
        assert put(pointer, 0, h, 1)
    advance(pointer, 50)
    assert state.workloads[0, SERVING] == 1


def test_room_of_an_evicted_container_is_offered_when_time_goes_on():
    state, pointer = state_of([(4, 4)], [(3, 3), (2, 2)], [(0, 0, NEVER), (1, 1, NEVER)])
    advance(pointer, 5)
    assert state.containers[1, STATUS] == WAITS
    evict(pointer, 0, 5)
    assert state.containers[1, STATUS] == WAITS
    advance(pointer, 6)
    assert state.containers[1, STATUS] == SERVES
    assert state.lacks[0, WAITED] == 4


def test_room_of_a_retired_container_is_offered_at_once():
    state, pointer = state_of([(4, 4)], [(3, 3)], [(0, 0, NEVER), (1, 0, NEVER), (2, 0, NEVER)])
    advance(pointer, 5)
    assert retire(pointer, 2, 5) == -1  # it waited
    assert retire(pointer, 0, 5) == 0
    assert state.containers[:, STATUS].tolist() == [GONE, SERVES, GONE]
    assert retire(pointer, 0, 6) == -1
    assert state.workloads[0, LEFT] == 2
    assert not put(pointer, 0, 0, 6)
    check_books(state)


def test_a_host_takes_what_is_put_there_only_if_it_has_room_and_rules_let_it():
    state, pointer = state_of([(4, 4), (4, 4)], [(2, 2)], devices=[2, 0], asks=[(1, 400)], groups=[0], most=2, rows=4)
    rows = [come(pointer, 0, NEVER, 0) for _ in range(4)]
    assert not put(pointer, rows[0], 1, 0)  # no device
    assert put(pointer, rows[0], 0, 0)
    assert not put(pointer, rows[0], 0, 0)  # it is there
    assert put(pointer, rows[1], 0, 0)
    assert state.device[0].tolist() == [200, 1000]  # the tightest device
    assert not put(pointer, rows[2], 0, 0)  # no room
    gone = empty(pointer, 0, 0)
    set_state(pointer, 0, CORDONED, 0)
    assert not put(pointer, gone[0], 0, 0)
    check_books(state)


def test_a_container_is_resized_in_place_where_there_is_room():
    sizes, asks = [(2, 2), (3, 2), (6, 2), (2, 2)], [(1, 300), (1, 300), (0, 0), (2, 1000)]
    state, pointer = state_of([(6, 6)], sizes, devices=[2], asks=asks, rows=2, logged=99)
    first, second = add(pointer, 0, 2, NEVER, 0).tolist()
    assert state.device[0].tolist() == [400, 1000]
    before = copied(state)
    assert not resize(pointer, first, 2, 5)
    assert (state.containers == before.containers).all()
    assert (state.device == before.device).all()
    assert resize(pointer, first, 1, 5)
    assert state.free[0].tolist() == [1, 2]
    assert state.device[0].tolist() == [400, 1000]
    assert not resize(pointer, second, 3, 5)  # two whole devices
    retire(pointer, first, 6)
    assert resize(pointer, second, 3, 6)
    assert state.device[0].tolist() == [0, 0]
    check_books(state)


def test_tables_grow_when_they_have_no_row_left():
    state, pointer = state_of([(9, 9)], [(1, 1)], [(1, 0, NEVER), (2, 0, NEVER)], rows=1)
    assert not advance(pointer, 10)
    assert state.number[ROWS] == 1
    assert len(add(pointer, 0, 1, NEVER, 2)) == 0
    state = grown(state, 5)
    pointer = point_at(state)
    assert advance(pointer, 10)
    assert add(pointer, 0, 3, NEVER, 10).tolist() == [2, 3, 4]
    check_books(state)
    assert grown(state, 3) is state


def test_a_full_log_stops_time():
    state, pointer = state_of([(9, 9)], [(1, 1)], [(n, 0, 5) for n in range(60)], logged=100)
    assert not advance(pointer, 1000)
    told = list[list[int]]()
    while not advance(pointer, 1000):
        told += state.log[: state.number[LOGGED]].tolist()
        state.number[LOGGED] = 0
    told += state.log[: state.number[LOGGED]].tolist()
    for what in (CAME_EVENT, PLACE_EVENT, SERVE_EVENT, LEAVE):
        assert sorted(who for _, each, who, _ in told if each == what) == list(range(60))


def test_a_column_has_a_name_of_its_own():
    tree = ast.parse(inspect.getsource(state_module))
    named = [name.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets
             for name in ast.walk(target) if isinstance(name, ast.Name)]  # fmt: skip
    assert len(named) == len(set(named))
