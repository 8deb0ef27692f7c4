"""Moves: what is tracked, capped and priced, and who of equal replicas is said to move."""

from dataclasses import replace

import numpy as np
import pytest
from builders import A, B, catalog, pool, scenario, service, standing

from planner import api
from planner.problem import Solution, broken_forms, build, score
from planner.problem.settle import settled
from planner.solvers.stop import Stop

OLD = [standing("old-1", A, runs={"web": 2}), standing("old-2", B, runs={"web": 2})]


def two_half_empty_hosts(*rules, replicas=4, hosts=OLD, **spec):
    """Two hosts at $0.20 with two replicas each that would all go onto one, and nothing to rent."""
    return scenario(service(replicas=replicas), pools=[], hosts=hosts, rules=rules, catalog=catalog(), **spec)


def planned(case):
    return api.plan(case, stop=Stop(seconds=20))


def running(plan):
    return {host.name: len(host.runs.get("web", ())) for host in plan.spec.hosts}


def test_replicas_are_told_apart_by_their_hosts_only_where_moves_count():
    free, _ = build(two_half_empty_hosts(), catalog())
    assert (free.items, free.moving, free.placing) == (1, None, None)
    problem, names = build(two_half_empty_hosts({"rule": "moves", "price": "73"}, replicas=5), catalog())
    assert [part.ordinals for parts in names.parts for part in parts] == [(0, 1), (2, 3), (4,)]
    assert problem.moving is not None
    assert problem.moving.tolist() == [[False, True], [True, False], [False, False]]
    assert problem.placing is not None
    assert problem.placing.tolist() == [[0, 100_000], [100_000, 0], [0, 0]]  # $73 over 730 hours


def test_a_cap_weighs_moves_alone():
    problem, _ = build(two_half_empty_hosts({"rule": "moves", "at_most": 3}, replicas=5), catalog())
    (cap,) = problem.caps
    assert cap.weight.tolist() == [[0, 1], [1, 0], [0, 0]]
    assert cap.most == 3


@pytest.mark.parametrize(("most", "hosts", "moves"), [(0, 2, 0), (1, 2, (0, 1)), (2, 1, 2)])
def test_a_host_is_emptied_only_if_all_on_it_may_move(most, hosts, moves):
    plan = planned(two_half_empty_hosts({"rule": "moves", "at_most": most}))
    assert (plan.status.state, plan.status.hosts_used) == ("OPTIMAL", hosts)
    assert plan.status.moves in np.ravel(moves)


def test_the_price_of_moves_decides_against_a_small_saving():
    saved = 146  # a host's $0.20 an hour over 730 hours, for two moves
    cheap = planned(two_half_empty_hosts({"rule": "moves", "price": saved / 2 - 1}))
    assert (cheap.status.moves, cheap.status.hosts_used) == (2, 1)
    assert cheap.status.cost_per_month == 146 + 144
    assert cheap.status.cost_breakdown["moves"] == 144
    dear = planned(two_half_empty_hosts({"rule": "moves", "price": saved / 2 + 1}))
    assert (dear.status.moves, dear.status.cost_per_month) == (0, 292)


def test_the_goal_keeps_everything_in_place_before_it_saves():
    plan = planned(two_half_empty_hosts(goals=["unplaced", "moves", "cost"], replicas=5))
    assert (plan.status.state, plan.status.moves, plan.status.hosts_used) == ("OPTIMAL", 0, 2)
    assert [tier.value for tier in plan.status.tiers] == [0, 0, 0.4]


def test_new_replicas_and_those_left_out_do_not_move():
    new = planned(two_half_empty_hosts({"rule": "moves", "at_most": 0}, replicas=8))
    assert (running(new), new.status.moves) == ({"old-1": 4, "old-2": 4}, 0)
    one = [standing("old-1", A, runs={"web": 4})]
    crowded = planned(two_half_empty_hosts({"rule": "moves", "at_most": 0}, replicas=6, hosts=one))
    assert (running(crowded), crowded.status.unplaced, crowded.status.moves) == ({"old-1": 4}, 2, 0)


def test_without_anything_running_there_are_no_moves_to_tell():
    plan = planned(scenario(service(), pools=[pool(locations=["alpha"])], catalog=catalog()))
    assert plan.status.moves is None


def test_replicas_run_where_their_volumes_are():
    volumes = [
        {"name": f"v{n}", "workload": "web", "replica": n, "size": "1Gi", "location": location}
        for n, location in enumerate([B, A, B, A])
    ]
    case = two_half_empty_hosts(goals=["unplaced", "moves", "cost"], volumes=volumes)
    _, names = build(case, catalog())
    assert [part.ordinals for parts in names.parts for part in parts] == [(0, 2), (1, 3)]
    assert planned(case).status.moves == 0


def crossed(*patterns, **spec):
    """A problem that counts moves of five replicas (two each on hosts 0 and 1, one new), with a solution of it."""
    problem, names = build(two_half_empty_hosts({"rule": "moves", "at_most": 9}, replicas=5, **spec), catalog())
    return problem, names, Solution.of((b, 1, content) for b, content in patterns)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([(0, {1: 2, 2: 1}), (1, {0: 2})], [(0, {0: 2, 2: 1}), (1, {1: 2})]),  # they changed places
        ([(0, {2: 1, 0: 1}), (1, {1: 2, 0: 1})], [(0, {0: 2}), (1, {1: 2, 2: 1})]),  # a newcomer took a place
        ([(0, {0: 2, 1: 1})], [(0, {0: 2, 2: 1})]),  # one moved while a newcomer was left out
        ([(0, {1: 2})], [(0, {0: 2})]),  # two moved onto the places of two that were left out
        ([(0, {0: 2, 1: 2})], [(0, {0: 2, 1: 1, 2: 1})]),  # one has to move
    ],
)
def test_equal_replicas_trade_places_until_the_fewest_move(before, after):
    problem, names, solution = crossed(*before)
    better = settled(problem, names, solution)
    assert better.patterns() == Solution.of((b, 1, content) for b, content in after).patterns()
    assert broken_forms(problem, better) == []


def test_one_of_several_equal_hosts_trades_by_itself():
    case = scenario(service(replicas=4), hosts=OLD, rules=[{"rule": "moves", "at_most": 9}])
    problem, names = build(case, catalog())
    before = Solution.of([(0, 1, {1: 1}), (1, 1, {1: 1}), (5, 2, {0: 1})])
    after = Solution.of([(0, 1, {0: 1}), (1, 1, {1: 1}), (5, 1, {1: 1}), (5, 1, {0: 1})])
    assert sorted(settled(problem, names, before).patterns(), key=str) == sorted(after.patterns(), key=str)


def test_nobody_trades_onto_a_host_that_does_not_admit_them():
    problem, names, solution = crossed((0, {1: 2}), (1, {0: 2, 2: 1}))
    fits = problem.fits.copy()
    fits[1, 1] = False
    assert settled(replace(problem, fits=fits), names, solution).patterns() == solution.patterns()


def test_settling_changes_no_other_figure():
    goals = ["unplaced", "hosts", "moves"]
    problem, names, solution = crossed((0, {1: 2, 2: 1}), (1, {0: 2}), goals=goals)
    assert score(problem, solution) == (0, 2, 4)
    assert score(problem, settled(problem, names, solution)) == (0, 2, 0)
