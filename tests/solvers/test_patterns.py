"""Patterns: dealing classes to item types, rounding, recombination."""

import numpy as np
import pytest
from hypothesis import assume, given
from problems import ZONE, goals, optimum, problem_of, problems

from planner.bounds.columns import Generation
from planner.bounds.given import Given
from planner.problem import Solution, broken_forms, score
from planner.problem.forms import HOST, Apart, Limit, Spread, Together
from planner.solvers.patterns import Patterns, recombine
from planner.solvers.patterns.deal import deal
from planner.solvers.stop import Stop

STEPS = Stop(seconds=None, iterations=60)


def _first_fit_of_one_kind():
    """Awkward shapes on which decreasing sizes waste a host."""
    return problem_of([[44], [30], [26], [20], [36]], [6, 6, 6, 6, 6], [[100]], [1], goals=goals("unplaced", "hosts"))


def test_it_reaches_its_bound_where_shapes_are_awkward():
    problem = _first_fit_of_one_kind()
    result = Patterns().solve(problem, STEPS)
    assert broken_forms(problem, result.solution) == []
    assert result.solution.hosts == result.bounds[1].value
    assert result.bounds[1].method == "column generation"


def test_it_says_which_forms_it_cannot_honour():
    assert Patterns().can(problem_of([[1]], [1], [[4]], [1]))
    together = problem_of([[1], [1]], [1, 1], [[4]], [1], together=(Together(HOST, np.array([0, 1]), "together"),))
    assert not Patterns().can(together)
    apart = Apart(ZONE, np.array([0]), np.array([1]), "apart")
    assert not Patterns().can(problem_of([[1], [1]], [1, 1], [[4]], [1], zones=[0], apart=(apart,)))


@given(problem=problems(forms=2, named=("hosts", "cost")))
def test_a_bag_with_the_best_hosts_gives_the_best_plan(problem):
    best = optimum(problem)
    assume(best is not None and not problem.has_domain_forms)
    bag = [(b, content) for b, _, content in best[1].patterns()]
    found = recombine(problem, bag)
    if found is not None:
        assert broken_forms(problem, found) == []
        assert score(problem, found) >= best[0]
    assert score(problem, recombine(problem, bag, start=best[1])) == best[0]


def test_copies_that_hosts_of_several_plans_cover_twice_are_taken_off():
    problem = problem_of([[5], [3]], [2, 1], [[8]], [1], goals=goals("unplaced", "hosts"))
    found = recombine(problem, [(0, {0: 1, 1: 1})])
    assert found.placed(2).tolist() == [2, 1]
    assert found.hosts == 2


def test_members_of_a_class_are_dealt_so_that_no_two_of_a_kind_meet():
    counts = [4, 2, 2, 1, 1]
    limits = tuple(Limit(HOST, np.array([i]), 1, "anti-affinity") for i in range(5))
    problem = problem_of([[1]] * 5, counts, [[9]], [1], limits=limits)
    run = Generation(problem, "hosts", Given.full(problem))
    assert run.classes.number == 1
    hosts = [(0, np.array([4]), 1), (0, np.array([3]), 1), (0, np.array([2]), 1), (0, np.array([1]), 1)]
    dealt = deal(problem, run, hosts)
    assert broken_forms(problem, dealt) == []
    assert dealt.placed(5).tolist() == counts


def test_hosts_stand_on_the_bin_types_of_their_kind_that_must_stay_first():
    problem = problem_of([[4]], [3], [[4], [4]], [5, 5], required=[0, 2], available=[1, 2])
    run = Generation(problem, "cost", Given.full(problem))
    dealt = deal(problem, run, [(int(run.hosts.of[0]), np.array([1]), 3)])
    assert dealt.bins_used(2).tolist() == [1, 2]


@pytest.mark.parametrize("zones", [2, 3])
def test_replicas_keep_the_domains_of_the_start(zones):
    spread = Spread(ZONE, np.array([0]), 1, np.arange(zones), zero_minimum=False, rule="spread")
    problem = problem_of(
        [[4], [6]], [6, 6], [[10]] * zones, [3] * zones, zones=list(range(zones)), spreads=(spread,)
    )  # fmt: skip
    alone = [(z, 6 // zones, {0: 1}) for z in range(zones)] + [(z, 6 // zones, {1: 1}) for z in range(zones)]
    result = Patterns().solve(problem, STEPS, start=Solution.of(alone))
    assert broken_forms(problem, result.solution) == []
    assert result.solution.hosts == 6
