"""Re-placement: kernels against an evaluation of their own, the search against brute force."""

import itertools
import pickle
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reassignments import drawn

from planner.solvers.reassign import Reassign, Reassignment
from planner.solvers.reassign.anneal import anneal
from planner.solvers.reassign.bound import lower_bound
from planner.solvers.reassign.cooling import Cooling
from planner.solvers.reassign.evaluate import costs, violations
from planner.solvers.reassign.facts import facts_of
from planner.solvers.reassign.pick import some_dear, some_wide
from planner.solvers.reassign.rearrange import try_rearrange
from planner.solvers.reassign.state import COST, copy_into, move, state_of
from planner.solvers.stop import Stop

SHORT = Stop(seconds=None, iterations=40)


def keeps_rules(problem, place):
    return not any(violations(problem, place).values())


def cheapest(problem):
    everywhere = itertools.product(range(problem.machines), repeat=problem.processes)
    places = (np.array(place) for place in everywhere)
    return min(sum(costs(problem, place).values()) for place in places if keeps_rules(problem, place))


@given(seed=st.integers(0, 10_000), heat=st.sampled_from([0.1, 20.0, 1000.0]), tight=st.booleans())
@settings(max_examples=60, deadline=None)
def test_walks_keep_all_rules_and_count_the_true_cost(seed, heat, tight):
    problem = drawn(seed, processes=20, machines=5, tight=tight)
    facts = facts_of(problem)
    state = state_of(facts)
    random = np.array([seed], dtype=np.uint64)
    for _ in range(5):
        anneal(facts, state, heat, 300, random)
        assert violations(problem, state.place) == dict.fromkeys(("capacity", "conflict", "spread", "dependency"), 0)
        assert state.sums[COST] == sum(costs(problem, state.place).values())


@given(seed=st.integers(0, 10_000), steps=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 4)), max_size=30))
@settings(max_examples=40, deadline=None)
def test_there_and_back_again_leaves_no_trace(seed, steps):
    facts = facts_of(drawn(seed, processes=20, machines=5))
    state, before = state_of(facts), state_of(facts)
    trail = []
    for process, machine in steps:
        alike = facts.service == facts.service[process]
        if machine not in state.place[alike]:
            trail.append((process, int(state.place[process])))
            move(facts, state, process, machine)
    for process, machine in reversed(trail):
        move(facts, state, process, machine)
    for name in set(state._fields) - {"first", "after", "before"}:  # lists of processes, in any order
        np.testing.assert_array_equal(getattr(state, name), getattr(before, name), err_msg=name)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_machines_list_who_is_on_them(seed):
    facts = facts_of(drawn(seed, processes=20, machines=5))
    state = state_of(facts)
    anneal(facts, state, 500.0, 2000, np.array([seed], dtype=np.uint64))
    for machine in range(5):
        listed, process = [], state.first[machine]
        while process >= 0:
            listed.append(int(process))
            process = state.after[process]
        assert sorted(listed) == np.flatnonzero(state.place == machine).tolist()
        assert len(listed) == state.crowd[machine]


def test_who_is_in_the_way_is_pushed_out_to_a_third_machine():
    problem = Reassignment(
        need=np.array([[8], [4], [4]]),
        service=np.arange(3),
        initial=np.array([0, 1, 1]),
        process_move=np.zeros(3, dtype=np.int64),
        capacity=np.array([[9], [10], [9]]),
        safety=np.array([[0], [10], [9]]),
        location=np.zeros(3, dtype=np.int64),
        neighbourhood=np.zeros(3, dtype=np.int64),
        machine_move=np.zeros((3, 3), dtype=np.int64),
        transient=np.array([False]),
        load_weight=np.array([1]),
        spread=np.zeros(3, dtype=np.int64),
        depends=np.zeros((0, 2), dtype=np.int64),
        balance=np.zeros((0, 4), dtype=np.int64),
        move_weights=np.ones(3, dtype=np.int64),
    )
    facts = facts_of(problem)
    state = state_of(facts)
    random = np.array([1], dtype=np.uint64)
    try_rearrange(facts, state, 0, 1, 0.01, random)
    assert state.place.tolist() == [1, 2, 2]
    assert state.sums[COST] == sum(costs(problem, state.place).values()) == 1
    try_rearrange(facts, state, 0, 0, 0.01, random)  # worse: undone
    assert state.place.tolist() == [1, 2, 2]


def test_picks_go_where_there_is_most_to_gain():
    facts = facts_of(drawn(21, processes=20, machines=5, tight=False))
    state, random = state_of(facts), np.array([4], dtype=np.uint64)
    dear = [int(state.place[some_dear(facts, state, random)]) for _ in range(200)]
    cost = np.maximum(0, state.level).sum(axis=1)
    assert np.bincount(dear, minlength=5).argmax() == cost.argmax()
    tight = facts._replace(empty_room=np.where(np.arange(5)[:, None] == 2, 1000, np.full((1, 3), -1)))
    wide = [some_wide(tight, 0, random) for _ in range(200)]
    assert np.bincount(wide, minlength=5).argmax() == 2


@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_to_optimality(seed):
    problem = drawn(seed, processes=7, machines=3)
    best = cheapest(problem)
    found = Reassign().solve(problem, SHORT, seed=seed)
    assert found.bound <= best == found.cost
    assert found.ended == ("optimal" if found.bound == best else "iterations")


def test_each_rule_is_seen_when_broken():
    problem = drawn(3)
    full = replace(problem, capacity=problem.capacity * 0)
    assert violations(full, problem.initial)["capacity"] == problem.capacity.size
    together = np.zeros_like(problem.initial)
    assert violations(problem, together)["conflict"] > 0
    assert violations(replace(problem, spread=problem.spread + 9), problem.initial)["spread"] == len(problem.spread)
    absent = replace(problem, spread=np.zeros(len(problem.spread) + 1, dtype=np.int64),
                     depends=np.array([[0, len(problem.spread)]]))  # fmt: skip
    assert violations(absent, problem.initial)["dependency"] > 0


def test_transient_resources_are_held_twice():
    problem = drawn(5, tight=False)
    moved = problem.initial.copy()
    moved[0] = (moved[0] + 1) % problem.machines
    left = int(problem.initial[0])
    used = np.zeros_like(problem.capacity)
    np.add.at(used, moved, problem.need)
    capacity = problem.capacity.copy()
    capacity[left] = used[left]
    assert violations(replace(problem, capacity=capacity), moved)["capacity"] == 1


def test_same_seed_and_iterations_give_the_same_answer():
    problem = drawn(8, processes=40, machines=8)
    first, second = (Reassign().solve(problem, SHORT, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.place, second.place)
    assert first.cost == second.cost == sum(costs(problem, first.place).values())
    assert first.cost <= sum(costs(problem, problem.initial).values())


def test_a_wide_gap_ends_the_search_at_once():
    found = Reassign().solve(drawn(9), Stop(seconds=60, gap=1.0))
    assert found.ended in ("gap", "optimal")
    assert found.gap <= 1.0


def test_a_cancelled_search_returns_what_it_has():
    problem = drawn(10)
    clock = Stop(seconds=60).start()
    clock.cancel()
    found = Reassign().solve(problem, clock)
    assert (found.ended, found.cost) == ("cancelled", sum(costs(problem, problem.initial).values()))


def test_out_of_time_it_does_not_wait_for_its_threads():
    problem = drawn(11)
    with patch("planner.solvers.reassign.solver.Walk.cool", side_effect=lambda heat: __import__("time").sleep(5)):
        found = Reassign().solve(problem, Stop(seconds=0.1))
    assert found.ended == "time"
    assert found.seconds < 4
    assert keeps_rules(problem, found.place)


def test_failures_in_threads_are_raised():
    with (
        patch("planner.solvers.reassign.solver.Walk.cool", side_effect=KeyError("broken")),
        pytest.raises(KeyError, match="broken"),
    ):
        Reassign().solve(drawn(1), SHORT)


def test_progress_is_told_and_falls():
    told = []
    found = Reassign().solve(drawn(12, 40, 8), SHORT, watcher=lambda seconds, cost, bound: told.append((cost, bound)))
    assert [cost for cost, _ in told] == sorted({cost for cost, _ in told}, reverse=True)
    assert told[-1] == (found.cost, found.bound)


def test_what_cannot_be_solved_is_said():
    problem = drawn(13)
    with pytest.raises(ValueError, match="seconds or iterations"):
        Reassign().solve(problem, Stop(seconds=None))
    with pytest.raises(ValueError, match=r"breaks rules: \{'capacity'"):
        Reassign().solve(replace(problem, capacity=problem.capacity * 0), SHORT)
    with pytest.raises(ValueError, match="safety has shape"):
        replace(problem, safety=problem.safety[:-1])
    with pytest.raises(ValueError, match="initial names"):
        replace(problem, initial=problem.initial + problem.machines)


def test_the_bound_holds_for_any_assignment():
    for seed in range(20):
        problem = drawn(seed, tight=False)
        random = np.random.default_rng(seed)
        place = random.integers(0, problem.machines, problem.processes)
        paid = costs(problem, place)
        assert lower_bound(facts_of(problem)) <= paid["load"] + paid["balance"]


def test_states_are_copied_whole_and_solvers_travel():
    facts = facts_of(drawn(14))
    state, other = state_of(facts), state_of(facts)
    anneal(facts, state, 1000.0, 500, np.array([1], dtype=np.uint64))
    copy_into(other, state)
    for mine, theirs in zip(other, state, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert pickle.loads(pickle.dumps(Reassign(walks=3))) == Reassign(walks=3)


def test_cooling_stays_longer_where_costs_fall():
    even = Cooling.of(facts_of(drawn(15)), hot=1000.0, cold=0.1)
    assert even.heat(0.0) == pytest.approx(even.first)
    assert even.heat(1.0) == pytest.approx(even.last)
    middle = even.heat(0.5)
    seen = [(heat, 1e6 if heat > middle else 0.0) for heat in np.geomspace(even.first, even.last, 200)]
    tuned = even.tuned(seen)
    spent = np.array([tuned.heat(share) for share in np.linspace(0, 1, 101)])
    assert (np.diff(spent) < 0).all()
    near = (spent < 2 * middle) & (spent > middle / 2)
    evenly = np.array([even.heat(share) for share in np.linspace(0, 1, 101)])
    assert near.sum() > 1.5 * ((evenly < 2 * middle) & (evenly > middle / 2)).sum()
    np.testing.assert_array_equal(even.tuned([]).until, even.until)
