"""Levelling by annealing: few hosts, none loaded much above the knee of its cost.

The hosts are dealt at random into as many parts as there are threads; each part is annealed on its
own, by shifts and swaps; then they are dealt anew. The number of hosts follows the prices of load.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from planner.solvers.levelling.anneal_kernel import anneal
from planner.solvers.levelling.empty_kernel import empty
from planner.solvers.levelling.fluid import Fluid, fluid, strongest
from planner.solvers.levelling.insert_kernel import insert, place
from planner.solvers.levelling.problem import Floats, Ints, LevellingProblem
from planner.solvers.levelling.result import Ended, LevellingResult, Observer
from planner.solvers.levelling.score import cost
from planner.solvers.levelling.state import State, state_of
from planner.solvers.stop import Clock, Stop

Places = npt.NDArray[np.int64]

ROUNDS = 300
"""Iterations where neither they nor seconds are limited."""
ROUND = 0.3
"""Seconds that an iteration aims at where time is limited."""


@dataclass(frozen=True)
class Levelling:
    """Annealing over parts of the hosts, in parallel.

    Attributes
    ----------
    hot, cold : float
        First and last temperature, in units of the fluid cost of one container.
    steps : int
        Changes tried by each thread between two deals: one iteration.
    threads : int
    exchanges : float
        Share of the changes tried that are exchanges; the others are shifts.
    sample : int
        Hosts looked at for a container that is put in.
    emptied : float
        Hosts that are tried to be emptied, for each change tried.
    spare : float
        Share of hosts beyond the ideal number at the start.
    """

    hot: float = 0.1
    cold: float = 0.0015
    steps: int = 400_000
    threads: int = 2
    exchanges: float = 0.9
    sample: int = 100
    emptied: float = 1e-4
    spare: float = 0.04

    def solve(
        self,
        problem: LevellingProblem,
        stop: Stop | Clock,
        *,
        seed: int = 0,
        start: Ints | None = None,
        observer: Observer | None = None,
    ) -> LevellingResult:
        """Search until the stop is met; equal seeds, iterations and threads give equal answers."""
        clock = stop.start()
        run = _Run(self, problem, clock, fluid(problem), state_of(problem), np.random.default_rng(seed))
        run.begin(start)
        with ThreadPoolExecutor(self.threads) as pool:
            while (ended := run.ended()) is None:
                run.round(pool)
                if observer:
                    observer(clock.elapsed, run.best_cost, run.fluid.bound, run.best_unplaced)
        total = cost(problem, run.best)
        return LevellingResult(run.best, total, run.fluid.bound, run.best_unplaced, ended, run.rounds, clock.elapsed)


@dataclass
class _Run:
    """One run: the state that is annealed, and the best placement so far.

    Attributes
    ----------
    largest : int64[C]
        Containers, those first that take most of a host.
    rngs : uint64[threads, 1]
        A random state for each thread.
    steps : int
        Changes that each thread tries in one round now.
    rounds : int
    began, last : float
        When the start was made, and what the last round took, seconds.
    best : int32[C], best_cost : float, best_unplaced : int
        The incumbent; its cost in 32-bit sums.
    """

    solver: Levelling
    problem: LevellingProblem
    clock: Clock
    fluid: Fluid
    state: State
    draw: np.random.Generator
    rounds: int = 0
    began: float = 0.0
    last: float = 0.0
    steps: int = field(init=False)
    largest: Places = field(init=False)
    rngs: npt.NDArray[np.uint64] = field(init=False)
    best: Ints = field(init=False)
    best_cost: float = np.inf
    best_unplaced: int = 0

    def begin(self, start: Ints | None) -> None:
        """Place what the start says; put all else where it costs least, on about as many hosts as is ideal."""
        s = self.state
        self.largest = np.argsort(-shares(self.problem)[s.item], kind="stable")
        self.rngs = self.draw.integers(2**63, size=(self.solver.threads, 1), dtype=np.uint64)
        if start is not None:
            place(s, start)
            self.keep()
        self.put_in()
        self.keep()
        self.began = self.clock.elapsed
        self.steps = self.solver.steps

    def put_in(self) -> None:
        """Put unplaced containers onto hosts in use, or on others where none has room."""
        s = self.state
        for hosts in (self.opened(), np.arange(len(s.size))):
            left = self.largest[s.host[self.largest] < 0]
            insert(s, left, hosts, self.solver.sample, self.rngs[0])

    def opened(self) -> Places:
        """Hosts in use, and somewhat more than is ideal for a fluid: the search empties what it can."""
        number = self.fluid.hosts.sum() * (1 + self.solver.spare)
        wanted = np.ceil(strongest(self.problem, number)).astype(np.int64)
        first = np.cumsum(self.problem.hosts) - self.problem.hosts
        ideal = np.concatenate([np.arange(a, a + n) for a, n in zip(first, wanted, strict=True)])
        return np.union1d(ideal, np.flatnonzero(self.state.size))

    def keep(self) -> None:
        """Remember the placement if it is the best so far."""
        s = self.state
        unplaced, now = int((s.host < 0).sum()), float(s.over.sum() + (s.size > 0).sum())
        if self.best_cost == np.inf or (unplaced, now) < (self.best_unplaced, self.best_cost):
            self.best, self.best_cost, self.best_unplaced = s.host.copy(), now, unplaced

    def ended(self) -> Ended | None:
        """Why to end now, if so."""
        stop = self.clock.stop
        if self.clock.cancelled:
            return "cancelled"
        if self.best_unplaced == 0 and self.best_cost <= self.fluid.bound / (1 - stop.gap):
            return "gap"
        if self.rounds >= self.most_rounds:
            return "iterations"
        if self.clock.remaining <= 1.5 * self.last:
            return "time"
        return None

    @property
    def most_rounds(self) -> float:
        """Rounds that the stop allows."""
        stop = self.clock.stop
        if stop.iterations is None:
            return ROUNDS if stop.seconds is None else np.inf
        return stop.iterations

    @property
    def progress(self) -> float:
        """0 … 1: how much of the run is over."""
        seconds = self.clock.stop.seconds
        timed = 0.0 if seconds is None else (self.clock.elapsed - self.began) / max(seconds - self.began, 1e-9)
        return min(1.0, max(timed if self.clock.stop.iterations is None else 0.0, self.rounds / self.most_rounds))

    def round(self, pool: ThreadPoolExecutor) -> None:
        """Deal the hosts, anneal all parts, and keep what is better."""
        s, began = self.state, self.clock.elapsed
        placed = np.flatnonzero(s.host >= 0)
        part_of = np.full(len(s.size), -1)
        jobs = []
        for n, hosts in enumerate(self.dealt()):
            part_of[hosts] = n
            jobs.append((hosts, placed[part_of[s.host[placed]] == n], self.rngs[n]))
        heat = self.heat
        for done in [pool.submit(self.anneal, *job, heat) for job in jobs]:
            done.result()
        if len(placed) < len(s.host):
            self.put_in()
        self.rounds += 1
        self.keep()
        self.last = self.clock.elapsed - began
        if self.clock.stop.iterations is None:
            self.steps = int(min(self.solver.steps, max(1.0, self.steps * min(2.0, ROUND / self.last))))

    def dealt(self) -> list[Places]:
        """Hosts in use, dealt to the threads at random, and one empty host to each."""
        size = self.state.size
        busy, idle = (self.draw.permutation(np.flatnonzero(chosen)) for chosen in (size > 0, size == 0))
        parts = max(1, min(self.solver.threads, len(busy) // 4))
        return [np.append(hosts, idle[n : n + 1]) for n, hosts in enumerate(np.array_split(busy, parts))]

    @property
    def heat(self) -> float:
        """The temperature now: it falls by equal factors in equal parts of the run."""
        hot, cold = self.solver.hot, self.solver.cold
        part: float = (cold / hot) ** self.progress
        return hot * part * self.fluid.bound / max(1, len(self.state.host))

    def anneal(self, hosts: Places, containers: Places, rng: npt.NDArray[np.uint64], heat: float) -> None:
        """Anneal one part; runs beside the other parts."""
        solver, s = self.solver, self.state
        anneal(s, hosts, containers, heat, self.steps, solver.exchanges, rng)
        empty(s, hosts, heat, 1 + int(self.steps * solver.emptied), solver.sample, rng)


def shares(problem: LevellingProblem) -> Floats:
    """float64[I]: the largest share of the largest host that a container takes, over all that it needs."""
    load = problem.load.mean(axis=1) / max(1, problem.power.max(initial=0))
    need = problem.need / np.maximum(1, problem.room.max(axis=0, initial=0))
    largest: Floats = np.maximum(load, need.max(axis=1, initial=0.0))
    return largest
