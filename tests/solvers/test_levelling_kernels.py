import numpy as np
import pytest
from hypothesis import given
from levelling_cases import drawn_problem, seeds

from planner.solvers.levelling.anneal_kernel import anneal
from planner.solvers.levelling.draw_kernel import below, unit
from planner.solvers.levelling.empty_kernel import empty
from planner.solvers.levelling.insert_kernel import insert, place
from planner.solvers.levelling.score import broken, cost
from planner.solvers.levelling.state import state_of


def filled(problem, seed):
    """Everything put in at random, and what the kernels are called with."""
    s, rng = state_of(problem), np.array([seed], np.uint64)
    insert(s, np.arange(problem.containers), np.arange(len(s.size)), 2, rng)
    return s, rng


def told_cost(s):
    return s.over.sum() + (s.size > 0).sum()


def assert_consistent(problem, s):
    assert broken(problem, s.host) == 0
    assert told_cost(s) == pytest.approx(cost(problem, s.host), rel=1e-5)
    anew = state_of(problem)
    assert place(anew, s.host) == (s.host < 0).sum()
    for mine, its in ((s.used, anew.used), (s.taken, anew.taken), (s.size, anew.size)):
        assert (mine == its).all()
    for c in np.flatnonzero(s.host >= 0):
        assert s.held[s.host[c], s.slot[c]] == c


@given(seeds)
def test_deltas_add_up_to_the_whole_along_a_random_walk(seed):
    problem = drawn_problem(seed)
    s, rng = filled(problem, seed)
    containers = np.flatnonzero(s.host >= 0)
    for exchanges in (0.0, 1.0, 0.5):
        hosts = np.flatnonzero(s.size)
        anneal(s, hosts, containers, 1.0, 300, exchanges, rng)
        assert_consistent(problem, s)


@given(seeds)
def test_emptying_hosts_keeps_all_containers(seed):
    problem = drawn_problem(seed)
    s, rng = filled(problem, seed)
    placed, before = (s.host >= 0).sum(), (s.size > 0).sum()
    gone = empty(s, np.flatnonzero(s.size), 0.3, 50, 10, rng)
    assert (s.host >= 0).sum() == placed
    assert (s.size > 0).sum() == before - gone
    assert_consistent(problem, s)


def test_every_change_is_made_somewhere():
    problem = drawn_problem(1, items=12, hosts=(8, 4), most=7)
    s, rng = filled(problem, 1)
    done = anneal(s, np.flatnonzero(s.size), np.flatnonzero(s.host >= 0), 0.3, 20_000, 0.5, rng)
    assert (done > 0).all()


def test_lightly_loaded_hosts_are_emptied():
    problem = drawn_problem(2, items=12, hosts=(20, 20), most=5)
    s, rng = filled(problem, 1)
    assert empty(s, np.flatnonzero(s.size), 0.1, 400, 20, rng) > 0


def test_cold_annealing_never_costs_more():
    problem = drawn_problem(2, items=12, hosts=(20, 20), most=9)
    s, rng = filled(problem, 1)
    before = told_cost(s)
    anneal(s, np.flatnonzero(s.size), np.arange(problem.containers), 1e-12, 20_000, 0.5, rng)
    assert told_cost(s) < before


def test_a_draw_is_within_its_range_and_even():
    rng = np.array([7], np.uint64)
    counts = np.bincount([below(rng, 5) for _ in range(5000)], minlength=5)
    assert len(counts) == 5
    assert counts.min() > 850
    assert 0.45 < np.mean([unit(rng) for _ in range(5000)]) < 0.55
