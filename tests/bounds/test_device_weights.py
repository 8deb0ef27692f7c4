"""Rows of weights hold for whatever devices hold, and say more than the sum of shares."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from problems import goals, problem_of

from planner.bounds.best import best_bounds
from planner.bounds.device_weights import duals, most_held, with_device_weights
from planner.bounds.given import Given
from planner.bounds.linear import solve_relaxation
from planner.problem.device_kernel import held

SHARES = st.lists(st.integers(1, 20).map(lambda n: 50 * n), min_size=1, max_size=5, unique=True)


def on_devices(sizes, counts, capacities):
    """A problem whose only resource is devices of 1000 units, at one price a host."""
    unit = np.array([1000, 0])
    return problem_of(
        [[s, 1] for s in sizes], counts, [[c, 100] for c in capacities], [1] * len(capacities), device=unit
    )


@drawn(SHARES, st.data())
def test_no_content_that_devices_hold_breaks_a_row(sizes, data):
    sizes = [*sizes, 2000]
    problem = with_device_weights(on_devices(sizes, [3] * len(sizes), [4000, 2400]))
    copies = np.array([data.draw(st.integers(0, 3)) for _ in sizes])
    for b in (0, 1):
        if held(problem.size[:, 0], copies, problem.capacity[b, 0], 1000) == 1:
            assert (copies @ problem.size <= problem.capacity[b]).all()


def test_weights_give_the_devices_that_shares_need():
    # 650 takes two thirds of a device, for 350 goes beside it and three times into one: ten devices in all.
    problem = on_devices([650, 350, 470], [6, 6, 8], [2000])
    assert solve_relaxation(problem, "hosts", Given.full(problem)).bound.value == 5
    loose = on_devices([650, 650], [4, 2], [2000])
    assert solve_relaxation(with_device_weights(loose), "hosts", Given.full(loose)).bound.value == 3
    assert solve_relaxation(loose, "hosts", Given.full(loose)).bound.value == 2


def test_duals_are_those_of_the_cutting_stock_program():
    weight = duals(np.array([810, 650, 320, 470]), np.array([10.0, 5.0, 5.0, 4.0]), 1000)
    assert weight @ [10, 5, 5, 4] == 10 + 5 + 2  # 810 alone, 650 with 320, 470 twice
    best, content = most_held(np.array([500, 300]), np.array([0.5, 0.4]), 1000)
    assert best[-1] == pytest.approx(1.2)
    assert content.tolist() == [0, 3]


def test_weights_do_not_count_in_how_full_a_host_is():
    balanced = replace(on_devices([650], [1], [1000]), goals=goals("unplaced", "balance"))
    assert best_bounds(balanced)[1].value == 650_000


def test_without_shares_nothing_is_added():
    whole = on_devices([1000, 2000], [3, 1], [4000])
    assert with_device_weights(whole) is whole
    plain = problem_of([1, 2], [3, 1], [4], [1])
    assert with_device_weights(plain) is plain
