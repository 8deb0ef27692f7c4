"""Mirrors, by hand and against every packing that there is: hosts dealt over domains, and as many empty ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from problems import ZONE, optimum, problem_of
from takeovers import promised, survived, surviving

from models.topology import LEVELS
from planner.problem import Quota, Solution, Spread, broken_forms
from planner.problem.forms import HOST
from planner.problem.score import cost
from planner.solvers.steered import Steered
from planner.solvers.steered.mirror import mirrored
from planner.solvers.stop import Stop


def zoned(prices, sizes=((5,), (4,), (3,), (2,)), counts=(6, 12, 6, 12), capacity=10, **more):
    """A bin type in each of some zones; its hosts are full with 5 + 3 + 2, or 4 + 4 + 2."""
    return problem_of([list(size) for size in sizes], list(counts), [[capacity]] * len(prices), prices,
                      zones=range(len(prices)), **more)  # fmt: skip


FULL = Solution.of([(0, 6, {0: 1, 2: 1, 3: 1}), (0, 6, {1: 2, 3: 1})])


@pytest.mark.parametrize(("zones", "hosts"), [(2, 24), (3, 18), (4, 16)])
def test_full_hosts_over_equal_zones_take_one_part_more_than_all_but_one(zones, hosts):
    problem = surviving(zoned([10] * zones))
    plan = mirrored(problem, FULL)
    assert broken_forms(problem, plan) == []
    assert plan.hosts == hosts
    assert plan.placed(4).tolist() == [6, 12, 6, 12]


def test_a_dear_zone_is_used_where_that_costs_less_than_more_room_in_the_others():
    dear, dearer = (surviving(zoned([10, 10, price])) for price in (15, 45))
    assert cost(dear, mirrored(dear, FULL)) == 60 + 60 + 90
    assert cost(dearer, mirrored(dearer, FULL)) == 120 + 120


def test_a_host_of_any_region_has_its_mirror_in_another_one():
    problem = zoned([10] * 4)
    domain = problem.domain.copy()
    domain[:, LEVELS.index("region")] = [0, 0, 1, 1]
    problem = surviving(replace(problem, domain=domain), level=LEVELS.index("region"))
    plan = mirrored(problem, FULL)
    assert broken_forms(problem, plan) == []
    assert plan.hosts == 24


def test_where_hosts_are_lost_one_by_one_a_mirror_is_enough():
    problem = surviving(zoned([10]), level=HOST)
    plan = mirrored(problem, FULL)
    assert broken_forms(problem, plan) == []
    assert plan.hosts == 13


def test_a_mirror_may_be_of_another_kind_that_takes_all():
    problem = problem_of([[4], [3]], [1, 1], [[4], [9], [8]], [10, 50, 40], zones=[0, 1, 1])
    plan = mirrored(surviving(problem), Solution.of([(0, 1, {0: 1}), (0, 1, {1: 1})]))
    assert plan.bins_used(3).tolist() == [2, 0, 2]
    smaller = surviving(replace(problem, available=np.array([2, 3, 0])))
    assert mirrored(smaller, Solution.of([(0, 1, {0: 1}), (0, 1, {1: 1})])).bins_used(3).tolist() == [2, 2, 0]


def test_only_survivors_have_a_mirror():
    problem = surviving(zoned([10, 10]), 0, 2, 3)
    assert mirrored(problem, FULL).hosts == 24  # the twos of the others survive, too
    alone = surviving(zoned([10, 10]), 0)
    assert mirrored(alone, FULL).hosts == 18


def test_quotas_and_supply_are_kept_or_there_is_no_plan():
    problem = surviving(zoned([10] * 3, available=[6, 6, 6]))
    assert mirrored(problem, FULL).bins_used(3).tolist() == [6, 6, 6]
    short = replace(problem, available=np.array([6, 6, 5]))
    assert mirrored(short, FULL) is None
    few = replace(problem, quotas=(Quota(np.ones(3, dtype=np.int64), 17, "r"),))
    assert mirrored(few, FULL) is None


def test_hosts_stay_where_forms_bind_domains():
    spread = Spread(ZONE, np.array([0]), 6, np.arange(3), False, "r")
    problem = surviving(zoned([10] * 3, spreads=(spread,)))
    plan = mirrored(problem, FULL)
    assert broken_forms(problem, plan) == []
    assert plan.bins_used(3).tolist()[0] == 12
    assert plan.hosts == 24


def test_hosts_that_must_stay_are_mirrors_of_their_own():
    problem = surviving(zoned([10] * 3, required=[0, 0, 9]))
    plan = mirrored(problem, FULL)
    assert broken_forms(problem, plan) == []
    assert plan.bins_used(3)[2] >= 9
    assert plan.hosts == 21


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(problem=promised())
def test_what_has_its_mirrors_survives_by_some_packing(problem):
    packed = optimum(problem.core)
    assume(packed is not None)
    plan = mirrored(problem, packed[1])
    if plan is not None:
        assert survived(problem, plan)
        assert broken_forms(replace(problem.core, rooms=()), plan) == []


def test_a_plan_of_hosts_that_fit_tightly_meets_its_bound():
    """Whatever first fit would waste: six full hosts, and three empty ones over three zones."""
    problem = surviving(zoned([10] * 3, counts=(3, 6, 3, 6)))
    result = Steered().solve(problem, Stop(seconds=None, iterations=12))
    assert broken_forms(problem, result.solution) == []
    assert cost(problem, result.solution) == result.bounds[1].value == 90
