"""Steering: a search for plans that do well by what solvers do not see.

Soft forms, egress, survivals and licences are no sums over hosts and placements. Where a problem has any,
this solver decides what of them holds (`decision`), has the core problem that follows solved (`trial`),
scores the plan on the whole problem, and changes one decision after the other: coordinate descent (S. J.
Wright, "Coordinate descent algorithms", Mathematical Programming 151, 2015). Single moves finish the plan
(`polish`), and what bounds the core bounds the whole (`proof`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from planner.bounds.best import best_bounds
from planner.bounds.bound import TRIVIAL, Bound
from planner.problem import Problem, Solution, broken_forms, score
from planner.problem.extras import Extras
from planner.solvers.greedy import Greedy
from planner.solvers.independent import independent, joined
from planner.solvers.portfolio import Portfolio
from planner.solvers.result import Ended, Observer, Progress, Result, Solver, deciding_goal, progress_of
from planner.solvers.steered.charged import charged
from planner.solvers.steered.decision import Choices, Decision
from planner.solvers.steered.mirror import mirrored
from planner.solvers.steered.polish import Polish
from planner.solvers.steered.proof import Proof, gaps
from planner.solvers.steered.reserve import with_reserve, without_homeless
from planner.solvers.steered.shave import Shave
from planner.solvers.steered.trial import Trial
from planner.solvers.stop import Clock, Stop
from planner.solvers.trim import drop_empty

Value = tuple[int, ...]
CORE_SHARE, TRIAL_SHARE, POLISH_SHARE = 0.2, 0.6, 0.1
"""Of the time left: what the core, and then the strict problem, may use; what trials may; each polish, and dealing."""
SURVIVING, BOUND_SHARE = 0.5, 0.3
"""Where something must survive, its core, as a plan of the core with mirrors is close to the best; and its bound."""

GRACE = 0.5
"""Seconds beyond the clock for mirrors: without hosts to spare, what was found so far is no plan."""


@dataclass(frozen=True)
class Steered:
    """Steers another solver by the whole score; without extras, it passes the problem on.

    Attributes
    ----------
    inner : Solver
        Solves the core, and at the end the best trials again.
    quick : Solver
        Solves trials.
    packings : int
        Iterations of `quick` in each trial.
    finals : int
        How many of the best decisions `inner` solves.
    moves : int
        The most single moves looked at after each full solve; after a trial, a quarter of them.
    """

    inner: Solver = field(default_factory=Portfolio)
    quick: Solver = field(default_factory=Greedy)
    packings: int = 12
    finals: int = 3
    moves: int = 4000

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Solve until every tier is proven optimal, nothing is left to decide, or the stop is met."""
        if not problem.extras:
            return self.inner.solve(problem, stop, seed=seed, start=start, observer=observer)
        return _Run(self, problem, stop.start(), seed, start, observer).result()


class _Run:
    """One search: the incumbent, and what every decision came to."""

    def __init__(
        self,
        solver: Steered,
        whole: Problem,
        clock: Clock,
        seed: int,
        start: Solution | None,
        observer: Observer | None,
    ) -> None:
        self.solver, self.whole, self.clock, self.seed, self.observer = solver, whole, clock, seed, observer
        nothing = drop_empty(whole, Solution.of([]))
        alone = broken_forms(whole, nothing)  # what hosts that must stay break alone; more hosts mend a lack of room
        self.excused = frozenset(sentence for sentence in alone if not sentence.startswith("headroom"))
        self.best = nothing if start is None else start
        self.best_value = score(whole, self.best)
        self.finder = "steered"
        self.known: dict[Decision, Value | None] = {}

    def result(self) -> Result:
        """Solve the core and the strict problem for bounds, descend over the decisions, solve the best in full."""
        core = self._solved(self.whole.core)
        strict = self._strict() if self.whole.extras.soft else None
        columns = BOUND_SHARE if self.whole.extras.survivals else 0.0
        early = best_bounds(self.whole, self.best, self.clock, columns=columns, core=self._proven_of(core))
        proof = Proof(self.whole, core, strict, self.best, early)
        seconds = self.clock.remaining * POLISH_SHARE
        choices = Choices.of(self.whole, self.best.hosts or core.solution.hosts, seconds)
        trials = self.clock.part(TRIAL_SHARE)
        if not self._done(proof):
            self._descend(choices, trials, proof)
        for n, decision in enumerate(self._ranked()):
            if self.clock.over or self._done(proof):
                break
            share = self.clock.part(1 / (self.solver.finals - n))
            self._try(choices, decision, self.solver.inner, share, from_best=True)
        own = best_bounds(self.whole, self.best, self.clock, core=self._proven_of(core))
        bounds = proof.bounds(self.best, own)
        return Result(self.best, bounds, self._why(bounds), self.finder, self.clock.elapsed, core.conflict)

    def _solved(self, problem: Problem) -> Result:
        """A problem of the same items, whose plan may be one of the whole."""
        extras = self.whole.extras
        share = self.clock.part(SURVIVING if extras.survivals and not extras.soft else CORE_SHARE)
        found = self.solver.inner.solve(problem, share, seed=self.seed, observer=self._trying)
        self._take(self._finished(found.solution, self.solver.moves), found.solver)
        return found

    def _strict(self) -> Result | None:
        """The core with all soft forms as hard ones; None where it is narrower than these."""
        forms = frozenset(range(len(self.whole.extras.soft)))
        whole = replace(self.whole, extras=Extras(soft=self.whole.extras.soft))
        problem = Trial.of(whole, Decision(kept=forms), ()).problem
        found = self._solved(problem)
        return found if (problem.fits == self.whole.fits).all() else None

    def _descend(self, choices: Choices, clock: Clock, proof: Proof) -> None:
        """Change one decision after the other, until a round brings up none that was not tried."""
        now, value = None, None
        for decision in choices.first():
            found = self._try(choices, decision, self.solver.quick, clock)
            if now is None or _less(found, value):
                now, value = decision, found
        tried = 0
        while now is not None and tried < len(self.known):
            tried = len(self.known)
            for n in range(choices.number):
                for option in choices.options(n, now):
                    if clock.over or self._done(proof):
                        return
                    found = None if option in self.known else self._try(choices, option, self.solver.quick, clock)
                    if _less(found, value):
                        now, value = option, found

    def _ranked(self) -> list[Decision]:
        """The decisions with the best plans, the best first."""
        valued = [(value, n, decision) for n, (decision, value) in enumerate(self.known.items()) if value is not None]
        return [decision for _, _, decision in sorted(valued, key=lambda each: each[:2])][: self.solver.finals]

    def _try(
        self, choices: Choices, decision: Decision, solver: Solver, clock: Clock, *, from_best: bool = False
    ) -> Value | None:
        """Solve the trial of a decision; what its plan is worth on the whole, None where it is none."""
        trial = Trial.of(self.whole, decision, choices.groups)
        best = self.best if decision.dealt is None else drop_empty(self.whole, self.best)
        start = trial.forth(best) if from_best else None
        if start is not None and broken_forms(trial.problem, start):
            start = None
        limited = clock if from_best else clock.part(1.0, self.solver.packings)
        found = self._packed(solver, trial.problem, limited, start)
        moves = self.solver.moves if from_best else self.solver.moves // 4
        value = self._take(self._finished(trial.back(found.solution), moves), found.solver)
        if not from_best:
            self.known[decision] = value
        return value

    def _packed(self, solver: Solver, problem: Problem, clock: Clock, start: Solution | None) -> Result:
        """A trial solved part by part, where its parts have nothing to do with each other."""
        parts = independent(problem)
        if len(parts) == 1:
            return solver.solve(problem, clock, seed=self.seed, start=start, observer=self._trying)
        found = [
            solver.solve(
                part.problem,
                clock.part(1 / (len(parts) - n)),
                seed=self.seed,
                start=None if start is None else part.start(start),
                observer=self._trying,
            )
            for n, part in enumerate(parts)
        ]
        return replace(found[0], solution=joined(parts, (each.solution for each in found)))

    def _finished(self, solution: Solution, moves: int) -> Solution:
        """The solution with hosts to spare where something must survive, after moves that make it better."""
        clock = self.clock.part(POLISH_SHARE)
        if self.whole.extras.survivals:
            solution = Shave(self.whole, self._holds, lambda: clock.over).run(self._spared(solution, clock))
        return Polish(self.whole, self._holds, lambda: clock.over, moves).run(solution)

    def _spared(self, solution: Solution, clock: Clock) -> Solution:
        """The solution with hosts to spare: mirrors, or what a loss asks for if that counts less."""
        plan = mirrored(self.whole, solution, max(GRACE, self.clock.remaining))
        if plan is None or not self._holds(plan):
            plan = with_reserve(self.whole, solution, lambda: self.clock.over)
            return without_homeless(self.whole, plan, lambda: self.clock.over)
        other = with_reserve(self.whole, solution, lambda: clock.over, charged(self.whole, plan))
        return other if self._holds(other) and score(self.whole, other) < score(self.whole, plan) else plan

    def _holds(self, solution: Solution) -> bool:
        """Whether a solution breaks nothing that could be kept."""
        return not set(broken_forms(self.whole, solution)) - self.excused

    def _take(self, solution: Solution, finder: str) -> Value | None:
        """Keep a solution if it is the best so far."""
        for candidate in (drop_empty(self.whole, solution), solution):
            if self._holds(candidate):
                value = score(self.whole, candidate)
                if value < self.best_value:
                    self.best, self.best_value, self.finder = candidate, value, f"steered {finder}"
                    self._tell(f"steered: {finder}")
                return value
        return None

    def _trying(self, progress: Progress) -> None:
        """Of what a trial finds, tell only that it goes on: it may be no plan of the whole."""
        self._tell(f"trying: {progress.note}")

    def _tell(self, note: str) -> None:
        if self.observer is not None:
            self.observer(progress_of(self.whole, self.best, None, self.clock, note))

    def _proven_of(self, core: Result) -> tuple[Bound, ...]:
        """The bounds of the core, up to the first tier in which the best plan does worse than the core's."""
        found: list[Bound] = []
        for goal, bound in zip(self.whole.goals, core.bounds, strict=True):
            found.append(bound)
            alone = replace(self.whole.core, goals=(goal,))
            mine, its = score(alone, self.best), score(alone, core.solution)
            if any(one > other for one, other in zip(mine, its, strict=True)):
                break
        return (*found, *(TRIVIAL for _ in self.whole.goals[len(found) :]))

    def _done(self, proof: Proof) -> bool:
        return self._reached(proof.bounds(self.best)) is not None

    def _reached(self, bounds: tuple[Bound, ...]) -> Ended | None:
        """What of the stop is met by the gaps of the tiers; None while nothing is."""
        goal = self.clock.stop.gap
        tier = self.whole.goals.index(deciding_goal(self.whole.goals))
        left = gaps(self.whole, self.best, bounds)
        if not any(left):
            return "optimal"
        return "gap" if goal and max(left[: tier + 1]) <= goal else None

    def _why(self, bounds: tuple[Bound, ...]) -> Ended:
        """Why the search ended."""
        reached = self._reached(bounds)
        if reached is not None:
            return reached
        if self.clock.cancelled:
            return "cancelled"
        if self.clock.over:
            return "time"
        return "exhausted" if self.clock.stop.iterations is None else "iterations"


def _less(one: Value | None, other: Value | None) -> bool:
    """Whether a decision came to a better plan than another; any plan is better than none."""
    return one is not None and (other is None or one < other)
