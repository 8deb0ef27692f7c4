"""Zones that are alike share their patterns: found, shared out, and made whole with every form kept."""

import numpy as np
import pytest
from builders import catalog, pool, scenario, service
from hypothesis import assume, given
from problems import ZONE, goals, optimum, problem_of, problems

from planner.bounds.classes import Classes
from planner.bounds.columns import Generation
from planner.bounds.given import Given
from planner.problem import Solution, broken_forms, build, score
from planner.problem.forms import HOST, Limit, Quota, Spread
from planner.problem.score import tier_value
from planner.solvers.bounding import Bounding
from planner.solvers.greedy import Greedy
from planner.solvers.patterns import Patterns, solver
from planner.solvers.patterns.alike import alike
from planner.solvers.patterns.many import evenly, many_shapes, packed_alike, shared_out
from planner.solvers.portfolio import Portfolio
from planner.solvers.stop import Stop

STEPS = Stop(seconds=None, iterations=6)


def _three_zones(prices=(3, 3, 3), **more):
    """Two services spread over three zones, with two types of hosts in each."""
    spreads = tuple(Spread(ZONE, np.array([i]), 1, np.arange(3), zero_minimum=False, rule="spread") for i in range(2))
    return problem_of(
        [[4], [6]], [7, 8], [[10], [6]] * 3, [price for one in prices for price in (one, 2)],
        zones=[0, 0, 1, 1, 2, 2], spreads=spreads, **more,
    )  # fmt: skip


def _placed_alone(problem):
    """Every copy on a host of its own, zone after zone."""
    return Solution.of(
        (2 * zone, 1, {i: 1}) for i in range(2) for zone in range(3) for _ in range(zone, int(problem.count[i]), 3)
    )


def test_zones_with_equal_hosts_are_alike():
    problem = _three_zones()
    (group,) = alike(problem, _placed_alone(problem))
    assert [bins.tolist() for bins in group.cells] == [[1, 0], [3, 2], [5, 4]]
    assert group.counts.tolist() == [[3, 3], [2, 3], [2, 2]]
    assert group.problem.count.tolist() == [7, 8]
    assert not group.problem.has_domain_forms


def test_zones_with_other_prices_are_not():
    problem = _three_zones(prices=(3, 4, 3))
    groups = alike(problem, _placed_alone(problem))
    assert [len(group.cells) for group in groups] == [2, 1]


def test_no_zone_is_taken_alone_where_a_quota_or_few_hosts_bind_them():
    quota = Quota(np.ones(6, dtype=np.int64), 9, "quota")
    for problem in (_three_zones(quotas=(quota,)), _three_zones(available=[9] * 6), _three_zones(required=[1] * 6)):
        assert alike(problem, _placed_alone(problem)) == ()


def test_members_of_a_class_are_asked_for_as_evenly_as_they_can_be_dealt_out():
    for counts, expected in (([5, 5], 2), ([9, 2], 1), ([4, 4, 4], 3), ([6, 3, 3], 2), ([4], 1)):
        limits = tuple(Limit(HOST, np.array([i]), 1, "anti-affinity") for i in range(len(counts)))
        problem = problem_of([[1]] * len(counts), counts, [[9]], [1], limits=limits)
        assert evenly(problem, Classes.merge(problem)).tolist() == [expected]


def test_hosts_are_shared_out_as_far_as_copies_go():
    problem = _three_zones()
    run = Generation(problem_of([[4], [6]], [7, 8], [[10]], [3]), "cost", Given.full(problem))
    both = {int(run.classes.of[0]): 1, int(run.classes.of[1]): 1}
    run.learn(0, {0: 1, 1: 1})
    left = np.array([[3, 3], [2, 3], [2, 2]])
    hosts = shared_out(run, np.array([8]), left)
    assert [sum(times for _, _, times in own) for own in hosts] == [3, 2, 2]
    assert left.tolist() == [[0, 0], [0, 1], [0, 0]]
    assert all(content.tolist() == [both[0], both[1]] for own in hosts for _, content, _ in own)


def test_plans_of_zones_alike_keep_the_spread_and_lose_nothing():
    problem = _three_zones()
    start = _placed_alone(problem)
    groups = alike(problem, start)
    assert many_shapes(groups, 1)
    assert not many_shapes(groups, 2)
    plan = packed_alike(groups, start, STEPS.start(), 6)
    assert broken_forms(problem, plan) == []
    assert plan.placed(2).tolist() == [7, 8]
    assert score(problem, plan) < score(problem, start)
    assert score(problem, plan)[1] == 7 * 3 + 2  # seven full hosts, and one copy alone


@given(problem=problems(forms=2, named=("hosts", "cost")))
def test_it_is_never_worse_than_its_start_nor_better_than_the_optimum(problem):
    best = optimum(problem)
    assume(best is not None)
    start = Greedy().solve(problem, Stop(seconds=None, iterations=3)).solution
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "LARGEST", 0)
        found = Patterns().solve(problem, STEPS, start=start).solution
    assert best[0] <= score(problem, found) <= score(problem, start)
    assert broken_forms(problem, found) == []


def test_services_with_limits_on_hosts_are_packed_zone_by_zone(monkeypatch):
    monkeypatch.setattr(solver, "LARGEST", 5)
    sizes = [(f"{300 + 130 * n}m", f"{512 * (1 + n % 7)}Mi") for n in range(12)]
    workloads = [service(f"s{n}", replicas=3 + n % 5, cpu=cpu, memory=memory) for n, (cpu, memory) in enumerate(sizes)]
    rules = [{"rule": "topology_spread", "level": "zone"}, {"rule": "anti_affinity", "level": "host"}]
    case = scenario(*workloads, pools=[pool(purchases=("on_demand",))], rules=rules, catalog=catalog())
    problem, _ = build(case, catalog())
    packed = Greedy(rounds=1).solve(problem, Stop(iterations=1)).solution
    hosts = [(b, i, times * copies) for b, times, content in packed.patterns() for i, copies in content.items()]
    start = Solution.of((b, copies, {i: 1}) for b, i, copies in hosts)
    assert many_shapes(alike(problem, start), 5)
    again = [Patterns().solve(problem, STEPS, start=start).solution for _ in range(2)]
    assert broken_forms(problem, again[0]) == []
    assert score(problem, again[0]) < score(problem, start)
    assert again[0].patterns() == again[1].patterns()


def test_without_time_for_a_master_plans_are_made_at_the_first_duals(monkeypatch):
    sow = Generation.sow
    monkeypatch.setattr(Generation, "sow", lambda run, until, _: sow(run, until, 0))
    problem = _three_zones()
    start = _placed_alone(problem)
    plan = packed_alike(alike(problem, start), start, STEPS.start(), 6)
    assert broken_forms(problem, plan) == []
    assert score(problem, plan) < score(problem, start)


def test_patterns_say_when_their_bound_is_that_of_the_problem(monkeypatch):
    assert not Patterns().proves(_three_zones())
    plain = problem_of([[4], [6]], [7, 8], [[10]], [3])
    assert Patterns().proves(plain)
    monkeypatch.setattr(solver, "LARGEST", 1)
    assert not Patterns().proves(plain)


def test_bounds_are_made_beside_patterns_that_prove_none(monkeypatch):
    monkeypatch.setattr(solver, "LARGEST", 1)
    problem = _three_zones()
    start = _placed_alone(problem)
    assert Patterns().shares(problem, start)
    found = Portfolio().solve(problem, STEPS, start=start)
    assert broken_forms(problem, found.solution) == []
    alone = Bounding().solve(problem, STEPS.start(), start)
    assert alone.solution is start
    assert 0 < alone.bounds[1].value <= tier_value(problem, found.solution, problem.goals[1])
    assert found.bounds[1].value >= alone.bounds[1].value


def test_limits_that_zones_share_stay_on_hosts_only():
    limits = (Limit(HOST, np.array([0]), 1, "host"), Limit(ZONE, np.array([0]), 3, "zone"))
    problem = _three_zones(limits=limits, goals=goals("unplaced", "cost"))
    (group,) = alike(problem, _placed_alone(problem))
    assert [limit.level for limit in group.problem.limits] == [HOST]
