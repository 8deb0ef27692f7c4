"""The search: walks that cool down together, each on a core of its own."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from planner.solvers.reassign.bound import lower_bound
from planner.solvers.reassign.cooling import Cooling
from planner.solvers.reassign.evaluate import violations
from planner.solvers.reassign.facts import Facts, facts_of
from planner.solvers.reassign.problem import Reassignment
from planner.solvers.reassign.result import Ended, Reassigned, Watcher
from planner.solvers.reassign.walk import Walk
from planner.solvers.stop import Clock, Stop

GLANCE = 0.05
"""Seconds after which the caller's thread looks at the clock again."""


@dataclass(frozen=True)
class Reassign:
    """Simulated annealing by several walks, which meet now and then and go on from the best.

    The whole limit is planned ahead: a quick run down tells where time is needed, then temperatures fall once more,
    slowly. A limit of iterations counts those of each walk, and gives equal answers to equal seeds.

    Attributes
    ----------
    walks : int
        Threads.
    meetings : int
        How often all walks go on from the best of them.
    pilot : float
        Share of the limit that the quick run gets.
    hot, cold : float
        First and last temperature, see `Cooling`.
    """

    walks: int = 2
    meetings: int = 20
    pilot: float = 0.08
    hot: float = 20.0
    cold: float = 0.1

    def solve(
        self, problem: Reassignment, stop: Stop | Clock, *, seed: int = 0, watcher: Watcher | None = None
    ) -> Reassigned:
        """Search until the stop is met; never worse than staying put.

        Raises
        ------
        ValueError
            Where the initial assignment breaks a rule, or the stop has neither seconds nor iterations.
        """
        clock = stop.start()
        if clock.stop.seconds is None and clock.stop.iterations is None:
            raise ValueError("a limit of seconds or iterations is needed: the cooling is planned over it")
        broken = {rule: count for rule, count in violations(problem, problem.initial).items() if count}
        if broken:
            raise ValueError(f"the initial assignment breaks rules: {broken}")
        facts = facts_of(problem)
        return _Run(self, facts, clock, seed, watcher).result()


class _Run:
    """One search: its walks and their threads."""

    def __init__(self, solver: Reassign, facts: Facts, clock: Clock, seed: int, watcher: Watcher | None) -> None:
        self.solver, self.clock, self.watcher = solver, clock, watcher
        self.bound = lower_bound(facts)
        self.cooling = Cooling.of(facts, solver.hot, solver.cold)
        self.walks = [Walk(facts, seed * solver.walks + n) for n in range(solver.walks)]
        self.told = self.walks[0].cost
        self.meeting = threading.Barrier(solver.walks, action=self._meet)
        self.seen: list[tuple[float, float]] = []
        self.failure: BaseException | None = None

    def result(self) -> Reassigned:
        """Run all walks; out of time, leave them where they are and take the best they have seen.

        The threads are daemons, so that not even a kernel that is still being compiled can hold up the caller.
        """
        threads = [threading.Thread(target=self._work, args=(walk,), daemon=True) for walk in self.walks]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive() and not self.clock.over:
                thread.join(min(GLANCE, self.clock.remaining))
        if self.failure is not None:
            raise self.failure
        cost, place = min((walk.best for walk in self.walks), key=lambda best: best[0])
        return Reassigned(place, cost, self.bound, self._why(cost), self.clock.elapsed)

    def _work(self, walk: Walk) -> None:
        """Walk from meeting to meeting."""
        try:
            pilot = self.solver.pilot
            self.seen += walk.cool(lambda: self._heat(walk, 0.0, pilot, pilot))
            self.meeting.wait()
            for n in range(self.solver.meetings):
                until = pilot + (1.0 - pilot) * (n + 1) / self.solver.meetings
                walk.cool(lambda until=until: self._heat(walk, pilot, 1.0, until))  # type: ignore[misc]
                self.meeting.wait()
        except threading.BrokenBarrierError:
            pass
        except BaseException as failure:  # told to the caller's thread, which raises it
            self.failure = failure
            self.meeting.abort()

    def _heat(self, walk: Walk, begin: float, end: float, until: float) -> float | None:
        """The temperature of the moment on a way down from `begin` to `end`.

        None at the next meeting, or when there is nothing more to do.
        """
        share = self._share(walk)
        if share >= until or self.clock.cancelled or self._reached(walk.best[0]):
            return None
        return self.cooling.heat((share - begin) / (end - begin))

    def _share(self, walk: Walk) -> float:
        """How much of the limits is used."""
        stop = self.clock.stop
        time = 0.0 if stop.seconds is None else self.clock.elapsed / max(stop.seconds, 1e-9)
        return time if stop.iterations is None else max(time, walk.iterations / stop.iterations)

    def _reached(self, cost: int) -> bool:
        """Whether a cost is as near to the bound as was asked for."""
        return cost - self.bound <= self.clock.stop.gap * cost

    def _meet(self) -> None:
        """All walks go on from the best; after the quick run, only what it has seen is kept."""
        if self.seen:
            self.cooling, self.seen = self.cooling.tuned(sorted(self.seen, reverse=True)), []
        best = min(self.walks, key=lambda walk: walk.cost)
        for walk in self.walks:
            if walk is not best:
                walk.follow(best)
        seen = min(walk.best[0] for walk in self.walks)
        if self.watcher is not None and seen < self.told:
            self.told = seen
            self.watcher(self.clock.elapsed, seen, self.bound)

    def _why(self, cost: int) -> Ended:
        """Why the search ended."""
        if cost <= self.bound:
            return "optimal"
        if self._reached(cost):
            return "gap"
        if self.clock.cancelled:
            return "cancelled"
        return "time" if self.clock.over else "iterations"
