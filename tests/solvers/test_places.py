"""What copies cost by place, caps, moves and partitions: greedy finds the cheap side, and no solver breaks a cap."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from problems import BOUNDED, PARTITION, ZONE, bounds_hold, goals, optimum, problem_of, problems

from planner.problem import Limit, Problem, Solution, Spread, broken_forms, score
from planner.problem.extras import Extras, Licence
from planner.problem.forms import Cap
from planner.problem.score import tier_value
from planner.solvers.cp_sat import CpSat
from planner.solvers.greedy import Greedy
from planner.solvers.greedy.charges import Charges
from planner.solvers.greedy.downsize import downsize
from planner.solvers.patterns import Patterns
from planner.solvers.portfolio import Portfolio
from planner.solvers.result import deciding_goal
from planner.solvers.stop import Stop
from planner.solvers.trim import trim
from planner.solvers.twins import Twins

SOON = Stop(seconds=20)
EVERY_GOAL = (*BOUNDED, "risk", "fragmentation")
every_solver = pytest.mark.parametrize("solver", [Greedy(), CpSat(), Portfolio()], ids=lambda s: type(s).__name__)


def stateful(storage, count=40, **more):
    """Databases with much storage and with none; the cloud of bin type 1 is dear for hosts, cheap for storage."""
    placing = np.array([[9 * storage, 4 * storage], [0, 0]])
    return problem_of([[2], [2]], [count, count], [[8], [8]], [10, 14], **({"placing": placing} | more))


@pytest.mark.parametrize(("storage", "least"), [(0, 200), (1, 10 * 14 + 40 * 4 + 10 * 10), (9, 140 + 1440 + 100)])
def test_greedy_puts_storage_where_it_is_cheap_and_the_rest_where_hosts_are(storage, least):
    problem = stateful(storage)
    result = Greedy().solve(problem, SOON)
    assert score(problem, result.solution)[1] == least
    assert result.bounds[1].value == least


def test_greedy_stays_where_the_detour_costs_more_than_it_saves():
    problem = stateful(1, placing=np.array([[4, 4], [0, 0]]))
    assert score(problem, Greedy().solve(problem, SOON).solution)[1] == 200 + 160


def test_a_host_is_exchanged_for_one_in_the_cheaper_cloud():
    problem = stateful(1, count=4)
    start = Solution.of([(0, 1, {0: 4}), (0, 1, {1: 4})])
    assert downsize(problem, start, Charges.of(problem)).patterns() == [(1, 1, {0: 4}), (0, 1, {1: 4})]
    cap = Cap(np.array([0]), np.array([[0, 1]]), 3, "three at most")
    capped = replace(problem, caps=(cap,))
    assert downsize(capped, start, Charges.of(capped)).patterns() == start.patterns()


@every_solver
def test_a_storage_pool_takes_what_it_holds(solver):
    pool = Cap(np.array([0]), np.array([[0, 100]]), 1250, "pool")
    problem = stateful(9, caps=(pool,))
    result = solver.solve(problem, SOON)
    at = dict.fromkeys((0, 1), 0)
    for b, multiplicity, content in result.solution.patterns():
        at[b] += content.get(0, 0) * multiplicity
    assert at == {0: 28, 1: 12}
    assert score(problem, result.solution)[0] == 0


@every_solver
def test_of_many_replicas_only_so_many_move(solver):
    homes = np.array([[False, True, True], [True, False, True]])
    moving = Cap(np.array([0, 1]), homes.astype(np.int64), 4, "moves")
    problem = problem_of(
        [[1], [1]], [8, 8], [[4], [4], [16]], [10, 10, 9], available=[9, 9, 9], moving=homes, caps=(moving,)
    )
    result = solver.solve(problem, SOON)
    assert broken_forms(problem, result.solution) == []
    assert tier_value(problem, result.solution, goals("moves")[0]) <= 4
    assert score(problem, result.solution)[:2] == (0, 39)


def test_greedy_leaves_replicas_where_they_run_when_moves_come_first():
    moving = np.ones((6, 7), dtype=bool)
    moving[np.arange(6), np.arange(6)] = False
    problem = problem_of(
        [[1]] * 6, [1] * 6, [[4]] * 6 + [[100]], [10] * 6 + [1], moving=moving, available=[1] * 6 + [9],
        goals=goals("unplaced", "moves", "cost"),
    )  # fmt: skip
    assert score(problem, Greedy().solve(problem, SOON).solution) == (0, 0, 60)
    cheap = replace(problem, goals=goals("unplaced", "cost", "moves"))
    assert score(cheap, Greedy().solve(cheap, SOON).solution) == (0, 1, 6)


def test_what_is_above_a_cap_is_taken_off_by_priority():
    cap = Cap(np.array([0, 1]), np.array([[2], [3]]), 8, "eight")
    problem = problem_of([[1], [1]], [2, 3], [[9]], [5], priority=[1, 0], caps=(cap,))
    trimmed = trim(problem, Solution.of([(0, 1, {0: 2, 1: 3})]))
    assert trimmed.patterns() == [(0, 1, {0: 2, 1: 1})]


def test_twins_are_equal_in_cost_and_in_one_partition_at_most():
    limits = tuple(Limit(PARTITION, np.array([i]), 1, "one per cluster") for i in range(3))
    problem = problem_of(
        [[1]] * 3, [2] * 3, [[9]] * 4, [1] * 4, zones=[0, 0, 1, 1], partition=[0, 1, 0, 1], limits=limits
    )
    twins = Twins.of(problem)
    assert twins.problem.items == 1
    dealt = twins.deal(Solution.of([(0, 1, {0: 2}), (1, 1, {0: 1}), (2, 1, {0: 1}), (3, 1, {0: 2})]))
    assert broken_forms(problem, dealt) == []
    both = (*limits, *(Limit(ZONE, np.array([i]), 1, "one per zone") for i in range(3)))
    assert Twins.of(replace(problem, limits=both)).problem.items == 3
    assert Twins.of(replace(problem, placing=np.array([[1] * 4, [1] * 4, [2] * 4]))).problem.items == 2
    smaller = replace(problem, size=np.array([[1, 1], [1, 1], [0, 0]]))
    joined = Twins.of(replace(problem, relaxation=smaller)).problem
    assert joined.items == 2
    assert joined.relaxation.count.tolist() == [4, 2]


def test_zones_packed_exactly_share_a_cap():
    spreads = tuple(Spread(ZONE, np.array([i]), 1, np.array([0, 1]), False, "spread") for i in range(4))
    cap = Cap(np.arange(4), np.array([[0, 1, 0, 1]] * 4), 4, "cheap hosts")
    problem = problem_of(
        [[2], [3], [2], [3]], [4] * 4, [[5], [5]] * 2, [10, 4, 10, 4], zones=[0, 0, 1, 1], spreads=spreads, caps=(cap,)
    )
    start = Greedy(rounds=1).solve(problem, Stop(iterations=1)).solution
    better = Patterns().solve(problem, Stop(seconds=5), start=start).solution
    assert broken_forms(problem, better) == []
    assert score(problem, better) <= score(problem, start)


@every_solver
@given(problem=problems(forms=3, named=EVERY_GOAL))
def test_goals_without_bounds_are_compared_and_never_claimed(solver, problem):
    best = optimum(problem)
    assume(best is not None)
    result = solver.solve(problem, Stop(seconds=None, iterations=40))
    assert broken_forms(problem, result.solution) == []
    assert score(problem, result.solution) >= best[0]
    for goal, bound in zip(problem.goals, result.bounds, strict=True):
        assert bound.value == 0 or goal.goal in (*BOUNDED, "unplaced")
    if result.ended == "optimal":
        assert score(problem, result.solution) == best[0]


@every_solver
@given(problem=problems(relaxed=True))
def test_nothing_is_proven_beyond_the_relaxation(solver, problem):
    best, less = optimum(problem), optimum(problem.relaxation)
    assume(best is not None and less is not None)
    result = solver.solve(problem, Stop(seconds=None, iterations=40))
    assert broken_forms(problem, result.solution) == []
    assert result.conflict == ()
    assert bounds_hold(problem, result.bounds, result.solution, less[1])
    if result.ended == "optimal":
        assert score(problem, result.solution) == best[0]


@given(problem=problems(), weight=st.integers(1, 9))
def test_what_solvers_do_not_see_counts_in_the_score_and_never_in_a_claim(problem, weight):
    licences = (
        Licence(np.arange(problem.items), np.full(problem.bins, weight), np.zeros(problem.bins, dtype=bool), "licence"),
    )
    whole = replace(problem, extras=Extras(licences=licences))
    best = optimum(whole)
    assume(best is not None)
    for start in (None, best[1]):
        result = Portfolio().solve(whole, SOON, start=start)
        assert broken_forms(whole, result.solution) == []
        assert score(whole, result.solution) >= best[0]
        if result.ended == "optimal" or start is not None:
            assert score(whole, result.solution) == best[0]
        assert bounds_hold(whole, result.bounds, result.solution, best[1])


def test_the_deciding_goal_is_one_that_has_bounds():
    assert deciding_goal(goals("unplaced", "breaches", "cost")).goal == "cost"
    assert deciding_goal(goals("unplaced", "hosts", "cost")).goal == "hosts"
    assert deciding_goal(goals("unplaced", "risk")).goal == "risk"
    assert deciding_goal(goals("unplaced")).goal == "unplaced"


def test_a_spot_partition_limits_copies_on_some_hosts_only():
    limit = Limit(PARTITION, np.array([0]), 3, "at most three on spot")
    problem: Problem = problem_of([[1]], [10], [[10], [10]], [2, 9], partition=[0, -1], limits=(limit,))
    for solver in (Greedy(), Portfolio()):
        result = solver.solve(problem, SOON)
        assert broken_forms(problem, result.solution) == []
        assert score(problem, result.solution)[:2] in {(0, 9), (0, 11)}  # one dear host, or the cheap one, too
    assert score(problem, result.solution) == (0, 9, 1)
