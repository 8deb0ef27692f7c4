"""The linear relaxation: what it takes into account, and that adding columns lazily changes nothing."""

import numpy as np
import pytest
from problems import ZONE, goals, problem_of

from planner.bounds import linear
from planner.bounds.classes import Classes
from planner.bounds.given import Given
from planner.bounds.integer import whole_hosts
from planner.bounds.linear import relax, solve_relaxation
from planner.problem import UNLIMITED, Limit, Quota, Spread
from planner.problem.forms import HOST

HOSTS, COST = goals("hosts", "cost")


def _mixed(shapes=60, bins=24, seed=3):
    rng = np.random.default_rng(seed)
    capacity = np.array([[c, c * m, 110] for c in (20, 40, 80, 160) for m in (2, 4, 8)] * (bins // 12))
    price = (capacity[:, 0] * 4 + capacity[:, 1]) * rng.integers(90, 110, bins)
    sizes = np.stack([rng.integers(1, 20, shapes), rng.integers(2, 60, shapes), np.ones(shapes, dtype=int)], axis=1)
    return problem_of(sizes, rng.integers(1, 300, shapes), capacity, price, zones=np.arange(bins) % 3)


def test_lazy_columns_reach_the_bound_of_all_columns(monkeypatch):
    problem = _mixed()
    monkeypatch.setattr(linear, "_violated", lambda *_: iter(()))
    whole = relax(problem, COST)
    monkeypatch.setattr(linear, "ALL_COLUMNS", 0)
    lazy = relax(problem, COST)
    assert lazy.proven == pytest.approx(whole.proven, rel=1e-6)
    assert lazy.assigned.sum(axis=1) == pytest.approx(problem.count, rel=1e-6)
    assert (problem.price * lazy.hosts).sum() == pytest.approx(whole.proven, rel=1e-5)


def test_no_room_on_any_host_is_exceeded():
    problem = _mixed()
    relaxation = relax(problem, COST)
    used = np.einsum("ib,ir->br", relaxation.assigned, problem.size)
    assert (used <= problem.capacity * relaxation.hosts[:, None] * (1 + 1e-6) + 1e-6).all()


def test_a_limit_on_hosts_asks_for_more_hosts():
    limit = Limit(HOST, np.array([0]), 1, "anti_affinity")
    problem = problem_of([[1], [1]], [6, 2], [[10]], [5], limits=(limit,))
    assert relax(problem, HOSTS).bound.value == 6


def test_a_limit_that_item_types_share_is_kept():
    limit = Limit(HOST, np.array([0, 1]), 1, "anti_affinity")
    problem = problem_of([[1], [2]], [3, 4], [[10]], [5], limits=(limit,))
    assert relax(problem, HOSTS).bound.value == 7


def test_twins_are_one_class_with_the_sum_of_their_limits():
    limits = tuple(Limit(HOST, np.array([i]), 1, "anti_affinity") for i in range(4))
    problem = problem_of([[1]] * 4, [8, 2, 2, 2], [[10]], [5], limits=limits)
    classes = Classes.merge(problem)
    assert classes.number == 1
    assert (classes.count.tolist(), classes.per_host.tolist()) == ([14], [4])
    relaxation = relax(problem, HOSTS)
    assert relaxation.bound.value == 4  # the relaxation of 8
    assert relaxation.assigned.sum(axis=1) == pytest.approx([8, 2, 2, 2])


def test_a_spread_reaches_into_the_dear_zone():
    spread = Spread(ZONE, np.array([0]), 1, np.array([0, 1]), False, "topology_spread")
    cheap = problem_of([[2]], [10], [[10], [10]], [5, 50], zones=[0, 1])
    even = problem_of([[2]], [10], [[10], [10]], [5, 50], zones=[0, 1], spreads=(spread,))
    assert relax(cheap, COST).bound.value == 10
    assert relax(even, COST).bound.value > 45
    assert relax(even, COST).assigned[0] == pytest.approx([5.5, 4.5], abs=0.51)


def test_roundings_close_the_gap_of_awkward_sizes():
    problem = problem_of([[34, 1]], [100], [[100, 1000]], [5])
    relaxation = relax(problem, HOSTS)
    assert relaxation.bound.value == 50
    assert relaxation.rows


def test_whole_hosts_see_that_half_a_host_cannot_be_had():
    problem = problem_of([[3], [4]], [1, 1], [[5], [20]], [4, 13])
    given = Given.full(problem)
    relaxation = solve_relaxation(problem, "cost", given)
    assert relaxation.proven < 7
    whole = whole_hosts(relaxation, "cost", given, value=8, seconds=5)
    assert whole.value == 8


def test_too_little_supply_has_no_relaxation():
    problem = problem_of([[3]], [4], [[6]], [5], available=[1])
    assert relax(problem, COST) is None
    assert relax(problem, COST, Given((2,))).bound.value == 5
    quota = Quota(np.array([1]), 1, "quota")
    assert relax(problem_of([[3]], [4], [[6]], [5], quotas=(quota,)), COST) is None


def test_values_of_earlier_tiers_bind():
    problem = problem_of([[5]], [4], [[5], [20]], [1, 10])
    assert relax(problem, COST).bound.value == 4
    assert relax(problem, COST, Given((0,), hosts=1)).bound.value == 10


def test_copies_are_worth_what_their_room_costs():
    problem = problem_of([[1], [3]], [2, 2], [[4]], [8])
    assert relax(problem, COST).value == pytest.approx([2, 6])


def test_what_fits_nowhere_is_left_out():
    problem = problem_of([[9], [2]], [3, 2], [[4]], [8], available=[UNLIMITED])
    relaxation = relax(problem, COST)
    assert relaxation.bound.value == 8
    assert relaxation.assigned.tolist() == [[0.0], [2.0]]
