"""No bound exceeds the optimum that enumeration finds."""

import numpy as np
import pytest
from hypothesis import assume, given
from problems import optimum, problems

from planner.bounds.best import best_bounds
from planner.bounds.given import Given
from planner.bounds.linear import relax
from planner.problem.score import tier_value


@given(problem=problems())
def test_no_tier_of_an_optimal_plan_is_below_its_bound(problem):
    best = optimum(problem)
    assume(best is not None)
    for known in (best[1], None):
        bounds = best_bounds(problem, known)
        values = [tier_value(problem, best[1], goal) for goal in problem.goals]
        placed = values[0] == bounds[0].value
        for value, bound in zip(values, bounds, strict=True):
            assert bound.value <= value or (known is None and not placed)


@given(problem=problems(forms=1))
def test_a_relaxation_without_room_means_that_something_stays_unplaced(problem):
    best = optimum(problem)
    assume(best is not None)
    relaxation = relax(problem, problem.goals[1])
    if relaxation is None:
        assert tier_value(problem, best[1], problem.goals[0]) > sum(Given.full(problem).unplaced)
    else:
        assert relaxation.assigned.shape == problem.fits.shape
        assert relaxation.assigned.sum() == pytest.approx(relaxation.classes.count.sum(), rel=1e-6, abs=1e-6)
        assert (relaxation.assigned[~problem.fits] == 0).all()
        assert np.isfinite(relaxation.value).all()
