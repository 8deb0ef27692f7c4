"""Bounds of the other tiers, and what a plan's own values change."""

import numpy as np
from problems import ZONE, goals, problem_of

from planner.bounds.best import best_bounds
from planner.problem import UNLIMITED, Limit, Solution, Spread


def _values(bounds):
    return [bound.value for bound in bounds]


def test_anti_affinity_over_zones_needs_as_many_zones():
    limit = Limit(ZONE, np.array([0]), 2, "anti_affinity")
    problem = problem_of(
        [[1]], [5], [[9]] * 4, [1] * 4, zones=range(4), limits=(limit,), goals=goals("unplaced", "domains")
    )
    assert _values(best_bounds(problem)) == [0, 3]


def test_a_spread_over_all_zones_needs_all_of_them():
    def bound(copies, **more):
        spread = Spread(ZONE, np.array([0]), 2, np.arange(3), **({"zero_minimum": False} | more), rule="spread")
        named = goals("unplaced", "domains")
        problem = problem_of([[1]], [copies], [[9]] * 3, [1] * 3, zones=range(3), spreads=(spread,), goals=named)
        return best_bounds(problem)[1].value

    assert [bound(2), bound(4), bound(5)] == [1, 2, 3]
    assert bound(6, zero_minimum=True) == 3


def test_hosts_that_stay_use_their_zones():
    problem = problem_of(
        [[1]], [1], [[9], [9]], [1, 1], zones=[0, 1], required=[1, 1], goals=goals("unplaced", "domains")
    )
    assert _values(best_bounds(problem)) == [0, 2]


def test_the_largest_item_decides_balance():
    problem = problem_of([[3], [1]], [1, 4], [[4], [10]], [1, 1], goals=goals("unplaced", "balance"))
    assert _values(best_bounds(problem)) == [0, 300_000]


def test_a_fixed_number_of_hosts_decides_balance():
    problem = problem_of([[3]], [6], [[10]], [1], goals=goals("unplaced", "hosts", "balance"))
    plan = Solution.of([(0, 2, {0: 3})])
    assert _values(best_bounds(problem, plan)) == [0, 2, 900_000]


def test_unplaced_is_bounded_priority_by_priority():
    problem = problem_of([[3], [1]], [2, 4], [[3]], [1], available=[1], priority=[5, 0])
    plan = Solution.of([(0, 1, {0: 1})])
    bounds = best_bounds(problem, plan)
    assert bounds[0].value == 1 + 4
    wasteful = Solution.of([(0, 1, {1: 3})])
    assert best_bounds(problem, wasteful)[0].value == 1 + 1


def test_what_may_stay_out_lowers_the_bound_of_cost():
    problem = problem_of([[3]], [4], [[3]], [7], available=[UNLIMITED])
    assert best_bounds(problem, Solution.of([(0, 4, {0: 1})]))[1].value == 28
    assert best_bounds(problem, Solution.of([(0, 3, {0: 1})]))[1].value == 21


def test_without_a_goal_to_place_nothing_costs_anything():
    problem = problem_of([[3]], [4], [[3]], [7], required=[1], available=[9], goals=goals("cost", "unplaced"))
    assert _values(best_bounds(problem, Solution.of([(0, 4, {0: 1})]))) == [7, 0]
