"""Pricing by branching: the best content where many resources bind, and bounds that hold when it is cut off."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from problems import optimum, problem_of, problems

from planner.bounds.columns import Generation
from planner.bounds.columns import pricing as pricing_room
from planner.bounds.columns.branching_kernel import best_by_branching
from planner.bounds.columns.offers import Effort
from planner.bounds.given import Given
from planner.problem.forms import HOST, Apart, Limit
from planner.problem.score import tier_value

SUMS = ("hosts", "cost", "carbon")
NONE = np.zeros(0, dtype=np.int64)


@pytest.fixture(autouse=True, scope="module")
def _always():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pricing_room, "SEARCHED", 0)
        yield


def best_of(value, size, most, capacity, floor=0.0, nodes=10_000, depth=50):
    clash_start = np.zeros(len(value) + 1, dtype=np.int64)
    return best_by_branching(value, size, most, capacity, clash_start, NONE, floor, nodes, 3, depth)


@given(data=st.data())
def test_branching_finds_the_best_content_and_never_promises_less(data):
    problem = data.draw(problems(copies=8, forms=2, named=SUMS))
    run = Generation(problem, "hosts", Given.full(problem))
    assume(run.classes.number)
    value = np.array([data.draw(st.integers(0, 9)) for _ in range(run.classes.number)], dtype=float)
    for pricing in run.pricing:
        contents = [np.array(c) for c in product(*(range(int(most) + 1) for most in pricing.limit))]
        best = max(float(value @ c) for c in contents if pricing.takes(c))
        for nodes in (1, 2, 5, 10_000):
            offer = pricing.best(value, 0.0, nodes)
            assert offer.value <= best + 1e-9
            assert offer.upper >= best - 1e-6
            assert all(pricing.takes(content) for content in offer.contents)
        assert offer.value == pytest.approx(best)
        assert offer.best


@given(data=st.data())
def test_branching_is_exact_for_many_resources(data):
    draw = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    n, resources = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 12))
    size = draw.integers(0, 9, (n, resources))
    most, capacity = draw.integers(0, 4, n), draw.integers(9, 20, resources)
    value = draw.uniform(0, 5, n)
    contents = [np.array(c) for c in product(*(range(int(m) + 1) for m in most))]
    best = max(float(value @ c) for c in contents if (c @ size <= capacity).all())
    found, upper, contents, number = best_of(value, size, most, capacity)
    assert found == pytest.approx(best)
    assert upper == pytest.approx(best)
    assert number == 0 or value @ contents[(number - 1) % 3] == pytest.approx(best)
    floor = 0.9 * best
    assert best_of(value, size, most, capacity, floor)[1] == pytest.approx(best)
    assert best_of(value, size, most, capacity, best + 1)[:2] == (best + 1, best + 1)
    for nodes, depth in ((1, 50), (3, 50), (10_000, 0), (10_000, 2)):
        found, upper, *_ = best_of(value, size, most, capacity, 0.0, nodes, depth)
        assert found <= best + 1e-9
        assert upper >= best - 1e-9


@given(problem=problems(forms=3, named=SUMS), nodes=st.sampled_from((1, 3, 1000)))
def test_the_bound_holds_where_contents_are_priced_by_branching(problem, nodes):
    best = optimum(problem)
    assume(best is not None)
    goal = problem.goals[1]
    value = tier_value(problem, best[1], goal) - (problem.fixed if goal.goal == "cost" else 0)
    run = Generation(problem, goal.goal, Given.before(problem, 1, best[1]))
    if run.classes.number and run.hosts.number:
        run.efforts, run.effort = (Effort(1, 0, nodes),), 0
        run.run(np.inf, 10)
        assert all(bound <= value + 1e-6 for bound in run.bounds)


def test_limits_and_clashes_on_hosts_are_rows_and_branches():
    limit = Limit(HOST, np.array([0, 1]), 2, "limit")
    apart = Apart(HOST, np.array([0]), np.array([2]), "apart")
    problem = problem_of([[1], [1], [1]], [3, 3, 3], [[9]], [1], limits=(limit,), apart=(apart,))
    run = Generation(problem, "hosts", Given.full(problem))
    value = np.zeros(run.classes.number)
    value[run.classes.of] = [5.0, 3.0, 2.0]
    offer = run.pricing[0].best(value, 0.0, 100)
    assert offer.best
    assert offer.value == 3.0 + 3.0 + 3 * 2.0


def test_peaks_at_different_hours_are_priced_as_they_mix():
    day, night = [[6, 1], [1, 6]]
    problem = problem_of([day, night], [10, 10], [[7, 7]], [1])
    run = Generation(problem, "hosts", Given.full(problem))
    run.run(np.inf, 50)
    assert run.columns().bound.value == 10
