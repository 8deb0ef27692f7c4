"""What finds no room once a domain is lost: by hand, and against every packing that there is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import ZONE, problem_of, problems
from takeovers import losses, some_packing

from planner.problem import Apart, Limit, Solution, broken_forms
from planner.problem.extras import Extras, Survival
from planner.problem.forms import HOST
from planner.problem.problem import ROOM_PRIORITY
from planner.problem.takeover import displaced, rid_of, secured
from planner.solvers.cp_sat import CpSat
from planner.solvers.stop import Stop

ZONES = [0, 1, 2]


def survive(problem, *items, level=ZONE):
    """All items survive, or those that are named."""
    survives = np.zeros(problem.items, dtype=bool)
    survives[list(items) or slice(None)] = True
    return Survival(level, survives, "r")


def three_zones(sizes=((1,),), counts=(8,), capacity=2, **more):
    """A bin type in each of three zones, at 10 a host."""
    return problem_of([list(size) for size in sizes], list(counts), [[capacity]] * 3, [10] * 3, zones=ZONES, **more)


def hosts(text):
    """`0:aa 0:ab` are two hosts of bin type 0: one with two copies of item 0, one with one of 0 and 1 each."""
    split = (host.split(":") for host in text.split())
    return Solution.of(
        [(int(b), 1, {i: inside.count(letter) for i, letter in enumerate("abc")}) for b, inside in split]
    )


def test_four_full_hosts_survive_no_zone_and_six_survive_all():
    problem = three_zones()
    assert displaced(problem, hosts("0:aa 0:aa 1:aa 2:aa"), survive(problem)) == {0: {0: 4}, 1: {0: 2}, 2: {0: 2}}
    assert displaced(problem, hosts("0:aa 0:a 1:aa 1:a 2:aa 2:"), survive(problem)) == {}
    uneven = hosts("0:aa 0:aa 1:aa 1:a 2:a 2:")  # 4 are lost with zone 0, where 1 + 3 are free
    assert displaced(problem, uneven, survive(problem)) == {}
    assert displaced(problem, hosts("0:aa 0:aa 1:aa 1:aa 2: 2:"), survive(problem)) == {}


def test_one_host_more_survives_any_single_host():
    problem = three_zones()
    assert displaced(problem, hosts("0:aa 0:aa 0:aa 0:aa"), survive(problem, level=HOST)) == {-1: {0: 2}}
    assert displaced(problem, hosts("0:aa 0:aa 0:aa 0:aa 1:"), survive(problem, level=HOST)) == {}
    assert displaced(problem, hosts("0:aa 0:aa 0:aa 0:a 1:"), survive(problem, level=HOST)) == {}


def test_a_host_outside_all_domains_is_never_lost():
    problem = problem_of([[1]], [2], [[2]], [10], zones=[-1])
    assert displaced(problem, hosts("0:aa"), survive(problem)) == {}


def test_only_survivors_count_and_those_of_lower_priority_give_way():
    problem = three_zones(((2,), (1,)), (1, 2), priority=[5, 0])
    beside = hosts("0:a 1:bb")
    assert displaced(problem, beside, survive(problem, 0)) == {}
    assert displaced(problem, beside, survive(problem)) == {0: {0: 1}, 1: {1: 2}}  # both survive: nobody gives way
    equal = replace(problem, priority=np.array([5, 5]))
    assert displaced(equal, beside, survive(equal, 0)) == {0: {0: 1}}


def test_priority_decides_for_each_displaced_copy_by_itself():
    problem = three_zones(((2,), (2,), (2,)), (1, 1, 1), priority=[9, 1, 5])
    assert displaced(problem, hosts("0:a 1:c"), survive(problem, 0, 1)) == {}
    assert displaced(problem, hosts("0:b 1:c"), survive(problem, 0, 1)) == {0: {1: 1}}


def test_room_kept_free_is_there_for_a_loss():
    problem = three_zones(((1,), (1,)), (2, 2), priority=[0, ROOM_PRIORITY])
    assert displaced(problem, hosts("0:aa 1:bb"), survive(problem, 0)) == {}


@pytest.mark.parametrize(
    ("fields", "plan", "left"),
    [
        ({}, "0:aa 1:b 2:", {}),
        ({"limits": (Limit(HOST, np.array([0]), 1, "r"),)}, "0:a 0:a 1:b 2:", {}),
        ({"limits": (Limit(HOST, np.array([0]), 1, "r"),)}, "0:a 0:a 1:bb 2:", {0: {0: 1}}),
        ({"limits": (Limit(ZONE, np.array([0]), 1, "r"),)}, "0:aa 1:b 2:", {}),
        ({"limits": (Limit(HOST, np.array([0, 1]), 1, "r"),)}, "0:a 0:a 1:b 2:", {0: {0: 1}}),
        ({"apart": (Apart(HOST, np.array([0]), np.array([1]), "r"),)}, "0:aa 1:b 1:b", {0: {0: 2}}),
        ({"apart": (Apart(HOST, np.array([1]), np.array([0]), "r"),)}, "0:a 1:b 2:", {}),
        ({"fits": [[True, True, False], [True] * 3]}, "0:aa 1:bb 2:", {0: {0: 2}}),
    ],
)
def test_places_limits_and_groups_on_hosts_are_kept(fields, plan, left):
    problem = three_zones(((1,), (1,)), (2, 2), **fields)
    assert displaced(problem, hosts(plan), survive(problem, 0)) == left


def test_displaced_copies_keep_their_distance_from_each_other():
    problem = three_zones(((1,), (1,)), (1, 1), apart=(Apart(HOST, np.array([0]), np.array([1]), "r"),))
    assert displaced(problem, hosts("0:a 0:b 1:"), survive(problem)) == {0: {1: 1}}
    assert displaced(problem, hosts("0:a 0:b 1: 1:"), survive(problem)) == {}


def test_large_copies_are_placed_first():
    problem = three_zones(((1,), (3,)), (3, 1), capacity=3)
    assert displaced(problem, hosts("0:aaa 0:b 1: 2:"), survive(problem)) == {}


TIGHT = Solution.of([(0, 1, {0: 1, 2: 1, 3: 1}), (0, 1, {1: 2, 3: 1}), (1, 2, {})])
"""Two hosts full with 5 + 3 + 2 and 4 + 4 + 2, of which first fit makes 5 + 4, 4 + 3 + 2, and a third host."""


def test_what_a_host_held_finds_room_as_a_whole():
    problem = three_zones(((5,), (4,), (3,), (2,)), (1, 2, 1, 2), capacity=10)
    assert displaced(problem, TIGHT, survive(problem)) == {}
    split = Solution.of([*TIGHT.patterns()[:2], (1, 1, {}), (1, 1, {2: 1})])
    assert 0 in displaced(problem, split, survive(problem))


def test_a_host_goes_where_rules_on_hosts_let_all_of_it():
    limit = Limit(HOST, np.array([1]), 2, "r")
    problem = three_zones(((5,), (4,), (3,), (2,)), (1, 2, 1, 2), capacity=10, limits=(limit,))
    assert displaced(problem, TIGHT, survive(problem)) == {}
    kept_out = np.ones((4, 3), dtype=bool)
    kept_out[3, 1] = False
    assert displaced(replace(problem, fits=problem.fits & kept_out), TIGHT, survive(problem)) == {0: {3: 2}}


def test_broken_survivals_are_broken_forms():
    problem = three_zones()
    whole = replace(problem, extras=Extras(survivals=(survive(problem),)))
    assert broken_forms(whole, hosts("0:aa 0:aa 1:aa 1:aa 2: 2:")) == []
    short = "survive r: 2 copies of item 0 find no room without domain"
    assert broken_forms(whole, hosts("0:aa 0:aa 1:aa 1:aa 2:")) == [f"{short} 0", f"{short} 1"]


@pytest.mark.parametrize(("level", "domains", "cost"), [(ZONE, 3, 60), (ZONE, 2, 80), (HOST, 5, 50)])
def test_a_zone_costs_half_as_much_again_over_three_and_a_host_one_more(level, domains, cost):
    problem = three_zones()
    promise = survive(problem, level=level)
    result = CpSat().solve(secured(problem, promise, domains), Stop(seconds=20))
    solution = rid_of(result.solution, problem.items)
    assert displaced(problem, solution, promise) == {}
    assert int(problem.price[solution.bin] @ solution.multiplicity) == cost


@st.composite
def cases(draw):
    """A problem with any forms, hosts strewn with copies that fit, and who survives what."""
    problem = draw(problems(copies=6))
    solution = []
    for _ in range(draw(st.integers(1, 4))):
        b = draw(st.integers(0, problem.bins - 1))
        inside = {i: draw(st.integers(0, 2)) for i in range(problem.items) if problem.fits[i, b] and problem.count[i]}
        load = sum(problem.size[i] * n for i, n in inside.items())
        solution.append((b, 1, inside if (load <= problem.capacity[b]).all() else {}))
    survives = np.array([draw(st.booleans()) for _ in range(problem.items)]) & (problem.count > 0)
    return problem, Solution.of(solution), Survival(draw(st.sampled_from([ZONE, HOST])), survives, "r")


@settings(deadline=None)
@given(case=cases())
def test_what_is_said_to_find_room_does(case):
    problem, solution, survival = case
    missing = displaced(problem, solution, survival)
    for domain, rest, fallen in losses(problem, solution, survival):
        if domain not in missing:
            assert some_packing(problem, survival, rest, fallen)
        if not some_packing(problem, survival, rest, fallen):
            assert domain in missing
