"""Patterns zone by zone: every form holds, quotas across zones too, and plans only get better."""

import pytest
from builders import catalog, pool, scenario, service
from hypothesis import given, settings
from scenarios_drawn import scenarios

from planner.problem import Solution, broken_forms, build, score
from planner.solvers.greedy import Greedy
from planner.solvers.patterns import Patterns
from planner.solvers.patterns.freeze import freeze, in_rows
from planner.solvers.stop import Stop


def spread_services(count, rules=()):
    sizes = [("500m", "3Gi"), ("1500m", "2Gi"), ("2", "7Gi")]
    workloads = [service(f"s{n}", replicas=3, cpu=sizes[n % 3][0], memory=sizes[n % 3][1]) for n in range(count)]
    everywhere = {"rule": "topology_spread", "level": "zone"}
    return scenario(*workloads, pools=[pool(purchases=("on_demand",))], rules=[everywhere, *rules], catalog=catalog())


@pytest.mark.parametrize("rules", [(), ({"rule": "quota", "hosts": {"locations": ["beta"]}, "max_hosts": 3},)])
def test_zones_packed_by_patterns_cost_less_and_keep_every_form(rules):
    problem, _ = build(spread_services(12, rules), catalog())
    start = Greedy(rounds=1).solve(problem, Stop(iterations=1)).solution
    assert Patterns().can(problem)
    better = Patterns().solve(problem, Stop(seconds=6), start=start).solution
    assert broken_forms(problem, better) == []
    assert score(problem, better) < score(problem, start)


def test_a_frozen_problem_has_the_start_as_a_plan():
    problem, _ = build(spread_services(12), catalog())
    start = Greedy(rounds=1).solve(problem, Stop(iterations=1)).solution
    smaller, rows = freeze(problem, start)
    assert not smaller.has_domain_forms
    begun = in_rows(problem, rows, start)
    assert broken_forms(smaller, begun) == []
    assert score(smaller, begun)[-2:] == score(problem, start)[-2:]


def test_a_start_that_places_nothing_stays():
    problem, _ = build(spread_services(2), catalog())
    nothing = Solution.of([])
    result = Patterns().solve(problem, Stop(seconds=5), start=nothing)
    assert result.solution.patterns() == []


@settings(max_examples=10, deadline=None)
@given(case=scenarios())
def test_any_start_keeps_its_forms(case):
    problem, _ = build(case, case.spec.catalog)
    start = Greedy().solve(problem, Stop(iterations=5)).solution
    result = Patterns().solve(problem, Stop(seconds=1), start=start)
    assert set(broken_forms(problem, result.solution)) <= set(broken_forms(problem, start))
    assert score(problem, result.solution) <= score(problem, start)


def test_cancelling_the_outer_clock_cancels_its_parts():
    clock = Stop(seconds=10).start()
    part = clock.part(0.5)
    assert 4 < part.remaining <= 5
    clock.cancel()
    assert part.over
