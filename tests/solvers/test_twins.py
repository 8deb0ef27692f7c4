from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.goals import DEFAULT_GOALS
from planner.problem import Problem, broken_forms, score
from planner.problem.forms import HOST, Limit
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Stop
from planner.solvers.twins import Twins

ZONE = 2


def of_twins(twins: int, copies: int, zones: int, most: int, level: int = ZONE) -> Problem:
    """Twins of one size on hosts of `zones` zones, at most `most` copies of each in a domain."""
    domain = np.full((zones, 5), -1, dtype=np.int64)
    domain[:, ZONE] = np.arange(zones)
    return Problem(
        resources=("cpu", "memory"),
        size=np.full((twins, 2), 300, dtype=np.int64),
        count=np.full(twins, copies, dtype=np.int64),
        priority=np.zeros(twins, dtype=np.int64),
        capacity=np.full((zones, 2), 1000, dtype=np.int64),
        price=np.arange(1, zones + 1, dtype=np.int64),
        available=np.full(zones, 1000, dtype=np.int64),
        required=np.zeros(zones, dtype=np.int64),
        fits=np.ones((twins, zones), dtype=bool),
        domain=domain,
        goals=DEFAULT_GOALS,
        limits=tuple(Limit(level, np.array([i]), most, "one per domain") for i in range(twins)),
    )


@given(st.integers(2, 6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.sampled_from([ZONE, HOST]))
def test_dealt_out_again_a_plan_of_twins_breaks_nothing(
    twins: int, copies: int, zones: int, most: int, level: int
) -> None:
    problem = of_twins(twins, copies, zones, most, level)
    merged = Twins.of(problem)
    assert merged.problem.items == 1
    found = Greedy().solve(merged.problem, Stop(seconds=5)).solution
    dealt = merged.deal(found)
    assert broken_forms(problem, dealt) == broken_forms(merged.problem, found)
    assert score(problem, dealt) == score(merged.problem, found)
    assert (dealt.placed(problem.items) <= problem.count).all()
    assert score(merged.problem, merged.join(dealt)) == score(problem, dealt)


def test_nothing_but_a_name_may_tell_twins_apart() -> None:
    problem = of_twins(3, 2, 2, 1)
    assert Twins.of(replace(problem, priority=np.array([0, 1, 2]))).problem.items == 3
    assert Twins.of(replace(problem, count=np.array([1, 2, 3]))).problem.items == 3
    assert Twins.of(replace(problem, size=np.array([[1, 1], [2, 1], [3, 1]]))).problem.items == 3
    shared = Limit(ZONE, np.array([0, 1, 2]), 3, "together at most three")
    assert Twins.of(replace(problem, limits=(*problem.limits, shared))).problem.items == 3
