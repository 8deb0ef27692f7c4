"""Samples of large problems: what they leave out, and where there is none."""

from dataclasses import replace

import numpy as np
from problems import problem_of

from planner.problem import Limit, Solution, Spread, broken_forms
from planner.problem.forms import HOST
from planner.solvers.search.anneal_kernel import place_left
from planner.solvers.search.arrays import WAITING
from planner.solvers.search.books import Rows, whole_plan
from planner.solvers.search.given import Case
from planner.solvers.search.sample import LEFT, Sample


def _large():
    sizes = [[3, 5], [7, 2], [4, 4]]
    problem = problem_of(sizes, [403, 811, 200], [[10, 10], [16, 12]], [10, 15], zones=[0, 1])
    zone = Limit(2, np.array([0]), 301, "zone")
    return replace(problem, limits=(zone, Limit(HOST, np.array([1]), 1, "host")))


def test_a_sample_has_a_part_of_all_and_limits_to_match():
    problem = _large()
    sample = Sample.of(problem, hosts=1000, enough=20)
    assert 4 <= sample.times <= 50
    assert (sample.problem.count == problem.count // sample.times).all()
    assert (problem.count % sample.times).sum() <= LEFT * problem.count.sum()
    assert [limit.most for limit in sample.problem.limits] == [301 // sample.times, 1]


def test_what_a_sample_leaves_out_is_placed_after_its_plan_is_multiplied():
    problem = _large()
    sample = Sample.of(problem, hosts=1000, enough=20)
    one_each = [(b, int(sample.problem.count[i]) // 2, {i: 1}) for i, b in ((0, 1), (1, 0), (2, 0))]
    grown = sample.grown(Solution.of(one_each))
    assert broken_forms(problem, grown) == []
    case = Case.of(problem)
    plan, pointer = whole_plan(case, grown, 0)
    assert plan.number[WAITING] > 0
    place_left(case.pointer, pointer)
    assert plan.number[WAITING] == 0
    assert broken_forms(problem, Rows.best(plan).solution()) == []


def test_small_problems_and_counts_in_relation_have_no_sample():
    problem = _large()
    assert Sample.of(problem, hosts=60, enough=20) is None
    spread = Spread(2, np.array([0]), 1, np.array([0, 1]), False, "spread")
    assert Sample.of(replace(problem, spreads=(spread,)), hosts=1000, enough=20) is None
