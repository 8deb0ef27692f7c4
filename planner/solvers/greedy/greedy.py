"""The greedy solver: zones first, then many fast packings, the best of which wins.

Item-centric variants are first and best fit decreasing under several size measures, bin-centric
ones fill host after host by dot product or Euclidean distance (Panigrahy, Talwar, Uyeda, Wieder,
"Heuristics for Vector Bin Packing", 2011). Bin types are ranked by cost per value of their room,
a resource being worth more the scarcer it is; the mix of hosts of the linear relaxation is tried,
too. Where places cost copies differently, lots are also bound to the sides that the relaxation chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import beside_charge
from planner.bounds.guide import Guide, guide
from planner.problem import Problem, Solution, score
from planner.problem.score import unplaced
from planner.solvers.greedy.charges import Charges
from planner.solvers.greedy.downsize import downsize
from planner.solvers.greedy.lots import Lot, Packing, bundle, packing
from planner.solvers.greedy.pack import Packed, unpack
from planner.solvers.greedy.portions import Portions
from planner.solvers.greedy.rooms import Rooms, opened_for
from planner.solvers.greedy.sides import Sides
from planner.solvers.greedy.variants import variants
from planner.solvers.greedy.zoning import Cells, Zoning
from planner.solvers.result import Ended, Observer, Result, deciding_goal, progress_of
from planner.solvers.stop import Clock, Stop
from planner.solvers.trim import drop_empty, trim

Floats = npt.NDArray[np.float64]


QUICK = 3
"""Variants tried while zones are still dealt out anew."""
Tried = tuple[list[Lot], Packing, Packed]
Way = tuple[list[Lot], Portions]


@dataclass(frozen=True)
class Greedy:
    """Zones first, then many fast packings, the best of which wins.

    Attributes
    ----------
    rounds : int
        How often replicas that found no room in their zone are dealt out anew.
    bin_types : int
        How many of the best-ranked bin types of each domain the variants try.
    """

    rounds: int = 8
    bin_types: int = 6

    def solve(
        self,
        problem: Problem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Solution | None = None,
        observer: Observer | None = None,
    ) -> Result:
        """Pack by every variant until the stop is met; at least one variant is always run.

        The seed plays no part: nothing is drawn.
        """
        run = _Run(self, problem, stop.start(), start, observer)
        trivial = tuple(TRIVIAL for _ in problem.goals)
        if not problem.fits.any() or not problem.count.any():
            return Result(run.best, trivial, run.ended, "greedy", run.clock.elapsed)
        relaxation = guide(problem, deciding_goal(problem.goals), run.clock.remaining / 2)
        share = np.zeros(problem.fits.shape) if relaxation is None else relaxation.assigned
        mix = None if relaxation is None else relaxation.hosts
        units, cells, rooms = bundle(problem), Cells(problem, share), Rooms(problem)
        sides = Sides(problem, run.charges)
        for _ in range(self.rounds + 2 * len(problem.rooms)):
            narrowed = rooms.narrowed()
            lots = Zoning(narrowed, cells).assign(units) + rooms.lots()
            if not lots:
                break
            ways = list(_ways(narrowed, [*sides.ways(narrowed, lots, share), lots], share))
            lots, rows, packed = run.pack(narrowed, ways, mix, rooms, most=QUICK)
            short = _left_behind(rows, packed)
            asked, moved = rooms.learn(packed, list(short)), cells.learn(lots, short, packed)
            if run.over() or not (asked or moved):
                break
        if lots and not run.over():
            run.pack(narrowed, ways, mix, rooms)
        bounds = _bounds(problem, run.best, relaxation)
        return Result(run.best, bounds, run.ended, "greedy", run.clock.elapsed)


class _Run:
    """The incumbent of one run, and what it has cost so far."""

    def __init__(
        self, solver: Greedy, problem: Problem, clock: Clock, start: Solution | None, observer: Observer | None
    ) -> None:
        self.solver, self.problem, self.clock, self.observer = solver, problem, clock, observer
        self.charges = Charges.of(problem)
        self.best = opened_for(problem, drop_empty(problem, Solution.of([]))) if start is None else start
        self.best_score = score(problem, self.best)
        self.packings = 0
        self.ended: Ended = "exhausted"

    def pack(
        self, problem: Problem, ways: list[Way], mix: Floats | None, rooms: Rooms, most: int | None = None
    ) -> Tried:
        """Pack lots cut in several ways, each by the first `most` variants; the best becomes the incumbent.

        Where every packing leaves copies, all is done again with rows of higher priority first.

        Returns
        -------
        The lots, rows and packing of the try with the best score.
        """
        _, best = min(self._tries(problem, ways, mix, rooms, most, by_priority=False), key=lambda pair: pair[0])
        if best[2].left.any() and len(np.unique(problem.priority)) > 1 and not self.over():
            _, best = min(self._tries(problem, ways, mix, rooms, most, by_priority=True), key=lambda pair: pair[0])
        return best

    def _tries(
        self,
        problem: Problem,
        ways: list[Way],
        mix: Floats | None,
        rooms: Rooms,
        most: int | None,
        by_priority: bool,
    ) -> Iterator[tuple[tuple[int, ...], Tried]]:
        """Scores and packings, variant after variant, until the stop is met."""
        for n, (lots, portions) in enumerate(ways):
            first = [content[0][0] for content in portions.contents]
            ranks = problem.priority[np.array(first, dtype=np.int64)] * by_priority
            free = n == len(ways) - 1
            named = variants(problem, portions, self.charges, mix, ranks, self.solver.bin_types, free)
            for name, run in islice(named, most):
                packed = run()
                self.packings += 1
                yield self._take(unpack(portions, packed), name, rooms), (lots, portions.rows, packed)
                if self.over():
                    return

    def _take(self, packed: Solution, name: str, rooms: Rooms) -> tuple[int, ...]:
        """Mend and cheapen what a packing gives, and keep it if it is the best so far."""
        mended = drop_empty(self.problem, trim(self.problem, packed))
        solution = rooms.without(downsize(self.problem, mended, self.charges))
        value = score(self.problem, solution)
        if rooms.hold(solution) and value < self.best_score:
            self.best, self.best_score = solution, value
            if self.observer is not None:
                self.observer(progress_of(self.problem, solution, None, self.clock, f"greedy: {name}"))
        return value

    def over(self) -> bool:
        """Whether the stop is met."""
        most = self.clock.stop.iterations
        if self.clock.cancelled:
            self.ended = "cancelled"
        elif self.clock.over:
            self.ended = "time"
        elif most is not None and self.packings >= most:
            self.ended = "iterations"
        return self.ended != "exhausted"


def _bounds(problem: Problem, best: Solution, relaxation: Guide | None) -> tuple[Bound, ...]:
    """The relaxation's bound on its own tier, where the best plan places all that the relaxation does."""
    deciding = deciding_goal(problem.goals)
    tier = problem.goals.index(deciding)
    left = unplaced(problem, best)[problem.fits.any(axis=1)]
    first = any(goal.goal == "unplaced" for goal in problem.goals[:tier])
    known = relaxation is not None and problem.relaxation is None and deciding.goal in ("hosts", "cost")
    if relaxation is None or not known or left.any() or not first:
        return tuple(TRIVIAL for _ in problem.goals)
    bound = relaxation.bound
    if deciding.goal == "cost":
        bound = replace(bound, value=max(0, bound.value + beside_charge(problem)))
    return tuple(bound if n == tier else TRIVIAL for n in range(len(problem.goals)))


def _ways(problem: Problem, dealt: list[list[Lot]], flow: Floats) -> Iterator[Way]:
    """The last way of dealing lots bound along the flow of the relaxation, where it has any; then all as they are."""
    cuts = [(lots, Portions.of(packing(problem, lots))) for lots in dealt if lots]
    lots, portions = cuts[-1]
    bound = portions.along(flow)
    yield from ([] if bound is None else [(lots, bound)])
    yield from cuts


def _left_behind(rows: Packing, packed: Packed) -> dict[Lot, int]:
    """Units of each lot that found no room; of lots that share a row, the last ones dealt out."""
    short: dict[Lot, int] = {}
    for row in np.flatnonzero(packed.left).tolist():
        left = int(packed.left[row])
        for lot in reversed(rows.behind[row]):
            if left > 0:
                short[lot] = min(left, lot.count)
                left -= short[lot]
    return short
