"""Bounds by column generation hold, converged or not."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import given as drawn
from hypothesis import strategies as st
from problems import ZONE, optimum, problem_of, problems

from planner.bounds.classes import Classes
from planner.bounds.columns import Generation, columns_bound, generate
from planner.bounds.columns import offers as pricing_room
from planner.bounds.columns.clusters import clustered
from planner.bounds.columns.ties import ties
from planner.bounds.given import Given
from planner.problem.forms import HOST, Apart, Limit, Quota, Spread
from planner.problem.score import tier_value

SUMS = ("hosts", "cost", "carbon")


@drawn(problem=problems(forms=3, named=SUMS))
def test_the_bound_holds_in_every_round(problem):
    best = optimum(problem)
    assume(best is not None)
    for tier, goal in enumerate(problem.goals[1:], 1):
        given = Given.before(problem, tier, best[1])
        value = tier_value(problem, best[1], goal) - (problem.fixed if goal.goal == "cost" else 0)
        run = Generation(problem, goal.goal, given)
        if run.classes.number and run.hosts.number:
            run.run(np.inf, 30)
            assert all(bound <= value + 1e-6 for bound in run.bounds)
            assert run.best <= run.value + 1e-6
        assert columns_bound(problem, goal.goal, given).value <= value


@drawn(problem=problems(forms=2, named=SUMS))
def test_the_bound_holds_where_pricing_is_cut_off(problem):
    best = optimum(problem)
    assume(best is not None)
    goal = problem.goals[1]
    value = tier_value(problem, best[1], goal) - (problem.fixed if goal.goal == "cost" else 0)
    run = Generation(problem, goal.goal, Given.before(problem, 1, best[1]))
    if run.classes.number and run.hosts.number:
        run.efforts, run.effort = (pricing_room.Effort(1, 0),), 0
        run.run(np.inf, 5)
        assert all(bound <= value + 1e-6 for bound in run.bounds)


@drawn(problem=problems(forms=2, named=SUMS))
def test_known_hosts_do_not_change_what_is_proven(problem):
    best = optimum(problem)
    assume(best is not None)
    goal, given = problem.goals[1], Given.before(problem, 1, best[1])
    hosts = [(b, content) for b, _, content in best[1].patterns()]
    value = tier_value(problem, best[1], goal) - (problem.fixed if goal.goal == "cost" else 0)
    assert columns_bound(problem, goal.goal, given, known=hosts).value <= value


@drawn(problem=problems(forms=2, named=SUMS), most=st.integers(1, 9))
def test_the_bound_holds_where_worths_are_tied(problem, most):
    best = optimum(problem)
    assume(best is not None)
    goal, given = problem.goals[1], Given.before(problem, 1, best[1])
    classes = Classes.merge(problem, apart=True)
    assume(classes.number)
    value = tier_value(problem, best[1], goal) - (problem.fixed if goal.goal == "cost" else 0)
    weights = ties(classes, most)
    assert (weights >= 0).all()
    assert weights.any(axis=1).all()
    run = Generation(problem, goal.goal, given, classes, ties=weights)
    if run.hosts.number:
        run.run(np.inf, 30)
        assert all(bound <= value + 1e-6 for bound in run.bounds)


def test_tied_worths_prove_more_than_sizes_rounded_down():
    size = [[3 + n % 7, 2 + n % 5] for n in range(30)]
    problem = problem_of(size, [2] * 30, [[21, 19]], [1])
    classes = Classes.merge(problem, apart=True)
    exact = generate(problem, "hosts", classes=classes).proven
    tied = generate(problem, "hosts", classes=classes, ties=ties(classes, 12)).proven
    rounded, fewer = clustered(problem, classes, 12)
    assert generate(rounded, "hosts", classes=fewer).proven < tied <= exact + 1e-6


def test_awkward_shapes_are_bounded_where_room_alone_says_little():
    problem = problem_of([[6], [5]], [30, 30], [[10]], [7])
    found = generate(problem, "hosts")
    assert found.bound.value == 45
    assert found.bound.method == "column generation"
    assert found.value == pytest.approx(45)
    assert columns_bound(problem, "cost", Given.full(problem)).value == 45 * 7


def test_forms_on_hosts_are_inside_the_patterns():
    free = problem_of([[2], [2]], [4, 4], [[8]], [1])
    most = {"limits": (Limit(HOST, np.array([0]), 1, "limit"),)}
    apart = {"apart": (Apart(HOST, np.array([0]), np.array([1]), "apart"),)}
    assert generate(free, "hosts").bound.value == 2
    assert generate(problem_of([[2], [2]], [4, 4], [[8]], [1], **most), "hosts").bound.value == 4
    both = problem_of([[2], [3]], [2, 1], [[8]], [1], **apart)
    assert generate(both, "hosts").bound.value == 2


def test_rows_over_all_hosts_bind_the_master():
    quota = Quota(np.array([1, 0]), 2, "quota")
    problem = problem_of([[4]], [6], [[8], [8]], [1, 5], quotas=(quota,))
    assert generate(problem, "cost").bound.value == 2 * 1 + 5
    spread = Spread(ZONE, np.array([0]), 1, np.array([0, 1]), zero_minimum=False, rule="spread")
    spread_out = problem_of([[4]], [8], [[8], [8]], [1, 5], zones=[0, 1], spreads=(spread,))
    assert generate(spread_out, "cost").bound.value >= 2 * 1 + 2 * 5 - 1


def test_shapes_rounded_down_bound_the_original():
    size = [[3 + n % 5, 2 + n % 3] for n in range(12)]
    problem = problem_of(size, [2] * 12, [[11, 9]], [1])
    exact = generate(problem, "hosts").bound.value
    smaller, classes = clustered(problem, Classes.merge(problem, apart=True), 4)
    assert classes.number <= 4
    assert (smaller.size <= problem.size).all()
    loose = generate(smaller, "hosts", classes=classes).bound.value
    assert 0 < loose <= exact
    larger, classes = clustered(problem, Classes.merge(problem, apart=True), 4, up=True)
    assert (larger.size >= problem.size).all()
    assert generate(larger, "hosts", classes=classes).bound.value >= exact


@drawn(data=st.data())
def test_pricing_finds_the_best_content_and_never_promises_less(data):
    problem = data.draw(problems(copies=8, forms=2, named=SUMS))
    run = Generation(problem, "hosts", Given.full(problem))
    assume(run.classes.number)
    value = np.array([data.draw(st.integers(0, 9)) for _ in range(run.classes.number)], dtype=float)
    for pricing in run.pricing:
        contents = product(*(range(int(most) + 1) for most in pricing.limit))
        best = max(value @ np.array(c) for c in contents if pricing.takes(np.array(c)))
        for nodes in (1, 2, 5, 10_000):
            offer = pricing.best(value, 0.0, nodes)
            assert offer.value <= best + 1e-9
            assert offer.upper >= best - 1e-6
            assert all(pricing.takes(content) for content in offer.contents)
        assert offer.value == pytest.approx(best)
    floor, prices = np.zeros(len(run.pricing)), np.tile(value, (len(run.pricing), 1))
    found = pricing_room.offers(run.pricing, prices, floor, pricing_room.Effort(1, 10**6), np.inf)
    for k, pricing in enumerate(run.pricing):
        contents = product(*(range(int(most) + 1) for most in pricing.limit))
        best = max(value @ np.array(c) for c in contents if pricing.takes(np.array(c)))
        assert found[k].value <= best + 1e-9
        assert found[k].upper >= best - 1e-6
        if run.pricing[k].forms.none and run.classes.size.shape[1] <= 2 and len(found) == 1:
            assert found[k].value == pytest.approx(best)
