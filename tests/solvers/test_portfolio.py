"""The portfolio: independent parts, threads side by side, progress of the whole."""

import threading

import numpy as np
import pytest
from problems import ZONE, optimum, problem_of

from planner.bounds.bound import Bound
from planner.bounds.given import carried
from planner.problem import Solution, score
from planner.problem.forms import Apart
from planner.solvers.portfolio import Portfolio
from planner.solvers.result import Progress
from planner.solvers.side_by_side import Improving, side_by_side
from planner.solvers.stop import Stop

SIZES = [[34, 20], [27, 41], [51, 13], [12, 33], [45, 45]]


def _two_pools():
    """The same awkward shapes twice, each set with a bin type of its own."""
    fits = [[i < 5, i >= 5] for i in range(10)]
    return problem_of(SIZES * 2, [4] * 10, [[100, 100]] * 2, [7, 5], fits=fits)


def test_independent_parts_are_solved_to_the_optimum_of_each():
    alone = problem_of(SIZES, [4] * 5, [[100, 100]], [1])
    hosts = Portfolio().solve(alone, Stop(seconds=20, iterations=2000))
    assert hosts.ended == "optimal"
    both = Portfolio().solve(_two_pools(), Stop(seconds=20, iterations=2000))
    fewest = hosts.solution.hosts
    assert both.ended == "optimal"
    assert score(_two_pools(), both.solution) == (0, 12 * fewest, 2 * fewest)


def test_what_one_part_lacks_is_told_of_the_whole():
    fits = [[i < 5, i >= 5] for i in range(6)]
    sizes, counts = [*SIZES, [60, 60]], [4] * 5 + [3]
    problem = problem_of(sizes, counts, [[100, 100]] * 2, [7, 5], available=[99, 1], fits=fits)
    result = Portfolio().solve(problem, Stop(seconds=20, iterations=2000))
    assert score(problem, result.solution)[0] == 2
    assert result.conflict


def test_progress_is_of_the_whole_and_only_gets_better():
    lines: list[Progress] = []
    result = Portfolio().solve(_two_pools(), Stop(seconds=20, iterations=2000), observer=lines.append)
    told = [line.incumbent for line in lines]
    assert told == sorted(told, reverse=True)
    assert min(told) == score(_two_pools(), result.solution)[1]


def test_runs_side_by_side_overlap_and_an_exception_is_passed_on():
    met = threading.Barrier(2, timeout=10)
    assert side_by_side([lambda _: met.wait(), lambda _: met.wait()], None) in ([0, 1], [1, 0])

    def fails(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        side_by_side([fails, lambda _: 1], None)


def test_worse_lines_are_not_passed_on_and_the_best_bound_stays():
    lines: list[Progress] = []
    improving = Improving(lines.append)
    for incumbent, bound in ((9.0, 3.0), (10.0, None), (8.0, None), (8.0, 2.0)):
        improving(Progress(0.0, "cost", incumbent, bound, 0, ""))
    assert [(line.incumbent, line.bound) for line in lines] == [(9.0, 3.0), (8.0, 3.0), (8.0, 3.0)]


def test_a_stage_can_be_ended_alone_and_ends_what_runs_under_it():
    clock = Stop(seconds=60).start()
    stage = clock.stage(0.5)
    part = stage.part(0.5)
    assert not stage.over
    stage.end()
    assert stage.over
    assert part.over
    assert not clock.over
    assert not clock.cancelled
    assert not clock.stage(0.5).over


def test_solvers_end_together_once_the_gap_goal_is_met():
    sizes = [[13 + 7 * n % 31, 11 + 5 * n % 37] for n in range(40)]
    problem = problem_of(sizes, [30] * 40, [[100, 100]], [7])
    result = Portfolio().solve(problem, Stop(seconds=60, gap=0.005), seed=1)
    assert result.ended in ("gap", "optimal")
    assert result.seconds < 30


def test_bounds_of_a_plan_say_nothing_of_one_that_leaves_more_out_of_a_lower_priority():
    apart = Apart(ZONE, np.array([0, 1]), np.array([2]), "apart")
    problem = problem_of(
        [[1, 1], [1, 2], [1, 1]], [1, 2, 1], [[4, 4], [4, 4]], [1, 1],
        available=[1, 1], zones=[0, 0], priority=[0, 0, 1], apart=(apart,),
    )  # fmt: skip
    result = Portfolio().solve(problem, Stop(seconds=None, iterations=40))
    assert score(problem, result.solution) == optimum(problem)[0]
    assert [bound.value for bound in result.bounds] == [3, 1, 1]
    low = Solution.of([(0, 1, {0: 1, 1: 2})])  # leaves out what comes first, and needs a dollar and a host
    assert score(problem, result.solution) < score(problem, low)
    proven = (Bound(1, "any"), Bound(1, "any"), Bound(1, "any"))
    assert [bound.value for bound in carried(problem, proven, low, low)] == [1, 1, 1]
    assert [bound.value for bound in carried(problem, proven, low, result.solution)] == [1, 0, 0]
