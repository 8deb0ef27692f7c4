"""The search: forms kept move after move, books that stay true, halves that may not disturb each other."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from problems import goals, optimum, problem_of, problems

from planner.problem import Solution, broken_forms, score
from planner.problem.score import cost, unplaced
from planner.solvers.greedy import Greedy
from planner.solvers.search import Search
from planner.solvers.search.anneal_kernel import anneal
from planner.solvers.search.arrays import BAD, HOSTS, LEFT, SPENT
from planner.solvers.search.books import Rows, Supply, plan_of, whole_plan
from planner.solvers.search.deal import deal, frozen
from planner.solvers.search.given import Case
from planner.solvers.stop import Stop

MOVES = Stop(seconds=None, iterations=300)


def _fleet(copies=40, seed=0):
    """Shapes and host types at random, enough for many hosts."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(5, 60, (12, 2)).tolist()
    capacities = [[100, 100], [70, 130], [160, 120], [200, 210]]
    return problem_of(sizes, [copies] * 12, capacities, [100, 97, 151, 203])


def _started(problem):
    start = Greedy().solve(problem, MOVES).solution
    case = Case.of(problem)
    return case, whole_plan(case, start, 3)


def _books(plan):
    names = ("used", "held", "placed", "placed_near", "cap_left", "quota_left", "room_held", "room_hosts", "left")
    return {name: getattr(plan, name).tolist() for name in names} | {"bad": int(plan.number[BAD])}


@given(problem=problems(copies=6, items=4))
def test_books_stay_those_of_the_rows(problem):
    assume(optimum(problem) is not None)
    case, (plan, pointer) = _started(problem)
    assume(not plan.number[BAD])
    anneal(case.pointer, pointer, 100, 1.0, 0.1)
    rows = Rows.now(plan)
    solution = rows.solution()
    assert broken_forms(problem, solution) == []
    assert plan.left.tolist() == unplaced(problem, solution).tolist()
    again, _ = plan_of(case, rows, plan.left, Supply.of(problem), 1)
    assert _books(plan) == _books(again)
    assert plan.value[[LEFT, SPENT]] == pytest.approx(again.value[[LEFT, SPENT]])
    hosts = int(plan.number[HOSTS])
    assert plan.free[:hosts].tolist() == again.free[:hosts].tolist()


def test_the_objective_is_the_cost_of_the_plan():
    problem = _fleet()
    case, (plan, pointer) = _started(problem)
    anneal(case.pointer, pointer, 2000, 10.0, 1.0)
    solution = Rows.now(plan).solution()
    assert plan.value[SPENT] == pytest.approx(cost(problem, solution), abs=0.6)  # hosts count below one unit of cost


@given(problem=problems(copies=6, items=4), seed=st.integers(0, 5))
def test_halves_keep_the_forms_whatever_the_other_does(problem, seed):
    assume(not problem.rooms)  # such plans are not dealt
    assume(optimum(problem) is not None)
    case, (plan, _) = _started(problem)
    assume(not plan.number[BAD])
    halves = deal(frozen(case), plan, np.random.default_rng(seed))
    for half, pointer in halves:
        assert not half.number[BAD]
        anneal(frozen(case).pointer, pointer, 60, 5.0, 1.0)
    (one, _), (two, _) = halves
    assert broken_forms(problem, Rows.now(one).beside(Rows.now(two)).solution()) == []
    assert broken_forms(problem, Rows.best(one).beside(Rows.best(two)).solution()) == []


@given(problem=problems(), seed=st.integers(0, 3))
def test_it_is_never_worse_than_greedy_and_breaks_no_form(problem, seed):
    assume(optimum(problem) is not None)
    start = Greedy().solve(problem, MOVES).solution
    found = Search().solve(problem, MOVES, seed=seed, start=start).solution
    assert broken_forms(problem, found) == []
    assert score(problem, found) <= score(problem, start)


@pytest.mark.parametrize("seed", range(4))
def test_small_problems_reach_the_optimum(seed):
    draw = np.random.default_rng(seed)
    sizes = draw.integers(1, 7, (4, 2)).tolist()
    problem = problem_of(sizes, [1, 2, 1, 1], [[7, 7], [10, 9], [6, 10]], draw.integers(4, 9, 3).tolist())
    result = Search().solve(problem, Stop(seconds=None, iterations=500), seed=seed)
    assert score(problem, result.solution) == optimum(problem)[0]


def test_it_beats_greedy_on_a_fleet():
    problem = _fleet()
    start = Greedy().solve(problem, MOVES).solution
    found = Search().solve(problem, Stop(seconds=None, iterations=6000), start=start).solution
    assert broken_forms(problem, found) == []
    assert cost(problem, found) < 0.995 * cost(problem, start)


def test_a_large_plan_is_dealt_to_two_threads_alike_every_time(monkeypatch):
    monkeypatch.setattr("planner.solvers.search.run.DEALT", 20)
    problem = _fleet(copies=20)
    one, two = (Search().solve(problem, Stop(seconds=None, iterations=4000), seed=5).solution for _ in range(2))
    assert one.patterns() == two.patterns()
    assert broken_forms(problem, one) == []


def test_what_runs_stays_where_moving_costs_more_than_it_saves():
    sizes = [[4], [3]]
    stays = np.array([[0, 9, 9], [9, 0, 9]])
    problem = problem_of(
        sizes, [1, 1], [[5], [5], [8]], [5, 5, 6], available=[1, 1, 9], placing=stays, goals=goals("unplaced", "cost")
    )
    start = Solution.of([(0, 1, {0: 1}), (1, 1, {1: 1})])
    assert Search().solve(problem, MOVES, start=start).solution.patterns() == start.patterns()
    cheap = problem_of(
        sizes, [1, 1], [[5], [5], [8]], [5, 5, 6], available=[1, 1, 9], placing=stays // 9,
        goals=goals("unplaced", "cost"),
    )  # fmt: skip
    assert Search().solve(cheap, MOVES, start=start).solution.patterns() == [(2, 1, {0: 1, 1: 1})]


def test_without_the_goal_to_place_everything_it_leaves_the_start_alone():
    problem = problem_of([[2]], [2], [[4]], [5], goals=goals("cost"))
    assert not Search().can(problem)
    start = Solution.of([(0, 1, {0: 1})])
    assert Search().solve(problem, MOVES, start=start).solution.hosts <= 1
