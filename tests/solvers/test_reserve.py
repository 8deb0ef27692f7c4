"""Hosts to spare, by hand: added until every loss finds room, shaved while it does, copies dealt before."""

from dataclasses import replace

import numpy as np
import pytest
from problems import ZONE, problem_of

from planner.problem import Problem, Solution, broken_forms
from planner.problem.extras import Extras, Survival
from planner.problem.forms import HOST, Limit
from planner.problem.score import cost
from planner.solvers.steered import Steered
from planner.solvers.steered.dealt import dealt, level_dealt
from planner.solvers.steered.reserve import with_reserve, without_homeless
from planner.solvers.steered.shave import Shave
from planner.solvers.stop import Stop


def surviving(zones: int, counts=(12,), sizes=((1,),), capacity=2, level=ZONE, **more) -> Problem:
    """Everything survives the loss of any one of some zones with a bin type each, at 10 a host."""
    problem = problem_of([list(size) for size in sizes], list(counts), [[capacity]] * zones, [10] * zones,
                         zones=list(range(zones)), **more)  # fmt: skip
    survives = np.ones(problem.items, dtype=bool)
    return replace(problem, extras=Extras(survivals=(Survival(level, survives, "r"),)))


def never() -> bool:
    return False


@pytest.mark.parametrize(("level", "hosts"), [(ZONE, 9), (HOST, 7)])
def test_no_more_hosts_are_added_than_a_loss_takes(level, hosts):
    problem = surviving(3, level=level)
    packed = Solution.of([(b, 2, {0: 2}) for b in range(3)])
    assert broken_forms(problem, packed)
    reserved = with_reserve(problem, packed)
    assert broken_forms(problem, reserved) == []
    assert reserved.hosts == hosts


def test_what_fits_one_kind_of_host_gets_hosts_of_that_kind():
    problem = surviving(3, counts=(2,), sizes=((4,),), capacity=2)
    large = replace(problem, capacity=np.array([[5, 5], [2, 2], [5, 5]]), fits=np.array([[True, False, True]]))
    reserved = with_reserve(large, Solution.of([(0, 2, {0: 1})]))
    assert reserved.bins_used(3).tolist() == [2, 0, 2]


def test_where_no_host_helps_nothing_is_added():
    problem = surviving(1)
    packed = Solution.of([(0, 6, {0: 2})])
    assert with_reserve(problem, packed).hosts == 6


@pytest.mark.parametrize("level", [ZONE, HOST])
def test_where_no_host_helps_as_few_copies_as_need_stay_out(level):
    problem = surviving(2, counts=(5,), capacity=4, available=[1, 1], level=level)
    kept = without_homeless(problem, Solution.of([(0, 1, {0: 4}), (1, 1, {0: 1})]))
    assert broken_forms(problem, kept) == []
    assert kept.placed(1).tolist() == [4]


def test_shaving_leaves_what_a_loss_needs():
    problem = surviving(3)
    generous = Solution.of([*[(b, 2, {0: 2}) for b in range(3)], *[(b, 4, {}) for b in range(3)]])
    shaved = Shave(problem, lambda plan: not broken_forms(problem, plan), never).run(generous)
    assert (broken_forms(problem, shaved), shaved.hosts) == ([], 9)


def test_shaving_exchanges_a_host_for_a_cheaper_one():
    problem = problem_of([[1]], [2], [[2], [8], [2]], [10, 50, 12], zones=[0, 1, 1])
    whole = replace(problem, extras=Extras(survivals=(Survival(ZONE, np.array([True]), "r"),)))
    shaved = Shave(whole, lambda plan: not broken_forms(whole, plan), never).run(
        Solution.of([(0, 1, {0: 2}), (1, 1, {})])
    )
    assert shaved.bins_used(3).tolist() == [1, 0, 1]


def test_equal_zones_are_dealt_equal_parts():
    problem = surviving(3, counts=(12, 6), sizes=((1,), (2,)), capacity=4)
    found = dealt(problem, ZONE)
    assert {(item, zone): copies for item, zone, copies in found} == {
        (item, zone): (4, 2)[item] for item in (0, 1) for zone in (0, 1, 2)
    }


def test_copies_are_not_dealt_where_other_forms_have_a_say():
    problem = surviving(3)
    assert level_dealt(problem) == ZONE
    assert level_dealt(surviving(3, level=HOST)) is None
    assert level_dealt(replace(problem, limits=(Limit(ZONE, np.array([0]), 6, "r"),))) is None


def test_a_plan_that_survives_any_of_four_zones_is_close_to_its_bound():
    problem = surviving(4, counts=(24, 8), sizes=((1,), (3,)), capacity=4)
    result = Steered().solve(problem, Stop(seconds=None, iterations=12))
    assert broken_forms(problem, result.solution) == []
    assert result.bounds[1].value == 160  # four thirds of twelve full hosts
    assert cost(problem, result.solution) <= 180
