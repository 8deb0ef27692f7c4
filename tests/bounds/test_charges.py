"""Bounds of what copies cost by place, of moves and carbon, of caps, and what may be taken for granted of them."""

from dataclasses import replace

import numpy as np
from problems import goals, problem_of

from models.goals import GoalTier
from planner.bounds.best import best_bounds
from planner.bounds.charge import Charge, beside_charge
from planner.bounds.classes import Classes
from planner.bounds.given import Given
from planner.bounds.guide import guide
from planner.bounds.kinds import bin_kinds, carried_over, item_kinds
from planner.bounds.linear import relax
from planner.problem import Solution
from planner.problem.extras import Commitment, Extras
from planner.problem.forms import Cap

COST, MOVES = goals("cost", "moves")


def two_clouds(**more):
    """Hosts cost 10 in one cloud and 14 in the other, where the storage of item 0 is cheaper by 5."""
    placing = np.array([[9, 4], [0, 0]])
    return problem_of([[1], [1]], [2, 2], [[2], [2]], [10, 14], **({"placing": placing} | more))


def _bounds(problem, patterns):
    return [bound.value for bound in best_bounds(problem, Solution.of(patterns))]


def test_host_and_place_are_weighed_against_each_other():
    problem = two_clouds()
    assert relax(problem, COST).bound.value == 14 + 2 * 4 + 10  # 10 + 2 * 9 + 10 = 38 in one cloud alone
    assert relax(problem, COST).assigned.tolist() == [[0, 2], [2, 0]]
    assert _bounds(problem, [(0, 2, {0: 1, 1: 1})]) == [0, 32, 2]


def test_what_every_plan_pays_is_part_of_its_bound():
    assert _bounds(two_clouds(fixed=100), [(1, 1, {0: 2}), (0, 1, {1: 2})]) == [0, 132, 2]


def test_each_copy_left_out_takes_its_place_off_the_bound():
    problem = two_clouds()
    assert _bounds(problem, [(1, 1, {0: 2}), (0, 1, {1: 1})])[1] < 32


def test_a_cap_sends_copies_to_the_dear_side():
    cap = Cap(np.array([0]), np.array([[0, 3]]), 3, "storage pool")
    assert relax(two_clouds(caps=(cap,)), COST).bound.value > 32
    nowhere_else = two_clouds(caps=(cap,), fits=[[False, True], [True, True]])
    assert relax(nowhere_else, COST) is None
    assert guide(nowhere_else, COST).assigned[0].tolist() == [0, 1]
    assert _bounds(nowhere_else, [(1, 1, {0: 1, 1: 1}), (0, 1, {1: 1})])[0] == 1


def test_a_cap_counts_an_item_once_however_many_workloads_it_stands_for():
    cap = Cap(np.array([0, 0]), np.array([[1, 1], [1, 1]]), 2, "at most two")
    assert relax(two_clouds(caps=(cap,)), COST).bound.value == 32


def test_what_must_move_is_counted():
    moving = np.array([[False, True], [False, True]])
    problem = two_clouds(moving=moving, available=[1, 9], goals=goals("unplaced", "moves", "cost"))
    plan = [(0, 1, {0: 1, 1: 1}), (1, 1, {0: 1, 1: 1})]
    assert _bounds(problem, plan) == [0, 2, 10 + 14 + 2 * 4]  # with two at home, those without storage stay


def test_carbon_is_bounded_like_money():
    problem = two_clouds(carbon=np.array([50, 30]), goals=goals("unplaced", "carbon", "cost"))
    assert _bounds(problem, [(1, 2, {0: 1, 1: 1})]) == [0, 60, 36]


def test_moves_and_cost_that_are_reached_bind_later_tiers():
    moving = np.array([[False, True], [False, True]])
    problem = two_clouds(moving=moving)
    assert relax(problem, COST, Given((0,), moves=0)).bound.value == 38
    assert relax(problem, MOVES, Given((0,), cost=32)).bound.value == 2


def test_commitments_on_spending_make_the_bound_of_cost_careful():
    commitment = Commitment(np.array([True, True]), np.array([10, 14]), 0, 5, 500_000, "savings plan")
    problem = two_clouds(extras=Extras(commitments=(commitment,)), fixed=100)
    assert beside_charge(problem) == 86
    plan = Solution.of([(1, 1, {0: 2}), (0, 1, {1: 2})])
    assert Given.before(problem, 2, plan).cost is None
    assert Given.before(problem.core, 2, plan).cost == 32
    assert best_bounds(problem, plan)[1].value == 32 + 100  # nothing is covered: no bin type is there for it


def test_bounds_are_made_on_the_relaxation():
    problem = problem_of([[3]], [4], [[5]], [10])
    relaxed = replace(problem, relaxation=replace(problem, size=np.array([[2, 2]])))
    plan = Solution.of([(0, 4, {0: 1})])
    assert [bound.value for bound in best_bounds(problem, plan)] == [0, 40, 4]
    assert [bound.value for bound in best_bounds(relaxed, plan)] == [0, 20, 2]


def test_what_fits_in_the_relaxation_only_may_stay_out():
    problem = problem_of([[6], [1]], [1, 1], [[5]], [10], goals=(GoalTier(goal="unplaced"), COST))
    smaller = replace(problem, size=np.array([[5, 5], [1, 1]]), fits=np.ones((2, 1), dtype=bool))
    plan = Solution.of([(0, 1, {1: 1})])
    assert [bound.value for bound in best_bounds(replace(problem, relaxation=smaller), plan)] == [0, 10]


def test_only_items_of_one_kind_are_a_class():
    same = problem_of([[1], [1]], [2, 2], [[2], [2]], [10, 14])
    assert Classes.merge(same).number == 1
    assert Classes.merge(two_clouds()).number == 2
    caps = (Cap(np.array([0]), np.array([[1, 1]]), 3, "cap"),)
    assert Classes.merge(replace(same, caps=caps)).number == 2
    assert item_kinds(replace(same, caps=caps)).tolist() == [0, 1]
    assert bin_kinds(same).tolist() == [0, 0]
    assert bin_kinds(two_clouds()).tolist() == [0, 1]
    assert bin_kinds(two_clouds(), np.array([1])).tolist() == [0, 0]


def test_costs_and_caps_follow_their_items_and_bins():
    cap = Cap(np.array([1]), np.array([[5, 6]]), 3, "cap")
    carried = carried_over(two_clouds(caps=(cap,), carbon=np.array([7, 8])), np.array([1, 0, 1]), np.array([1]))
    assert carried["placing"].tolist() == [[0], [4], [0]]
    assert carried["carbon"].tolist() == [8]
    assert carried["caps"][0].items.tolist() == [0, 2]
    assert carried["caps"][0].weight.tolist() == [[6], [6]]


def test_every_cost_is_a_multiple_of_the_step():
    problem = two_clouds(placing=np.array([[4, 8], [0, 0]]))
    assert [Charge.of(problem, name).step for name in ("cost", "hosts", "moves", "carbon")] == [2, 1, 1, 1]
