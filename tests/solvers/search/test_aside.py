"""What is done beside the moves: hosts seen recombined, a few hosts packed anew, plans heated again."""

from dataclasses import replace

import numpy as np
import pytest
from problems import goals, problem_of

from planner.problem import Solution, Spread, broken_forms, score
from planner.solvers.search import Search
from planner.solvers.search.aside import Aside
from planner.solvers.search.books import Rows
from planner.solvers.search.given import Case
from planner.solvers.search.repair import repaired
from planner.solvers.search.run import CYCLE, Run
from planner.solvers.stop import Stop

LIMITED = Stop(seconds=None, iterations=300)
ZONE = 2


def _pairs(**more):
    """Two shapes that fill a host together, and pairs of equal ones that do not."""
    return problem_of([[6, 1], [4, 9]], [4, 4], [[10, 10]], [5], goals=goals("unplaced", "hosts"), **more)


MIXED, APART = [(0, 4, {0: 1, 1: 1})], [(0, 4, {0: 1}), (0, 4, {1: 1})]


def _aside(problem):
    return Aside(problem, Case.of(problem).given, np.random.default_rng(3))


def test_hosts_of_several_plans_are_recombined():
    problem = _pairs()
    aside = _aside(problem)
    aside.seen.append(Rows.of(Solution.of([(0, 2, {0: 1, 1: 1}), (0, 2, {0: 1}), (0, 2, {1: 1})]), 2))
    found = aside.better(Solution.of(APART), LIMITED.start())
    assert broken_forms(problem, found) == []
    assert score(problem, found) == (0, 4)
    assert aside.better(Solution.of(MIXED), LIMITED.start()) is None


def test_a_few_hosts_are_packed_anew_and_nothing_else_changes():
    problem, start = _pairs(), Solution.of([*MIXED, *APART])
    problem = replace(problem, count=2 * problem.count)
    draw, given = np.random.default_rng(0), Case.of(problem).given
    found = next(filter(None, (repaired(problem, given, start, draw, LIMITED.start()) for _ in range(8))))
    assert broken_forms(problem, found) == []
    assert found.hosts < start.hosts
    assert found.placed(2).tolist() == problem.count.tolist()


def test_a_repair_leaves_in_each_zone_what_was_there():
    sizes, zones = [[6, 1], [4, 9]], np.array([0, 1])
    spread = Spread(ZONE, np.array([0]), 0, zones, False, "even")
    problem = problem_of(
        sizes, [4, 4], [[10, 10]] * 2, [5, 5], zones=[0, 1], spreads=(spread,), goals=goals("unplaced", "hosts")
    )
    start = Solution.of([(b, 2, {i: 1}) for b in (0, 1) for i in (0, 1)])
    assert broken_forms(problem, start) == []
    draw, given = np.random.default_rng(1), Case.of(problem).given
    found = next(filter(None, (repaired(problem, given, start, draw, LIMITED.start()) for _ in range(8))))
    assert broken_forms(problem, found) == []
    assert found.hosts < start.hosts


@pytest.mark.parametrize("threads", [1, 2])
def test_a_stalled_run_turns_aside_and_stays_the_same_every_time(monkeypatch, threads):
    monkeypatch.setattr("planner.solvers.search.run.STALLED", 1)
    monkeypatch.setattr("planner.solvers.search.run.ASIDE", 0.0)
    turned = []
    better = Aside.better
    monkeypatch.setattr(Aside, "better", lambda self, *given: turned.append(self.turn) or better(self, *given))
    draw = np.random.default_rng(2)
    problem = problem_of(draw.integers(5, 60, (9, 2)).tolist(), [2] * 9, [[100, 100], [70, 130]], [100, 97])
    stop = Stop(seconds=None, iterations=60_000)
    one, two = (Search(threads=threads).solve(problem, stop, seed=4).solution for _ in range(2))
    assert turned
    assert one.patterns() == two.patterns()
    assert broken_forms(problem, one) == []


def test_small_plans_are_heated_again_where_there_is_time():
    problem = _pairs()
    run = Run(problem, Stop(seconds=None, iterations=8 * CYCLE * 4).start(), 0, Solution.of(MIXED), None, 1.0, 0.01)
    run.moves = run.most // 2
    run._count_cycles()
    assert run.cycles == 8
    heats = [run._heat(share) for share in (0.0, 0.12, 0.125, 0.99, 1.0)]
    assert heats[0] == pytest.approx(heats[2])
    assert heats[1] < 0.05 * heats[0]
    assert heats[4] <= heats[3] < 0.05 * heats[0]
