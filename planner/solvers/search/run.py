"""One run of the search: rounds on two threads, the best of which is kept.

Large plans are dealt to the threads host by host, anew in every round; small ones, and those that keep room free
(which both halves would count on), are searched by both
independently, one from the start, one from a plan of its own; from halfway on the one that lags behind takes over
the plan of the other. Where a small plan no longer gets better, hosts seen so far are recombined in place of a round,
or a few packed anew exactly (`aside`); with two threads, while the other goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from planner.bounds.device_weights import with_device_weights
from planner.problem import Problem, Solution, score
from planner.problem.score import tier_value, unplaced
from planner.solvers.result import Ended, Observer, deciding_goal, progress_of
from planner.solvers.search.anneal_kernel import anneal, place_left
from planner.solvers.search.arrays import BAD, BEST_LEFT, BEST_SPENT, HOSTS, LEFT, SPENT
from planner.solvers.search.aside import MOST_HOSTS, WORK, Aside
from planner.solvers.search.books import Part, Rows, Supply, plan_of, whole_plan
from planner.solvers.search.deal import deal, frozen
from planner.solvers.search.given import Case
from planner.solvers.search.sample import Sample
from planner.solvers.stop import Clock
from planner.solvers.trim import drop_empty

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
CYCLE = 10_000
"""Moves a host after which it is time to heat a plan up again: a start that has what the last one ended with."""
MEASURED = 0.03
"""How much of the time must be over before that is decided."""
FRESH = 400
"""Hosts of a plan up to which the second thread makes a plan of its own to start from."""
SAMPLED, SETTLED = 0.5, 0.3
"""Of the time left, what a sample may use; and how much cooler the search of a plan grown from one begins."""
STALLED = 2
"""Rounds without a better plan after which something else is tried; twice as many each time in vain."""
ASIDE = 0.3
"""How much of the time must be over before that: hot plans seldom beat the best."""
TURN = 0.1
"""Of the time left, what one such try may use."""
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
        self.stalled, self.patience = 0, STALLED
        self.cycles = 0

    def improve(self) -> None:
        """Search until the stop is met."""
        exact = self.problem if self.problem.rooms else with_device_weights(self.problem.by_device)
        case = Case.of(exact, self.clock.remaining * WORTH)
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
                self._alone(case, part, draw, threads)
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

    def _alone(self, case: Case, part: Part, draw: np.random.Generator, threads: ThreadPoolExecutor) -> None:
        """Rounds of one thread."""
        aside = Aside(self.problem, case.given, draw)
        while not self.over():
            aside.seen.extend(self._round(case, (part,), threads))
            self._take(Rows.best(part[0]))
            if self._has_stalled() and aside.can(self.best):
                found = aside.better(self.best, self._turn())
                if self._helped(found):
                    part = self._again(case, part, draw)

    def _alike(self, case: Case, part: Part, draw: np.random.Generator, threads: ThreadPoolExecutor) -> None:
        """Rounds in which each thread has the whole plan."""
        aside = Aside(self.problem, case.given, draw)
        pair = [part, self._afresh(case, draw)]
        ahead = 0
        while not self.over():
            if self._has_stalled() and aside.can(self.best):
                found = threads.submit(aside.better, self.best, self._turn())
                aside.seen.extend(self._round(case, (pair[ahead],), threads))
                self._take(Rows.best(pair[ahead][0]))
                if self._helped(found.result()):
                    pair[1 - ahead] = self._again(case, pair[1 - ahead], draw)
                continue
            aside.seen.extend(self._round(case, (pair[0], pair[1]), threads))
            values = [(plan.value[BEST_LEFT], plan.value[BEST_SPENT]) for plan, _ in pair]
            ahead = int(values[1] < values[0])
            self._take(Rows.best(pair[ahead][0]))
            if self.progress > 1 - 0.5 / max(1, self.cycles) and values[0] != values[1]:
                pair[1 - ahead] = self._again(case, pair[1 - ahead], draw)

    def _afresh(self, case: Case, draw: np.random.Generator) -> Part:
        """A plan made from nothing, to start from elsewhere; the best where that leaves out more, or is much to do."""
        seed = int(draw.integers(2**31))
        best = whole_plan(case, self.best, seed)
        if self.best.hosts > FRESH:
            return best
        fresh = whole_plan(case, drop_empty(self.problem, Solution.of([])), seed)
        place_left(case.pointer, fresh[1])
        return best if fresh[0].number[BAD] or fresh[0].value[LEFT] > best[0].value[LEFT] else fresh

    def _again(self, case: Case, part: Part, draw: np.random.Generator) -> Part:
        """The best plan with random numbers of its own, and what a thread has learnt about its operators."""
        again = whole_plan(case, self.best, int(draw.integers(2**31)))
        again[0].tried[:], again[0].won[:] = part[0].tried, part[0].won
        return again

    def _has_stalled(self) -> bool:
        return self.stalled >= self.patience and self.progress > ASIDE

    def _turn(self) -> Clock:
        """The clock of something tried beside the moves: that of a round, but no more than `TURN` of the time left."""
        share = min(TURN, self.round / max(self.round, self.clock.remaining))
        return self.clock.part(share, None if self.most is None else WORK)

    def _helped(self, found: Solution | None) -> bool:
        """Take what was found, and wait for longer after nothing."""
        before, self.stalled = self.best_score, 0
        if found is not None:
            self._take_solution(found)
        helped = self.best_score < before
        self.patience = STALLED if helped else 2 * self.patience
        return helped

    def _round(self, case: Case, parts: Sequence[Part], threads: ThreadPoolExecutor) -> list[Rows]:
        """Run all parts for one round, each in a thread; the plans passed through, where they are small."""
        until = min(self.clock.elapsed + self.round, self.clock.stop.seconds or np.inf)
        number = len(parts)
        shares: list[int | None] = [None] * number
        if self.most is not None:
            shares = [*_dealt_out(min(number * ROUND[1], self.most - self.moves), number)]
        begun, moves = self.progress, self.moves

        def work(part: Part, share: int | None) -> tuple[int, list[Rows]]:
            done, chunk, passed = 0, self.chunk, list[Rows]()
            while not self.clock.over and (share is None or done < share):
                if share is None and self.clock.elapsed >= until:
                    break
                heat = self._heat(begun if share is None else (moves + number * done) / (self.most or 1))
                count = chunk if share is None else min(chunk, share - done)
                before = self.clock.elapsed
                anneal(case.pointer, part[1], count, heat, heat)
                done += count
                if part[0].number[HOSTS] <= MOST_HOSTS:
                    passed.append(Rows.now(part[0]).copy())
                if share is None:
                    took = max(1e-5, self.clock.elapsed - before)
                    chunk = max(8, min(4 * chunk, int(chunk * SECONDS / took)))
                    self.chunk = chunk
            return done, passed

        rounds = list(threads.map(work, parts, shares))
        self.moves += sum(done for done, _ in rounds)
        self._count_cycles()
        return [rows for _, passed in rounds for rows in passed]

    def _heat(self, progress: float) -> float:
        """The temperature: it falls from hot to cold once, or again and again where there is time for it."""
        within = max(1, self.cycles) * progress % 1.0 if progress < 1.0 else 1.0
        cooled: float = (self.cold / self.hot) ** within
        return self.heat_unit * self.hot * cooled

    def _count_cycles(self) -> None:
        """Set the number of times to cool down, by the moves that the first rounds made."""
        if self.cycles == 0 and self.progress > MEASURED:
            moves = self.moves / self.progress if self.most is None else self.most
            self.cycles = max(1, int(moves / (CYCLE * max(1, self.best.hosts))))

    @property
    def progress(self) -> float:
        """How much of the time or the iterations is used."""
        share = 0.0 if self.most is None else self.moves / max(1, self.most)
        if self.clock.stop.seconds is not None:
            share = max(share, (self.clock.elapsed - self.began) / max(1e-9, self.clock.stop.seconds - self.began))
        return min(1.0, share)

    def _take(self, rows: Rows) -> None:
        """Make hosts the incumbent where their score is better; else a round was in vain."""
        self._take_solution(rows.solution())

    def _take_solution(self, found: Solution) -> None:
        value = score(self.problem, found)
        self.stalled += 1
        if value < self.best_score:
            self.best, self.best_score, self.stalled = found, value, 0
            if self.observer is not None:
                self.observer(progress_of(self.problem, found, None, self.clock, "search"))

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
