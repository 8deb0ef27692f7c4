"""One run of the search: rounds on two threads, the best of which is kept.

Large plans are dealt to the threads host by host, anew in every round; small ones, and those that keep room free
(which both halves would count on), are searched by both
independently, and from halfway on the one that lags behind takes over the plan of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from planner.problem import Problem, Solution, score
from planner.problem.score import tier_value, unplaced
from planner.solvers.result import Ended, Observer, deciding_goal, progress_of
from planner.solvers.search.anneal_kernel import anneal, place_left
from planner.solvers.search.arrays import BAD, BEST_LEFT, BEST_SPENT, HOSTS, LEFT, SPENT
from planner.solvers.search.books import Part, Rows, Supply, plan_of, whole_plan
from planner.solvers.search.deal import deal, frozen
from planner.solvers.search.given import Case
from planner.solvers.search.sample import Sample
from planner.solvers.stop import Clock

CHUNK = 256
"""Moves between two looks at the clock, at first, and always where iterations are limited."""
SECONDS = 0.03
"""What a chunk should take."""
ROUND = 1.0, 8192
"""Seconds and moves of a round."""
DEALING = 5
"""How many times longer than dealing out a plan its round is, at least."""
DEALT = 1500
"""Hosts from which on a plan is dealt out."""
WITHOUT_LIMIT = 200_000
"""Moves where the stop has no limit."""
SAMPLED, SETTLED = 0.5, 0.3
"""Of the time left, what a sample may use; and how much cooler the search of a plan grown from one begins."""
SEEN = 3000
"""Hosts of a plan up to which its hosts are remembered, and a quarter of those remembered in all."""
WORTH = 0.1
"""Of the time left, what the relaxation may use."""


@dataclass
class Run:
    """The incumbent of one run, and the plans that it comes from.

    Attributes
    ----------
    problem : Problem
    clock : Clock
    seed : int
    best : Solution
    observer : Observer or None
    hot, cold : float
        See `Search`.
    enough : float or None
        The value of the deciding tier that is good enough, once all is placed.
    threads : int
        1 or 2.
    moves : int
        How many there were.
    seen : dict of (bin type, ((item type, copies), ...)) to None
        The hosts of incumbents, for recombination: those of plans with up to `SEEN` hosts, the latest last.
    """

    problem: Problem
    clock: Clock
    seed: int
    best: Solution
    observer: Observer | None
    hot: float
    cold: float
    enough: float | None = None
    threads: int = 2
    moves: int = 0
    seen: dict[tuple[int, tuple[tuple[int, int], ...]], None] = field(default_factory=dict)
    ended: Ended = "exhausted"
    best_score: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.best_score = score(self.problem, self.best)
        self.began = self.clock.elapsed
        self.most = self.clock.stop.iterations
        if self.most is None and self.clock.stop.seconds is None:
            self.most = WITHOUT_LIMIT
        self.chunk, self.round = CHUNK, ROUND[0]
        self.heat_unit = 1e-6

    def improve(self) -> None:
        """Search until the stop is met."""
        case = Case.of(self.problem, self.clock.remaining * WORTH)
        draw = np.random.default_rng(self.seed)
        part = whole_plan(case, self.best, int(draw.integers(2**31)))
        if part[0].number[BAD]:
            return
        part = self._from_sample(case, part)
        plan = part[0]
        place_left(case.pointer, part[1])
        self.began = self.clock.elapsed
        self.heat_unit = max(1e-6, float(plan.value[SPENT]) / max(1, int(plan.number[HOSTS])))
        with ThreadPoolExecutor(self.threads) as threads:
            if self.threads == 1:
                self._alone(case, part, threads)
            elif plan.number[HOSTS] >= DEALT and case.given.goal_price[0] == 0 and not self.problem.rooms:
                self._dealt(case, part, draw, threads)
            else:
                self._alike(case, part, draw, threads)

    def _from_sample(self, case: Case, part: Part) -> Part:
        """The plan grown from that of a sample, where that is better once all is placed."""
        sample = Sample.of(self.problem, int(part[0].number[HOSTS]), DEALT // 2)
        if sample is None:
            return part
        moves = None if self.most is None else int(self.most * SAMPLED)
        start = Solution.of([])
        run = Run(
            sample.problem,
            self.clock.part(SAMPLED, moves),
            self.seed,
            start,
            None,
            self.hot,
            self.cold,
            threads=self.threads,
        )
        run.improve()
        self.moves += run.moves
        grown, pointer = whole_plan(case, sample.grown(run.best), self.seed)
        place_left(case.pointer, pointer)
        if grown.value[LEFT] > part[0].value[LEFT]:
            return part
        if grown.value[LEFT] == part[0].value[LEFT] and grown.value[SPENT] >= part[0].value[SPENT]:
            return part
        self.hot *= SETTLED
        self._take(Rows.best(grown))
        return grown, pointer

    def _dealt(self, case: Case, part: Part, draw: np.random.Generator, threads: ThreadPoolExecutor) -> None:
        """Rounds in which each thread has half of the hosts."""
        halved = frozen(case)
        while not self.over():
            before = self.clock.elapsed
            halves = deal(halved, part[0], draw)
            self.round = max(ROUND[0], DEALING * (self.clock.elapsed - before))
            self._round(halved, halves, threads)
            (one, _), (two, _) = halves
            self._take(Rows.best(one).beside(Rows.best(two)))
            hosts = Rows.now(one).beside(Rows.now(two))
            part = plan_of(case, hosts, one.left + two.left, Supply.of(self.problem), int(draw.integers(2**31)))
            part[0].tried[:], part[0].won[:] = one.tried + two.tried, one.won + two.won

    def _alone(self, case: Case, part: Part, threads: ThreadPoolExecutor) -> None:
        """Rounds of one thread."""
        while not self.over():
            self._round(case, (part,), threads)
            self._take(Rows.best(part[0]))

    def _alike(self, case: Case, part: Part, draw: np.random.Generator, threads: ThreadPoolExecutor) -> None:
        """Rounds in which each thread has the whole plan."""
        pair = [part, whole_plan(case, self.best, int(draw.integers(2**31)))]
        while not self.over():
            self._round(case, (pair[0], pair[1]), threads)
            values = [(plan.value[BEST_LEFT], plan.value[BEST_SPENT]) for plan, _ in pair]
            ahead = int(values[1] < values[0])
            rows = Rows.best(pair[ahead][0])
            self._take(rows)
            if self.progress > 0.5 and values[0] != values[1]:
                left = self.problem.count - rows.solution().placed(self.problem.items)
                behind = pair[1 - ahead][0]
                seed = int(draw.integers(2**31))
                pair[1 - ahead] = plan_of(case, rows, left, Supply.of(self.problem), seed)
                pair[1 - ahead][0].tried[:], pair[1 - ahead][0].won[:] = behind.tried, behind.won

    def _round(self, case: Case, parts: Sequence[Part], threads: ThreadPoolExecutor) -> None:
        """Run all parts for one round, each in a thread."""
        until = min(self.clock.elapsed + self.round, self.clock.stop.seconds or np.inf)
        number = len(parts)
        shares: list[int | None] = [None] * number
        if self.most is not None:
            shares = [*_dealt_out(min(number * ROUND[1], self.most - self.moves), number)]
        begun, moves = self.progress, self.moves

        def work(part: Part, share: int | None) -> int:
            done, chunk = 0, self.chunk
            while not self.clock.over and (share is None or done < share):
                if share is None and self.clock.elapsed >= until:
                    break
                heat = self._heat(begun if share is None else (moves + number * done) / (self.most or 1))
                count = chunk if share is None else min(chunk, share - done)
                before = self.clock.elapsed
                anneal(case.pointer, part[1], count, heat, heat)
                done += count
                if share is None:
                    took = max(1e-5, self.clock.elapsed - before)
                    chunk = max(8, min(4 * chunk, int(chunk * SECONDS / took)))
                    self.chunk = chunk
            return done

        self.moves += sum(threads.map(work, parts, shares))

    def _heat(self, progress: float) -> float:
        cooled: float = (self.cold / self.hot) ** min(1.0, progress)
        return self.heat_unit * self.hot * cooled

    @property
    def progress(self) -> float:
        """How much of the time or the iterations is used."""
        share = 0.0 if self.most is None else self.moves / max(1, self.most)
        if self.clock.stop.seconds is not None:
            share = max(share, (self.clock.elapsed - self.began) / max(1e-9, self.clock.stop.seconds - self.began))
        return min(1.0, share)

    def _take(self, rows: Rows) -> None:
        """Make hosts the incumbent where their score is better."""
        found = rows.solution()
        value = score(self.problem, found)
        if value < self.best_score:
            self.best, self.best_score = found, value
            if found.hosts <= SEEN:
                self._remember(found)
            if self.observer is not None:
                self.observer(progress_of(self.problem, found, None, self.clock, "search"))

    def _remember(self, found: Solution) -> None:
        for b, _, content in found.patterns():
            host = b, tuple(content.items())
            self.seen.pop(host, None)
            self.seen[host] = None
        for host in list(self.seen)[: max(0, len(self.seen) - 4 * SEEN)]:
            del self.seen[host]

    def _is_enough(self) -> bool:
        goal = deciding_goal(self.problem.goals)
        placed = self.enough is not None and not unplaced(self.problem, self.best).any()
        return placed and tier_value(self.problem, self.best, goal) <= (self.enough or 0.0)

    def over(self) -> bool:
        """Whether the stop is met."""
        if self.clock.cancelled:
            self.ended = "cancelled"
        elif self.clock.over:
            self.ended = "time"
        elif self.most is not None and self.moves >= self.most:
            self.ended = "iterations" if self.clock.stop.iterations is not None else "exhausted"
            return True
        elif self._is_enough():
            self.ended = "gap"
        return self.ended != "exhausted"


def _dealt_out(moves: int, threads: int) -> list[int]:
    return [moves // threads + (n < moves % threads) for n in range(threads)]
