"""The solver: columns by price, then whole hosts by floor and sweep, diving, and choice among all patterns.

P. C. Gilmore, R. E. Gomory, "A linear programming approach to the cutting-stock problem", 1961; for many host types:
the variable-sized cutting-stock problem. Where replicas spread over domains, each keeps the domain that the start
gives it (`freeze`): each zone is then a problem of its own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import beside_charge
from planner.bounds.classes import Classes
from planner.bounds.columns import Generation
from planner.bounds.columns.bounding import LARGEST
from planner.bounds.columns.clusters import clustered
from planner.bounds.device_weights import with_device_weights
from planner.bounds.given import Given
from planner.problem import Problem, Solution, broken_forms, score
from planner.problem.forms import HOST
from planner.problem.score import tier_value
from planner.solvers.greedy import Greedy
from planner.solvers.greedy.pack import with_lots
from planner.solvers.independent import independent, joined
from planner.solvers.patterns.alike import alike
from planner.solvers.patterns.deal import Hosts, deal
from planner.solvers.patterns.freeze import freeze, in_rows
from planner.solvers.patterns.leftovers import with_leftovers
from planner.solvers.patterns.many import many_shapes, packed_alike
from planner.solvers.patterns.recombine import objective_of
from planner.solvers.patterns.rounding import STEPS, chosen, dived, floored
from planner.solvers.result import Ended, Observer, Result, deciding_goal, progress_of
from planner.solvers.stop import Clock, Stop
from planner.solvers.trim import drop_empty

GREEDY_SHARE, COLUMNS_SHARE, DIVE_SHARE = 0.2, 0.5, 0.5
"""Of the time left: for a start where there is none, for columns, and for diving."""
FEW = 40
"""Hosts up to which the best choice among all patterns is looked for: beyond, dives do better in the time."""


@dataclass(frozen=True)
class Patterns:
    """Gilmore–Gomory: columns by price, made whole.

    Attributes
    ----------
    greedy : Greedy
        Makes the start where there is none.
    rounds : int
        The most rounds of pricing.
    """

    greedy: Greedy = field(default_factory=Greedy)
    rounds: int = 400

    def can(self, problem: Problem) -> bool:
        """Whether it honours every form: not what must stand together or near, apart in domains, or kept room."""
        apart = any(form.level != HOST for form in problem.apart)
        return not (problem.together or problem.near or problem.rooms or apart)

    def proves(self, problem: Problem) -> bool:
        """Whether it bounds what it packs: neither zone by zone, nor thousands of shapes."""
        return not problem.has_domain_forms and Classes.merge(problem, apart=True).number <= LARGEST

    def shares(self, problem: Problem, start: Solution) -> bool:
        """Whether it packs thousands of shapes in cells that are alike, by one master for each kind of cell."""
        return many_shapes(alike(problem, start), LARGEST)

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Generate columns and make them whole until the stop is met; where it cannot, the start is returned.

        The seed plays no part: nothing is drawn but the same disturbances each time.
        """
        clock = stop.start()
        if start is None:
            share = clock.part(GREEDY_SHARE)
            start = self.greedy.solve(problem, share, seed=seed, observer=observer).solution
        run = _Run(self, problem, clock, start, observer)
        if self.can(problem) and problem.count.any() and problem.fits.any():
            run.run()
        return Result(run.best, run.bounds, run.ended, "patterns", clock.elapsed)


class _Run:
    """The incumbent and the bounds of one run."""

    def __init__(
        self, solver: Patterns, problem: Problem, clock: Clock, start: Solution, observer: Observer | None
    ) -> None:
        self.solver, self.problem, self.clock, self.observer = solver, problem, clock, observer
        self.best, self.best_score = start, score(problem, start)
        self.bounds: tuple[Bound, ...] = tuple(TRIVIAL for _ in problem.goals)
        self.tier = problem.goals.index(deciding_goal(problem.goals))
        if observer is not None:
            observer(progress_of(problem, start, None, clock, "patterns: start"))

    @property
    def ended(self) -> Ended:
        """Why it ended."""
        if self.clock.cancelled:
            return "cancelled"
        return "time" if self.clock.over else "exhausted"

    @property
    def _rounds(self) -> int:
        """The most rounds of column generation."""
        most = self.clock.stop.iterations
        return self.solver.rounds if most is None else min(most, self.solver.rounds)

    def run(self) -> None:
        """Columns for the whole problem, or for the one with domains frozen where the start has them."""
        groups = alike(self.problem, self.best)
        if many_shapes(groups, LARGEST):
            self._take(packed_alike(groups, self.best, self.clock, self._rounds))
            return
        if not self.problem.has_domain_forms or not any(self._domain_levels()):
            for solution in self._packed(self.problem, self.best, self.clock):
                self._take(solution)
            return
        frozen = freeze(self.problem, self.best)
        if frozen is None or not frozen[0].items:
            return
        smaller, rows = frozen
        parts = independent(smaller)
        begun = in_rows(self.problem, rows, self.best)
        found = [part.start(begun) for part in parts]
        items = sum(len(part.items) for part in parts)
        for n, part in enumerate(parts):
            clock = self.clock.part(len(part.items) / items)
            items -= len(part.items)
            for solution in self._packed(part.problem, found[n], clock):
                found[n] = min(found[n], solution, key=partial(score, part.problem))
                whole = joined(parts, found)
                self._take(with_lots(rows, whole))

    def _domain_levels(self) -> Iterator[bool]:
        yield from (limit.level != HOST for limit in self.problem.limits)
        yield from (True for _ in self.problem.spreads)

    def _packed(self, problem: Problem, start: Solution, clock: Clock) -> Iterator[Solution]:
        """Plans of a problem without forms on domains, as they are found."""
        objective = objective_of(problem)
        exact = with_device_weights(problem.by_device)
        classes, shapes = Classes.merge(exact, apart=True), exact
        if classes.number > LARGEST:
            shapes, classes = clustered(exact, classes, LARGEST, up=True)
        generation = Generation(shapes, objective, Given.full(shapes), classes)
        generation.cancelled = lambda: self.clock.cancelled
        if not generation.classes.number or not generation.hosts.number:
            return
        for bin_type, _, content in start.patterns():
            generation.learn(bin_type, content)
        for step in STEPS:
            generation.run(_until(clock, COLUMNS_SHARE), self._rounds)
            if problem is self.problem and shapes is exact:
                self._bound(generation)
            if generation.centre is None:
                return
            yield self._whole(problem, generation, floored(generation, _until(clock, 1.0)))
            if self._proven() or clock.over:
                return
            yield self._whole(problem, generation, dived(generation, clock, _until(clock, DIVE_SHARE), step))
            if self._proven() or clock.over:
                return
        if generation.value <= FEW * generation.master.unit:
            hosts = chosen(generation, clock.remaining * 0.9, math.inf)
            if hosts is not None:
                yield self._whole(problem, generation, hosts)

    def _whole(self, problem: Problem, generation: Generation, hosts: Hosts) -> Solution:
        found = deal(problem, generation, hosts)
        return drop_empty(problem, with_leftovers(problem, found, self.clock))

    def _bound(self, generation: Generation) -> None:
        """The bound of the deciding tier, where all tiers before it ask for everything to be placed, and it is."""
        goal, problem = self.problem.goals[self.tier], self.problem
        before = [earlier.goal for earlier in problem.goals[: self.tier]]
        full = (problem.count - self.best.placed(problem.items))[problem.fits.any(axis=1)].any()
        if before != ["unplaced"] or full or problem.is_rounded or goal.goal != generation.objective:
            return
        bound = generation.columns().bound
        if goal.goal == "cost":
            bound = Bound(max(0, bound.value + beside_charge(problem)), bound.method)
        self.bounds = tuple(bound if n == self.tier else TRIVIAL for n in range(len(problem.goals)))

    def _proven(self) -> bool:
        """Whether the deciding tier meets its bound and nothing is left out."""
        value = tier_value(self.problem, self.best, self.problem.goals[self.tier])
        return self.bounds[self.tier].value >= value > 0

    def _take(self, solution: Solution) -> None:
        """Keep a plan that is better and breaks no form."""
        value = score(self.problem, solution)
        if value < self.best_score and not broken_forms(self.problem, solution):
            self.best, self.best_score = solution, value
            if self.observer is not None:
                bound = self.bounds[self.tier].value or None
                self.observer(progress_of(self.problem, solution, bound, self.clock, "patterns"))


def _until(clock: Clock, share: float) -> float:
    return time.monotonic() + clock.remaining * share
