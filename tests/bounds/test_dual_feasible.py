"""Roundings hold for everything that fits on a host, and cut off what does not."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from problems import problem_of

from planner.bounds.dual_feasible import hosts_by_rounding, roundings
from planner.bounds.per_resource import cost_per_resource, hosts_per_resource


@given(capacity=st.integers(2, 200), drawn=st.lists(st.integers(0, 120), min_size=1, max_size=8))
def test_what_fits_on_a_host_keeps_every_rounded_row(capacity, drawn):
    size = np.unique(np.minimum(drawn, capacity))
    rows, most = roundings(size, capacity)
    rng = np.random.default_rng(0)
    for _ in range(30):
        copies, left = np.zeros(len(size), dtype=np.int64), capacity
        for c in rng.permutation(len(size)):
            copies[c] = rng.integers(0, left // max(1, size[c]) + 1) if size[c] else rng.integers(0, 5)
            left -= copies[c] * size[c]
        assert (rows @ copies <= most).all()


def test_three_items_over_a_third_need_two_hosts():
    problem = problem_of([[34]], [10], [[100]], [7])
    assert hosts_per_resource(problem).value == 4
    assert hosts_by_rounding(problem).value == 5


def test_large_items_with_fillers_by_martello_and_toth():
    problem = problem_of([[70], [31], [20]], [4, 4, 4], [[100]], [7])
    assert hosts_per_resource(problem).value == 5
    assert hosts_by_rounding(problem).value == 6


def test_cost_follows_the_cheapest_room_that_takes_the_item():
    problem = problem_of([[3], [6]], [2, 1], [[4], [8]], [10, 30])
    assert cost_per_resource(problem).value == 40  # 37.5 in room, and every plan costs a multiple of 10


def test_hosts_that_stay_count():
    problem = problem_of([[1]], [1], [[4]], [10], required=[3], available=[3])
    assert hosts_per_resource(problem).value == 3
    assert cost_per_resource(problem).value == 30
