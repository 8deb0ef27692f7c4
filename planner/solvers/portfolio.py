"""The portfolio: greedy, columns beside search, exact where the problem is small; bounds all along, one clock.

Where nothing joins parts of a problem (no rule, quota or host), each is improved by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from planner.bounds.best import best_bounds
from planner.bounds.bound import TRIVIAL
from planner.bounds.given import carried
from planner.problem import Problem, Solution, score
from planner.problem.score import tier_value, unplaced
from planner.solvers.bounding import Bounding, better, without_domains
from planner.solvers.cp_sat import CpSat
from planner.solvers.greedy import Greedy
from planner.solvers.independent import Part, independent, joined, summed_bounds
from planner.solvers.patterns import Patterns
from planner.solvers.result import Ended, Observer, Progress, Result, Solver, deciding_goal, progress_of, relative_gap
from planner.solvers.search import Search
from planner.solvers.side_by_side import Improving, Run, beside, side_by_side
from planner.solvers.stop import Clock, Stop
from planner.solvers.twins import Twins

SMALL = 4_000
"""Variables of an exact model that is tried first."""
Stage = Literal["small", "pair", "exact", "last"]
STAGES: tuple[tuple[Stage, float], ...] = (("small", 0.4), ("pair", 0.6), ("exact", 0.5), ("last", 1.0))
"""Stages, each with its share of the time left: the exact solver where the problem is small, columns beside search, the
exact solver again (or for the first time, where the plans found since have made it small enough), search to the end."""
SHARED = 0.85
"""The share of the second stage where patterns are shared by cells that are alike."""
GREEDY = 0.15
"""Of the time left, what greedy may use, and a first bound; at least one variant is always run."""
COLUMNS = 0.25
"""Of the time left, what each bound may use that patterns do not prove on their way."""


@dataclass(frozen=True)
class Portfolio:
    """Chains solvers from the quick to the thorough; the best plan and the best bounds are kept.

    Attributes
    ----------
    greedy : Greedy
    patterns : Patterns
    search : Search
    exact : CpSat
    """

    greedy: Greedy = field(default_factory=Greedy)
    patterns: Patterns = field(default_factory=Patterns)
    search: Search = field(default_factory=Search)
    exact: CpSat = field(default_factory=CpSat)

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Solve until every tier is proven optimal, the gap goal is met, or the stop is.

        Solvers see the core of the problem; what they do not see counts in the score of the result and in
        its bounds. (`steered` looks for plans that do well by it.)
        """
        clock = stop.start()
        twins = Twins.of(problem)
        begun = None if start is None else twins.join(start)
        result = self._solve(twins.problem, clock, seed, begun, Improving(observer))
        result = replace(result, solution=twins.deal(result.solution))
        if problem.extras:
            best = result.solution if start is None else min(result.solution, start, key=partial(score, problem))
            result = replace(result, solution=best, bounds=best_bounds(problem, best, clock))
        return replace(result, ended=_why(problem, result, clock), seconds=clock.elapsed)

    def _solve(self, problem: Problem, clock: Clock, seed: int, start: Solution | None, observer: Improving) -> Result:
        """Greedy for the whole; then its independent parts, one after the other, the largest first."""
        share = clock.part(GREEDY)
        result = self.greedy.solve(problem, share, seed=seed, start=start, observer=observer)
        if not self.patterns.shares(problem, result.solution):  # else beside them
            result = _bounded(problem, result, clock.part(GREEDY))
        observer.bound = result.bounds[_deciding(problem)].value or None
        observer(progress_of(problem, result.solution, observer.bound, clock, result.solver))  # now with a gap
        if _done(problem, result, clock):
            return result
        parts = independent(problem)
        if len(parts) == 1:
            return self._improved(problem, result, clock, seed, observer)
        return _bounded(problem, self._apart(problem, parts, result, clock, seed, observer), clock)

    def _apart(
        self, problem: Problem, parts: Sequence[Part], result: Result, clock: Clock, seed: int, observer: Improving
    ) -> Result:
        """Each part by itself, one after the other, with a share of the time by its item types."""
        solutions = [part.start(result.solution) for part in parts]
        found = []
        items = sum(len(part.items) for part in parts)
        for n, part in enumerate(parts):
            begun = replace(result, solution=solutions[n], bounds=tuple(TRIVIAL for _ in result.bounds))
            share = clock.part(len(part.items) / items)
            items -= len(part.items)
            others = [
                (other.problem, own) for k, (other, own) in enumerate(zip(parts, solutions, strict=True)) if k != n
            ]
            found.append(self._improved(part.problem, begun, share, seed, beside(observer, others)))
            solutions[n] = found[n].solution
        bounds = summed_bounds(parts, solutions, [each.bounds for each in found])
        ended: Ended = next((each.ended for each in found if each.ended != "optimal"), "optimal")
        whole = joined(parts, solutions)
        return replace(
            found[0],
            solution=whole,
            bounds=better(bounds, carried(problem, result.bounds, result.solution, whole)),
            ended=ended,
            conflict=tuple(sentence for each in found for sentence in each.conflict),
        )

    def _improved(self, problem: Problem, result: Result, clock: Clock, seed: int, observer: Observer | None) -> Result:
        """Stage after stage, each from the best so far, while there is a gap; what is proven is kept (`carried`)."""
        shared = self.patterns.can(problem) and self.patterns.shares(problem, result.solution)
        for stage, share in STAGES:
            if _done(problem, result, clock):
                break
            if stage == "pair" and shared:
                result = self._shared(problem, result, clock.stage(SHARED), seed, observer)
                continue
            running, start = clock.stage(share), result.solution
            runs = [_run(solver, problem, running, seed, start) for solver in self._staged(stage, problem, start)]
            for found in side_by_side(runs, _ending(problem, result, running, observer)):
                result = _best_of(problem, result, found)
            if stage == "pair" and problem.has_domain_forms:  # patterns prove nothing of what binds domains
                result = _bounded(problem, result, clock.part(COLUMNS))
            if stage == "pair" and not self.patterns.proves(problem):
                result = _bounded(without_domains(problem), result, clock, COLUMNS)
        return _bounded(problem, result, clock)

    def _shared(self, problem: Problem, result: Result, stage: Clock, seed: int, observer: Observer | None) -> Result:
        """Patterns for cells that are alike, with bounds beside them: search gains nothing meanwhile."""
        start = result.solution
        runs = [
            _run(self.patterns, problem, stage, seed, start),
            lambda told: Bounding().solve(problem, stage, start, told),
        ]
        for found in side_by_side(runs, _ending(problem, result, stage, observer)):
            result = _best_of(problem, result, found)
        return result

    def _staged(self, stage: Stage, problem: Problem, best: Solution) -> Iterator[Solver]:
        """Who works in a stage, side by side: nobody where nobody can."""
        match stage:
            case "small" if replace(self.exact, max_variables=SMALL).can(problem, best):
                yield self.exact
            case "exact" if self.exact.can(problem, best):
                yield self.exact
            case "pair" if self.patterns.can(problem):
                yield self.patterns
                if self.search.can(problem):
                    yield replace(self.search, threads=1)
            case "pair" | "last" if self.search.can(problem):
                yield self.search


def _run(solver: Solver, problem: Problem, clock: Clock, seed: int, start: Solution) -> Run:
    return lambda observer: solver.solve(problem, clock, seed=seed, start=start, observer=observer)


def _best_of(problem: Problem, known: Result, found: Result) -> Result:
    """The better plan of two with the better bounds, and whatever conflict is known."""
    improves = score(problem, found.solution) < score(problem, known.solution)
    best = found if improves else known
    new, old = (carried(problem, each.bounds, each.solution, best.solution) for each in (found, known))
    solver = found.solver if improves or _proven(problem, replace(best, bounds=new)) else known.solver
    return replace(
        best, bounds=better(new, old), solver=solver, ended=found.ended, conflict=found.conflict or known.conflict
    )


def _bounded(problem: Problem, result: Result, clock: Clock, columns: float = 0.0) -> Result:
    """The result with independent bounds where they are better and a gap is left."""
    if _proven(problem, result):
        return result
    found = best_bounds(problem, result.solution, clock, columns=columns)
    return replace(result, bounds=better(result.bounds, found))


def _ending(problem: Problem, result: Result, stage: Clock, observer: Observer | None) -> Observer | None:
    """An observer that ends a stage once its solvers meet the gap goal together: one's plan, the other's bound.

    Not where iterations are limited: which of two threads is first must not change the answer then.
    """
    tier, goal = _deciding(problem), stage.stop.gap
    before = [earlier.goal for earlier in problem.goals[:tier]]
    if not goal or stage.stop.iterations is not None or before != ["unplaced"]:
        return observer
    best, bound = math.inf, float(result.bounds[tier].value)
    if not unplaced(problem, result.solution).any():
        best = tier_value(problem, result.solution, problem.goals[tier])

    def told(progress: Progress) -> None:
        nonlocal best, bound
        if progress.incumbent is not None and not progress.unplaced:
            best = min(best, progress.incumbent)
        bound = max(bound, progress.bound or 0.0)
        if best < math.inf and relative_gap(best, bound) <= goal:
            stage.end()
        if observer is not None:
            observer(progress)

    return told


def _deciding(problem: Problem) -> int:
    return problem.goals.index(deciding_goal(problem.goals))


def _done(problem: Problem, result: Result, clock: Clock) -> bool:
    return clock.over or _proven(problem, result) or _close(problem, result, clock.stop.gap)


def _gaps(problem: Problem, result: Result) -> list[float]:
    values = [tier_value(problem, result.solution, goal) for goal in problem.goals]
    return [relative_gap(value, bound.value) for value, bound in zip(values, result.bounds, strict=True)]


def _proven(problem: Problem, result: Result) -> bool:
    return not any(_gaps(problem, result))


def _close(problem: Problem, result: Result, goal: float) -> bool:
    """Whether the tiers up to the deciding one are within the gap goal (a goal of 0 asks for a proof of all)."""
    return goal > 0 and all(gap <= goal for gap in _gaps(problem, result)[: _deciding(problem) + 1])


def _why(problem: Problem, result: Result, clock: Clock) -> Ended:
    if _proven(problem, result):
        return "optimal"
    if _close(problem, result, clock.stop.gap):
        return "gap"
    if clock.cancelled:
        return "cancelled"
    if clock.over:
        return "time"
    return "exhausted" if result.ended == "optimal" else result.ended  # of the core alone, where there are extras
