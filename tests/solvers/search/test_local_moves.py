"""Moves that know where copies go: forms kept and books true for each by itself, and what each is for."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from problems import goals, optimum, problem_of, problems

from planner.problem import Solution, broken_forms, score
from planner.problem.score import unplaced
from planner.solvers.greedy import Greedy
from planner.solvers.search.anneal_kernel import (
    CHAIN,
    LEAST_ODDS,
    MERGE,
    OPERATORS,
    PART,
    RETYPE,
    RUINS,
    SHIFT,
    SPLIT,
    SWAP,
    local,
    weigh,
)
from planner.solvers.search.arrays import BAD, ENERGY, HOSTS, LEFT, SPENT
from planner.solvers.search.books import Rows, Supply, plan_of, whole_plan
from planner.solvers.search.given import Case
from planner.solvers.search.trial_kernel import begin, drop, fits_rows, keep, loss_change
from planner.solvers.stop import Stop

BOOKS = ("used", "held", "placed", "placed_near", "cap_left", "quota_left", "room_held", "room_hosts", "left")


def _made(problem, start):
    case = Case.of(problem)
    return case, *whole_plan(case, start, 1)


def _books(plan):
    hosts = int(plan.number[HOSTS])
    return {name: getattr(plan, name).tolist() for name in BOOKS} | {"free": plan.free[:hosts].tolist()}


def _tried(case, plan, pointer, operator, times=400):
    """Apply an operator until it may be kept and saves something; whether it was."""
    for _ in range(times):
        spent, energy = plan.value[SPENT], plan.value[ENERGY]
        begin(pointer)
        done = local(case.pointer, pointer, operator, energy, False)
        all_placed = not any(plan.pool_copies[: plan.number[5]])
        if done and all_placed and not plan.number[BAD] and fits_rows(pointer) and plan.value[SPENT] < spent - 1e-6:
            keep(case.pointer, pointer)
            return True
        drop(case.pointer, pointer)
        plan.value[SPENT], plan.value[ENERGY] = spent, energy
    return False


@pytest.mark.parametrize("operator", range(RUINS, OPERATORS))
@given(problem=problems(copies=6, items=4), heat=st.floats(0.0, 5.0))
def test_a_move_keeps_the_forms_and_its_books_or_leaves_no_trace(operator, problem, heat):
    assume(optimum(problem) is not None)
    start = Greedy().solve(problem, Stop(seconds=None, iterations=20)).solution
    case, plan, pointer = _made(problem, start)
    assume(not plan.number[BAD])
    for _ in range(12):
        before, values = _books(plan), plan.value[[LEFT, SPENT, ENERGY]]
        begin(pointer)
        done = local(case.pointer, pointer, operator, plan.value[ENERGY] + heat, False)
        if done and not plan.number[BAD] and fits_rows(pointer) and loss_change(case.pointer, pointer) <= 0:
            keep(case.pointer, pointer)
        else:
            drop(case.pointer, pointer)
            assert _books(plan) == before
            assert plan.value[[LEFT, SPENT, ENERGY]] == pytest.approx(values)
            assert not plan.number[BAD]
    rows = Rows.now(plan)
    solution = rows.solution()
    assert broken_forms(problem, solution) == []
    assert plan.left.tolist() == unplaced(problem, solution).tolist()
    again, _ = plan_of(case, rows, plan.left, Supply.of(problem), 1)
    assert _books(plan) == _books(again)
    assert plan.value[[LEFT, SPENT, ENERGY]] == pytest.approx(again.value[[LEFT, SPENT, ENERGY]], abs=1e-6)


CLOSING = {
    "a shift closes a host": (SHIFT, [[4], [3]], [[9]], [5], [(0, 1, {0: 1}), (0, 1, {1: 1})], 5),
    "a chain pushes a smaller copy on": (
        CHAIN, [[4], [3], [5]], [[9], [8]], [9, 8],
        [(0, 1, {1: 1, 2: 1}), (1, 1, {0: 1}), (1, 1, {0: 1})], 17,
    ),
    "two hosts become one that costs less": (
        MERGE, [[5], [3]], [[5], [9]], [5, 7], [(0, 1, {0: 1}), (0, 1, {1: 1})], 7,
    ),
    "one becomes two that cost less": (SPLIT, [[5], [3]], [[5], [9]], [3, 9], [(1, 1, {0: 1, 1: 1})], 6),
    "two are parted anew": (
        PART, [[5, 1], [1, 5]], [[10, 2], [2, 10], [6, 6]], [5, 5, 8], [(2, 2, {0: 1, 1: 1})], 10,
    ),
    "a host gets a cheaper type": (RETYPE, [[3], [2]], [[6], [9]], [4, 9], [(1, 1, {0: 1, 1: 1}), ], 4),
}  # fmt: skip


@pytest.mark.parametrize(("operator", "sizes", "capacities", "prices", "start", "cost"), CLOSING.values(), ids=CLOSING)
def test_what_a_move_is_for(operator, sizes, capacities, prices, start, cost):
    begun = Solution.of(start)
    problem = problem_of(sizes, begun.placed(len(sizes)).tolist(), capacities, prices, goals=goals("unplaced", "cost"))
    case, plan, pointer = _made(problem, begun)
    assert _tried(case, plan, pointer, operator)
    solution = Rows.now(plan).solution()
    assert broken_forms(problem, solution) == []
    assert score(problem, solution) == (0, cost)


def test_a_swap_gathers_slack_on_one_host():
    problem = problem_of([[6], [5], [4], [3]], [1] * 4, [[10]], [5], goals=goals("unplaced", "hosts"))
    case, plan, pointer = _made(problem, Solution.of([(0, 1, {0: 1, 3: 1}), (0, 1, {1: 1, 2: 1})]))
    before = plan.value[ENERGY]
    for _ in range(50):
        begin(pointer)
        if local(case.pointer, pointer, SWAP, before - 1e-9, False):
            keep(case.pointer, pointer)
            break
        drop(case.pointer, pointer)
    assert plan.value[ENERGY] < before
    loads = sorted(10 - plan.free[: plan.number[HOSTS], 0])
    assert loads == [8, 10]


def test_odds_follow_what_is_found_for_the_work():
    problem = problem_of([[2]], [2], [[4]], [5])
    _, plan, pointer = _made(problem, Solution.of([(0, 1, {0: 2})]))
    plan.won[:OPERATORS], plan.tried[:OPERATORS] = 0.0, 100.0
    plan.won[SWAP], plan.won[CHAIN], plan.tried[CHAIN] = 10.0, 10.0, 200.0
    weigh(pointer, 0, OPERATORS)
    assert plan.odds[SWAP] == pytest.approx(2 * plan.odds[CHAIN])
    assert plan.odds[:RUINS] == pytest.approx(np.full(RUINS, LEAST_ODDS * plan.odds[SWAP]))
