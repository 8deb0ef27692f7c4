"""Exact packing with domains frozen: keep each replica's zone, solve hosts anew.

Services that spread over zones are item types of their own, one by one, so that an exact model of
all at once is large. With each copy's domain fixed where the start has it, those forms hold
whatever is packed, replicas of equal size in one zone are equal again, and only quotas bind zones
together: each can be packed alone, in what the others leave of the quotas.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from planner.bounds.bound import TRIVIAL
from planner.problem import Problem, Solution, score
from planner.problem.forms import HOST
from planner.solvers.cp_sat import CpSat
from planner.solvers.greedy.pack import Packed, unpack
from planner.solvers.greedy.zoning import domain_forms
from planner.solvers.result import Observer, Result, progress_of
from planner.solvers.stop import Clock, Stop
from planner.solvers.zoned.freeze import freeze, in_rows
from planner.solvers.zoned.parts import Part, parts

MOST = 200_000
"""Item types times bin types up to which zones are frozen: beyond, packing them exactly gains nothing in time."""


@dataclass(frozen=True)
class Zoned:
    """Improves a start by packing its zones exactly, one after the other.

    Attributes
    ----------
    exact : CpSat
    """

    exact: CpSat = field(default_factory=CpSat)

    def can(self, problem: Problem, start: Solution) -> bool:
        """Whether the start has zones to freeze, in parts of which the exact solver takes some."""
        levels = {near.level for near in problem.near} | {together.level for together in problem.together}
        if HOST in levels or problem.rooms or not domain_forms(problem) or problem.fits.size > MOST:
            return False
        frozen = freeze(problem, start, free=False)
        if frozen is None:
            return False
        current = in_rows(problem, frozen[1], start)
        return any(self.exact.can(Part.of(frozen[0], *part, current).problem) for part in parts(frozen[0], current))

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution,
        observer: Observer | None = None,
    ) -> Result:
        """Pack zones one by one, then let one copy of each service choose its zone, and pack again."""
        clock, best = stop.start(), start
        for free, share in ((False, 0.3), (True, 0.8), (False, 1.0)):
            for better in self._passed(problem, clock.part(share), seed, best, free):
                if score(problem, better) < score(problem, best):
                    best = better
                    if observer is not None:
                        observer(progress_of(problem, best, None, clock, "exact packing, zone by zone"))
                if clock.over:
                    break
        bounds = tuple(TRIVIAL for _ in problem.goals)  # those of the parts hold for these zones only
        return Result(best, bounds, "exhausted", "greedy, then exact packing zone by zone", clock.elapsed)

    def _passed(self, problem: Problem, clock: Clock, seed: int, start: Solution, free: bool) -> Iterator[Solution]:
        """One pass over all parts that the exact solver takes: the whole after each of them."""
        frozen = freeze(problem, start, free)
        if frozen is None:
            return
        smaller, rows = frozen
        current = in_rows(problem, rows, start)
        places = parts(smaller, current)
        for n, place in enumerate(places):
            part = Part.of(smaller, *place, current)
            if self.exact.can(part.problem):
                share = clock.part(1 / (len(places) - n))
                found = self.exact.solve(part.problem, share, seed=seed, start=part.start(current))
                current = part.put_back(current, found.solution, smaller.available)
                left = rows.count - current.placed(smaller.items)
                yield Solution.of(unpack(rows, Packed(current.patterns(), left)))
