"""Bounds of problems in which something must survive: by hand, and against enumerated optima."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from problems import ZONE, optimum, problem_of
from takeovers import promised, survived, surviving

from planner.bounds.best import best_bounds, tier_bound
from planner.bounds.bound import TRIVIAL, Bound
from planner.problem import Solution
from planner.problem.forms import HOST, Limit
from planner.problem.score import tier_value


def zoned(zones, prices=None, sizes=((1,),), counts=(12,), capacity=2, **more):
    """A bin type in each of some zones."""
    prices = prices or [10] * zones
    return problem_of([list(size) for size in sizes], list(counts), [[capacity]] * zones, prices,
                      zones=range(zones), **more)  # fmt: skip


def cost_bound(problem):
    return tier_bound(problem, 1, seconds=0).value


@pytest.mark.parametrize(("zones", "cost"), [(2, 120), (3, 90), (4, 80), (7, 70)])
def test_equal_zones_cost_one_part_more_than_all_but_one(zones, cost):
    assert cost_bound(zoned(zones)) == 60
    assert cost_bound(surviving(zoned(zones))) == cost


def test_a_dear_zone_is_used_where_that_costs_less_than_more_room_in_the_others():
    assert cost_bound(surviving(zoned(3, prices=[10, 10, 15]))) == 30 + 30 + 45
    assert cost_bound(surviving(zoned(3, prices=[10, 10, 45]))) == 60 + 60


def test_what_need_not_survive_takes_no_room_twice():
    problem = zoned(2, sizes=((1,), (1,)), counts=(6, 6))
    assert cost_bound(surviving(problem)) == 120
    assert cost_bound(surviving(problem, 0)) == 60


def test_survivors_go_back_only_where_they_fit():
    fits = [[True, True, False], [True, True, True]]
    problem = zoned(3, sizes=((1,), (1,)), counts=(6, 0), fits=fits)
    assert cost_bound(surviving(problem, 0)) == 60


def test_hosts_are_filled_to_whole_copies():
    """A host of 5 takes two of 2: without any one zone, 6 hosts are left for 12 copies."""
    assert cost_bound(surviving(zoned(2, sizes=((2,),), capacity=5))) == 120


def test_limits_on_hosts_hold_after_a_loss():
    problem = zoned(2, capacity=4, limits=(Limit(HOST, np.array([0]), 1, "one each"),))
    assert cost_bound(surviving(problem)) == 240


def test_any_host_lost_leaves_room_on_the_others():
    assert cost_bound(surviving(zoned(1), level=HOST)) == 70


def test_without_room_for_a_loss_something_stays_out():
    problem = surviving(zoned(2, available=[4, 4]))
    known = Solution.of([(0, 4, {0: 1}), (1, 4, {0: 1})])
    assert best_bounds(problem, known)[0].value == 4


def awkward(zones, prices=None, **more):
    """Copies of 4 and 3 on hosts of 10: two fours leave 2, that no copy fills."""
    return surviving(zoned(zones, prices, sizes=((4,), (3,)), counts=(60, 60), capacity=10, **more))


@pytest.mark.parametrize(("zones", "prices", "cost"), [(3, None, 675), (2, None, 900), (3, [10, 10, 15], 787.5)])
def test_whole_contents_of_hosts_prove_more_than_sums(zones, prices, cost):
    """30 hosts with 4 + 3 + 3, and 15 with 4 + 4: what any packing takes, 45 hosts, is left without any one zone."""
    problem = awkward(zones, prices)
    known = Solution.of([(0, 60, {0: 1}), (1, 60, {1: 1})])
    sums = best_bounds(problem, known)[1].value
    assert sums < cost <= best_bounds(problem, known, columns=1.0)[1].value <= 1.1 * cost


@pytest.mark.parametrize(("level", "cost"), [(ZONE, 680), (HOST, 460)])
def test_what_is_proven_of_the_core_is_left_without_any_domain(level, cost):
    problem = replace(awkward(3), extras=surviving(awkward(3), level=level).extras)
    known = Solution.of([(0, 60, {0: 1}), (1, 60, {1: 1})])
    core = (Bound(0, ""), Bound(450, "some"), Bound(0, ""))
    assert best_bounds(problem, known, core=core)[1].value == cost
    standing = replace(problem, required=np.array([1, 0, 0]))
    assert best_bounds(standing, known, core=core)[1].value < cost  # the core's bound counts it, a loss may take it


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(problem=promised())
def test_no_plan_that_survives_is_below_its_bound(problem):
    best = optimum(problem.core, lambda solution: survived(problem, solution))
    assume(best is not None)
    for known in (best[1], None):
        bounds = best_bounds(problem, known)
        values = [tier_value(problem, best[1], goal) for goal in problem.goals]
        placed = values[0] == bounds[0].value
        for value, bound in zip(values, bounds, strict=True):
            assert bound.value <= value or (known is None and not placed)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=15)
@given(problem=promised())
def test_none_is_below_what_whole_contents_and_the_core_prove(problem):
    best = optimum(problem.core, lambda solution: survived(problem, solution))
    assume(best is not None)
    values = [tier_value(problem, best[1], goal) for goal in problem.goals]
    core = [tier_value(problem, optimum(problem.core)[1], goal) for goal in problem.goals]
    proven = tuple(Bound(value, "enumerated") for value in core[:2]) if core[0] == values[0] else ()
    bounds = best_bounds(problem, best[1], columns=1.0, core=(*proven, *[TRIVIAL] * (len(values) - len(proven))))
    assert all(bound.value <= value for bound, value in zip(bounds, values, strict=True))
