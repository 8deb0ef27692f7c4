from threading import Timer

import numpy as np
import pytest
from hypothesis import given
from levelling_cases import cheapest, drawn_problem, levelling_problem, seeds

from planner.solvers.levelling import HostCost, Levelling, LevellingProblem
from planner.solvers.levelling.fluid import fluid
from planner.solvers.levelling.score import broken, cost
from planner.solvers.stop import Stop

QUICK = Levelling(steps=2_000)
ROUNDS = Stop(seconds=None, iterations=30)


@given(seeds)
def test_rules_are_kept_and_the_cost_told_is_the_cost(seed):
    problem = drawn_problem(seed)
    found = QUICK.solve(problem, Stop(seconds=None, iterations=5), seed=seed)
    assert broken(problem, found.host) == 0
    assert found.cost == pytest.approx(cost(problem, found.host))
    assert found.unplaced == (found.host < 0).sum()
    assert found.unplaced or found.bound <= found.cost


@pytest.mark.parametrize("seed", range(6))
def test_no_worse_than_brute_force_allows(seed):
    problem = drawn_problem(seed, items=3, hosts=(2, 2), most=3)
    best = cheapest(problem)
    found = QUICK.solve(problem, ROUNDS, seed=seed)
    assert fluid(problem).bound <= best + 1e-9
    assert found.unplaced == 0
    assert found.cost >= best - 1e-9
    assert found.cost <= best * 1.02 + 1e-9


def test_opposite_curves_share_a_host():
    problem = levelling_problem([[50, 0], [0, 50]], [3, 3])
    found = QUICK.solve(problem, Stop(seconds=None, iterations=30, gap=0.001))
    assert found.cost == 3
    assert found.bound == pytest.approx(3)
    assert found.ended == "gap"


def test_hosts_are_opened_where_load_would_be_dear_and_spared_where_it_is_not():
    steep = levelling_problem([[50]], [4])
    flat = levelling_problem([[50]], [4], cost=HostCost(steepness=0.5))
    assert QUICK.solve(steep, ROUNDS).cost == 4
    assert QUICK.solve(flat, ROUNDS).cost == pytest.approx(2 * (1 + 0.5 * np.expm1(0.5)))


def test_interference_goes_one_way():
    one_beside = [[0, 1, 1]]
    problem = levelling_problem([[5], [5]], [1, 2], hosts=(2,), rules=one_beside)
    found = QUICK.solve(problem, ROUNDS)
    assert found.cost == 2
    assert broken(problem, found.host) == 0
    assert QUICK.solve(levelling_problem([[5], [5]], [2, 1], rules=one_beside), ROUNDS).cost == 1


def test_equal_seeds_iterations_and_threads_give_equal_answers():
    problem = drawn_problem(3, items=12, hosts=(20, 20), most=9)
    stop = Stop(seconds=None, iterations=6)
    one, two = (Levelling(steps=3_000).solve(problem, stop, seed=5) for _ in range(2))
    assert (one.host == two.host).all()
    assert one.rounds == two.rounds


def test_never_worse_than_its_start():
    problem = drawn_problem(7, items=12, hosts=(20, 20), most=9)
    good = Levelling(steps=5_000).solve(problem, ROUNDS, seed=1)
    again = Levelling(steps=10).solve(problem, Stop(seconds=None, iterations=1), seed=2, start=good.host)
    assert good.unplaced == again.unplaced == 0
    assert again.cost <= good.cost


def test_a_start_that_breaks_rules_is_mended():
    problem = levelling_problem([[60]], [2], hosts=(2,))
    found = QUICK.solve(problem, ROUNDS, start=np.zeros(2, np.int32))
    assert found.unplaced == 0
    assert sorted(found.host.tolist()) == [0, 1]


def test_what_has_no_room_stays_unplaced():
    found = QUICK.solve(levelling_problem([[60]], [5], hosts=(3,)), ROUNDS)
    assert found.unplaced == 2
    assert (found.host >= 0).sum() == 3


def test_out_of_time_the_best_so_far_is_returned():
    problem = drawn_problem(3, items=12, hosts=(20, 20), most=9)
    assert QUICK.solve(problem, Stop(seconds=0)).ended == "time"
    assert broken(problem, QUICK.solve(problem, Stop(seconds=0)).host) == 0


def test_a_run_can_be_cancelled():
    problem = drawn_problem(3, items=12, hosts=(20, 20), most=9)
    clock = Stop(seconds=600).start()
    Timer(0.2, clock.cancel).start()
    found = QUICK.solve(problem, clock)
    assert found.ended == "cancelled"
    assert found.unplaced == 0


def test_progress_is_told():
    seen = []
    QUICK.solve(drawn_problem(1), ROUNDS, observer=lambda *told: seen.append(told))
    costs = [now for _, now, _, unplaced in seen if unplaced == 0]
    assert len(seen) == 30
    assert costs == sorted(costs, reverse=True)


def test_no_containers_cost_nothing():
    found = QUICK.solve(levelling_problem([[5]], [0]), ROUNDS)
    assert (found.cost, found.bound, found.unplaced) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": np.array([1, 2], np.int32)}, "rows"),
        ({"load": np.array([[1.0]])}, "int32"),
        ({"load": np.array([[-1]], np.int32)}, "negative"),
        ({"power": np.array([2**30], np.int32)}, "below"),
        ({"power": np.array([0], np.int32)}, "without power"),
        ({"rules": np.array([[0, 0]], np.int32)}, "three columns"),
        ({"room": np.array([[1, 1]], np.int32)}, "column"),
    ],
)
def test_arrays_that_do_not_agree_are_refused(change, told):
    whole = levelling_problem([[5]], [1])
    with pytest.raises(ValueError, match=told):
        LevellingProblem(**{**vars(whole), **change})
