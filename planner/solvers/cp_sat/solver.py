"""The exact solver: tier after tier, each minimised and then kept.

The model offers so many hosts of each bin type as a better plan can have, so it shrinks with every better
plan that is known: for a few hundred replicas, and for proofs. Plans are compared by all goals, those
included that the model does not know. Where a problem has a relaxation, nothing is proven but there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from planner.bounds.best import SECONDS, tier_bound
from planner.bounds.bound import Bound
from planner.bounds.given import nowhere, ranks
from planner.problem import Problem, Solution, broken_forms, score
from planner.problem.score import tier_value, unplaced
from planner.solvers.cp_sat.conflict import conflict
from planner.solvers.cp_sat.forms import add_forms
from planner.solvers.cp_sat.model import MODELLED, Model
from planner.solvers.cp_sat.search import Found, Limits, run
from planner.solvers.cp_sat.slots import slots, variables
from planner.solvers.result import Ended, Observer, Result, deciding_goal, progress_of
from planner.solvers.stop import Clock, Stop
from planner.solvers.trim import drop_empty

METHOD = "CP-SAT"


@dataclass(frozen=True)
class CpSat:
    """Minimises the goal tiers one after the other with OR-Tools CP-SAT.

    Attributes
    ----------
    max_variables : int
        Larger models are not tried.
    workers : int
        Threads; one where the stop limits iterations, so that the run is repeatable.
    share : float
        Of the time left, what a tier may use that is not the last.
    work_per_iteration : float
        CP-SAT's deterministic time that counts as one iteration.
    """

    max_variables: int = 40_000
    workers: int = 2
    share: float = 0.9
    work_per_iteration: float = 1e-3

    def can(self, problem: Problem, start: Solution | None = None) -> bool:
        """Whether the model is small enough; with a good start it is smaller."""
        tiers = problem.goals.index(deciding_goal(problem.goals)) + 1
        return variables(problem, slots(problem, start, tiers)) <= self.max_variables

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Solve until every tier is proven or the stop is met."""
        clock = stop.start()
        run_ = _Run(self, problem, clock, seed, start, observer)
        bounds = tuple(run_.tier(n) for n in range(len(problem.goals)))
        why: tuple[str, ...] = ()
        if problem.relaxation is None and (run_.impossible or _proves_unplaced(problem, bounds)):
            why = conflict(problem, clock, self.max_variables)
        return Result(run_.best, bounds, run_.ended(), METHOD, clock.elapsed, why)


@dataclass
class _Run:
    """One solve: the incumbent, the work left, and what was proven."""

    solver: CpSat
    problem: Problem
    clock: Clock
    seed: int
    start: Solution | None
    observer: Observer | None
    best: Solution = field(init=False)
    known: bool = field(init=False)
    work: float | None = field(init=False)
    impossible: bool = field(default=False, init=False)
    too_large: bool = field(default=False, init=False)
    proven: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self.best = drop_empty(self.problem, Solution.of([])) if self.start is None else self.start
        self.known = not broken_forms(self.problem, self.best)
        most = self.clock.stop.iterations
        self.work = None if most is None else most * self.solver.work_per_iteration

    def tier(self, number: int) -> Bound:
        """Minimise one tier and return its bound."""
        bound = self._tier(number)
        self.proven &= tier_value(self.problem, self.best, self.problem.goals[number]) <= bound.value
        return bound

    def _tier(self, number: int) -> Bound:
        goal = self.problem.goals[number]
        seconds = SECONDS if self.proven and self.work is None else 0.0
        bound = tier_bound(self.problem, number, self.best if self.known else None, self.clock, seconds)
        if self.known and tier_value(self.problem, self.best, goal) <= bound.value:
            return bound
        if goal.goal not in MODELLED:
            return bound
        if goal.goal == "unplaced":
            return bound.better(self._unplaced(number))
        found = self._minimise(number, partial(Model.goal, goal=goal), bound.value)
        billed = goal.goal == "cost" and self.problem.extras.commitments
        return bound if found is None or not found.bound or billed else bound.better(Bound(found.bound, METHOD))

    def _unplaced(self, number: int) -> Bound:
        """Rank after rank, the highest first; the bound is the sum of what must stay out of each."""
        total = 0
        for rank, stays in enumerate(nowhere(self.problem.relaxation or self.problem).tolist()):
            items = np.flatnonzero(self.problem.priority == ranks(self.problem)[rank])
            value = int(unplaced(self.problem, self.best)[items].sum())
            if self.known and value <= stays:
                total += stays
                continue
            found = self._minimise(number, partial(Model.unplaced, items=items), stays, rank)
            total += max(stays, found.bound if found else 0)
        return Bound(total, METHOD)

    def _minimise(self, number: int, objective: Callable[[Model], Any], least: int, rank: int = 0) -> Found | None:
        """Minimise an objective with all earlier values kept; None where there is no time or too much to do."""
        if self.over():
            return None
        problem, kept = self.problem, self.best if self.known else None
        offered = slots(problem, kept, number + 1)
        if variables(problem, offered) > self.solver.max_variables:
            self.too_large = True
            return None
        model = Model(problem, offered)
        add_forms(model, problem)
        for expression, value in self._earlier(model, number, rank):
            model.model.add(expression <= value)
        target = objective(model)
        if least:
            model.model.add(target >= least)
        model.model.minimize(target)
        if kept is not None:
            model.hint(kept)
        last = number == len(problem.goals) - 1
        found = run(model, self._limits(last), self.clock, self._tell(number))
        if self.work is not None:
            self.work -= found.work
        if found.solution is not None:
            self._keep(found.solution)
        if problem.relaxation is not None:
            return replace(found, bound=0)
        self.impossible |= found.infeasible and kept is None
        return found

    def _earlier(self, model: Model, number: int, rank: int) -> Iterator[tuple[Any, int]]:
        """What is reached already and may not get worse."""
        left = unplaced(self.problem, self.best)
        for n, goal in enumerate(self.problem.goals[: number + 1]):
            if goal.goal == "unplaced":
                all_ranks = ranks(self.problem)
                for priority in all_ranks if n < number else all_ranks[:rank]:
                    items = np.flatnonzero(self.problem.priority == priority)
                    yield model.unplaced(items), int(left[items].sum())
            elif n < number and goal.goal in MODELLED and not (goal.goal == "cost" and self.problem.extras.commitments):
                yield model.goal(goal), tier_value(self.problem, self.best, goal)

    def _limits(self, last: bool) -> Limits:
        share = 1.0 if last else self.solver.share
        return Limits(
            seconds=self.clock.remaining * share,
            work=None if self.work is None else self.work * share,
            workers=self.solver.workers if self.work is None else 1,
            seed=self.seed,
            gap=self.clock.stop.gap,
        )

    def _tell(self, number: int) -> Callable[[Solution, float], None] | None:
        observer = self.observer
        if observer is None:
            return None
        decides = self.problem.goals[number] == deciding_goal(self.problem.goals)

        def told(solution: Solution, bound: float) -> None:
            observer(progress_of(self.problem, solution, bound if decides else None, self.clock, "CP-SAT"))

        return told

    def _keep(self, solution: Solution) -> None:
        tidy = drop_empty(self.problem, solution)
        for better in (tidy, solution):
            if not broken_forms(self.problem, better):
                if not self.known or score(self.problem, better) < score(self.problem, self.best):
                    self.best, self.known = better, True
                return

    def over(self) -> bool:
        """Whether the stop is met."""
        return self.clock.over or (self.work is not None and self.work <= 1e-9)

    def ended(self) -> Ended:
        """Why the run ended."""
        if self.impossible:
            return "infeasible"
        if self.known and self.proven:
            return "optimal"
        if self.clock.cancelled:
            return "cancelled"
        if self.clock.over:
            return "time"
        if self.over():
            return "iterations"
        done = self.too_large or self.problem.relaxation is not None or not MODELLED.issuperset(self._named())
        return "exhausted" if done else "gap" if self.clock.stop.gap else "time"

    def _named(self) -> set[str]:
        return {goal.goal for goal in self.problem.goals}


def _proves_unplaced(problem: Problem, bounds: tuple[Bound, ...]) -> bool:
    return any(goal.goal == "unplaced" and bound.value for goal, bound in zip(problem.goals, bounds, strict=True))
