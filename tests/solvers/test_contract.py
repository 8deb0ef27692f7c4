"""One contract, all solvers."""

import importlib
import pickle
import threading
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import assume, given
from problems import goals, optimum, problem_of, problems

from planner.problem import Solution, broken_forms, score
from planner.problem.score import tier_value
from planner.solvers.greedy import Greedy
from planner.solvers.patterns import Patterns
from planner.solvers.search import Search
from planner.solvers.stop import Stop

STEPS = Stop(seconds=None, iterations=40)


def _solvers():
    listed = getattr(importlib.import_module("planner.solvers"), "ALL", None)
    if listed is not None:
        return list(listed)
    names = {
        "cp_sat": "CpSat", "greedy": "Greedy", "patterns": "Patterns", "portfolio": "Portfolio",
        "search": "Search", "steered": "Steered",
    }  # fmt: skip
    return [getattr(importlib.import_module(f"planner.solvers.{room}"), name) for room, name in names.items()]


every_solver = pytest.mark.parametrize(
    "solver", [kind() for kind in _solvers()], ids=lambda solver: type(solver).__name__
)


def _first_fit(problem):
    """Each copy on a host of its own, as far as that breaks nothing: a poor start."""
    patterns = [(b, int(n), {}) for b, n in enumerate(problem.required) if n]
    for i in range(problem.items):
        for b in range(problem.bins):
            more = [*patterns, (b, 1, {i: 1})]
            if problem.count[i] and problem.fits[i, b] and not broken_forms(problem, Solution.of(more)):
                patterns = more
                break
    return Solution.of(patterns)


@every_solver
def test_a_solver_is_frozen_printable_comparable_and_picklable(solver):
    assert solver == type(solver)()
    assert hash(solver) == hash(type(solver)())
    assert repr(solver).startswith(type(solver).__name__)
    assert pickle.loads(pickle.dumps(solver)) == solver
    with pytest.raises(FrozenInstanceError):
        setattr(solver, fields(solver)[0].name, None)


@every_solver
@given(problem=problems())
def test_its_solution_breaks_no_form_and_its_bounds_hold(solver, problem):
    best = optimum(problem)
    assume(best is not None)
    result = solver.solve(problem, STEPS)
    assert broken_forms(problem, result.solution) == []
    assert score(problem, result.solution) >= best[0]
    assert len(result.bounds) == len(problem.goals)
    optimal = [tier_value(problem, best[1], goal) for goal in problem.goals]
    for bound, goal in zip(result.bounds, problem.goals, strict=True):
        assert bound.value <= tier_value(problem, result.solution, goal)
    assert result.bounds[0].value <= optimal[0]
    if result.ended == "optimal":
        assert score(problem, result.solution) == best[0]
    if result.conflict:
        assert optimal[0] > 0


@every_solver
@given(problem=problems())
def test_it_is_never_worse_than_its_start(solver, problem):
    assume(optimum(problem) is not None)
    for start in (_first_fit(problem), optimum(problem)[1]):
        if not broken_forms(problem, start):
            result = solver.solve(problem, STEPS, start=start)
            assert score(problem, result.solution) <= score(problem, start)
            assert broken_forms(problem, result.solution) == []


@every_solver
@given(problem=problems())
def test_equal_seeds_and_iterations_give_equal_answers(solver, problem):
    one, two = (solver.solve(problem, STEPS, seed=7) for _ in range(2))
    assert one.solution.patterns() == two.solution.patterns()
    assert one.bounds == two.bounds
    assert one.ended == two.ended


@every_solver
@pytest.mark.parametrize("stop", [Stop(seconds=0.0), Stop(seconds=None, iterations=1)], ids=["no time", "one step"])
def test_out_of_time_it_returns_the_best_it_has(solver, stop):
    problem = _awkward()
    start = _first_fit(problem)
    for given_start in (None, start):
        result = solver.solve(problem, stop, start=given_start)
        assert broken_forms(problem, result.solution) == []
        assert result.ended in {"time", "iterations", "exhausted", "optimal"}
    assert score(problem, result.solution) <= score(problem, start)


@every_solver
def test_it_can_be_cancelled_from_another_thread(solver):
    clock = Stop(seconds=60).start()
    threading.Timer(0.3, clock.cancel).start()
    result = solver.solve(_awkward(copies=40), clock)
    assert clock.elapsed < 20
    assert broken_forms(_awkward(copies=40), result.solution) == []


@every_solver
def test_it_tells_of_progress_that_only_gets_better(solver):
    problem, lines = _awkward(), []
    result = solver.solve(problem, Stop(seconds=20, iterations=2000), observer=lines.append)
    assert lines
    assert {line.goal for line in lines} == {"cost"}
    full = [line.incumbent for line in lines if line.unplaced == 0]
    assert full
    assert tier_value(problem, result.solution, problem.goals[1]) <= min(full)
    assert all(line.bound is None or line.bound <= line.incumbent for line in lines if line.unplaced == 0)


@every_solver
def test_nothing_to_place_needs_no_hosts_but_those_that_stay(solver):
    problem = problem_of([[1]], [0], [[4], [4]], [5, 3], required=[1, 0], available=[1, 9])
    result = solver.solve(problem, STEPS)
    assert result.solution.patterns() == [(0, 1, {})]
    if not isinstance(solver, Greedy | Patterns | Search):
        assert [bound.value for bound in result.bounds] == [0, 5, 1]


@every_solver
def test_what_fits_nowhere_is_left_out_and_the_rest_is_placed(solver):
    problem = problem_of([[9], [2]], [2, 3], [[4]], [5])
    result = solver.solve(problem, STEPS)
    assert score(problem, result.solution) == (2, 10, 2)


@every_solver
def test_higher_priorities_are_placed_first(solver):
    problem = problem_of([[3], [1]], [1, 3], [[3]], [5], available=[1], priority=[9, 0])
    result = solver.solve(problem, STEPS)
    assert score(problem, result.solution)[:2] == (0, 3)


@every_solver
@pytest.mark.parametrize("named", [("unplaced", "hosts", "cost"), ("unplaced", "domains", "cost"), ("cost",)])
def test_it_knows_every_order_of_goals(solver, named):
    problem = problem_of([[3], [2]], [2, 2], [[5], [5]], [5, 4], zones=[0, 1], available=[2, 1], goals=goals(*named))
    result = solver.solve(problem, STEPS)
    assert broken_forms(problem, result.solution) == []
    assert score(problem, result.solution) >= optimum(problem)[0]
    if not isinstance(solver, Greedy | Patterns):
        assert score(problem, result.solution) == optimum(problem)[0]


def _awkward(copies: int = 4):
    """Shapes that leave gaps on every host type."""
    sizes = [[34, 20], [27, 41], [51, 13], [12, 33], [45, 45]]
    return problem_of(sizes, [copies] * 5, [[100, 100], [70, 130], [160, 120]], [100, 97, 151])
