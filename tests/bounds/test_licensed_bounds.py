"""Bounds where hosts are licensed, or covered in part: by hand, and against enumerated optima."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import optimum, problem_of, problems

from planner.bounds.best import best_bounds, tier_bound
from planner.problem import Quota, Solution
from planner.problem.extras import Commitment, Extras, Licence
from planner.problem.score import tier_value


def licensed(problem, weight, *items, everywhere=None):
    nowhere = np.zeros(problem.bins, dtype=bool)
    one = Licence(
        np.array(items, dtype=np.int64), np.array(weight), nowhere if everywhere is None else np.array(everywhere), "l"
    )
    return replace(problem, extras=Extras(licences=(one,)))


def cost_bound(problem, seconds=0.0):
    return tier_bound(problem, 1, seconds=seconds).value


@pytest.mark.parametrize(("size", "hosts"), [(2, 2), (3, 4)])
def test_copies_share_the_licence_of_a_host_that_they_fill(size, hosts):
    """Four copies on hosts of 5 at 10 each, and 8 for the licence."""
    problem = problem_of([[size]], [4], [[5]], [10])
    assert cost_bound(licensed(problem, [8], 0)) == hosts * (10 + 8)


def test_copies_of_several_sizes_pay_for_what_they_take():
    problem = problem_of([[2], [3]], [2, 2], [[5]], [100])
    assert cost_bound(licensed(problem, [80], 0, 1)) == 200 + 160
    assert cost_bound(licensed(problem, [80], 1)) == 200 + 160  # one of 3 fills a host


def test_a_licensed_daemonset_is_paid_for_on_every_host():
    problem = problem_of([[5]], [3], [[5]], [10])
    assert cost_bound(licensed(problem, [8], everywhere=[True])) == 54


def test_a_cheaper_licence_elsewhere_counts():
    problem = problem_of([[5]], [2], [[5], [5]], [10, 12])
    assert cost_bound(licensed(problem, [8, 1], 0)) == 26


@pytest.mark.parametrize(("spend", "cost"), [(5, 30), (10, 20), (12, 16), (40, 0)])
def test_a_commitment_on_spending_covers_part_of_a_host(spend, cost):
    """Four hosts of 10, half off under the commitment: each spent takes off twice as much."""
    problem = problem_of([[5]], [4], [[5], [5]], [10, 0], quotas=(Quota(np.array([0, 5]), spend, "commitment c"),))
    commitment = Commitment(np.array([True, True]), np.array([10, 10]), 0, spend, 500_000, "c")
    whole = replace(problem, extras=Extras(commitments=(commitment,)))
    plan = Solution.of([(0, 4, {0: 1})])
    assert tier_value(whole, plan, whole.goals[1]) == max(0, 40 - 2 * spend) == max(cost, 40 - 2 * spend)
    assert best_bounds(whole, plan)[1].value == tier_value(whole, plan, whole.goals[1])


@st.composite
def paid(draw):
    """A small problem in which hosts with some items are licensed."""
    problem = draw(problems(copies=4, items=2, forms=1, named=("cost", "hosts")))
    items = [i for i in range(problem.items) if problem.count[i] and draw(st.booleans())]
    weight = [draw(st.integers(0, 9)) for _ in range(problem.bins)]
    return licensed(problem, weight, *items, everywhere=[draw(st.integers(0, 5)) == 0 for _ in range(problem.bins)])


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(problem=paid())
def test_no_licensed_plan_is_below_its_bound(problem):
    best = optimum(problem)
    assume(best is not None)
    for known in (best[1], None):
        bounds = best_bounds(problem, known)
        values = [tier_value(problem, best[1], goal) for goal in problem.goals]
        placed = values[0] == bounds[0].value
        for value, bound in zip(values, bounds, strict=True):
            assert bound.value <= value or (known is None and not placed)
