"""Column generation: patterns enter by price until the bound meets the restricted master.

Duals are smoothed towards those of the best bound (P. Wentges, "Weighted Dantzig-Wolfe decomposition for linear
mixed-integer programming", 1997; A. Pessoa, R. Sadykov, E. Uchoa, F. Vanderbeck, "Automation and combination of
linear-programming based stabilization techniques in column generation", 2018). The first centre are those of the
liquid relaxation, so that the bound begins where that one ends.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import Charge, Objective
from planner.bounds.classes import Classes
from planner.bounds.columns.farley import bound_at, priced
from planner.bounds.columns.host_forms import HostForms
from planner.bounds.columns.hosts import Hosts
from planner.bounds.columns.linking import Linking
from planner.bounds.columns.offers import EFFORTS, further, offers
from planner.bounds.columns.pricing import Pricing
from planner.bounds.columns.restricted import Duals, Pattern, Restricted
from planner.bounds.columns.sweep import sweep
from planner.bounds.given import Given
from planner.bounds.linear import solve_relaxation
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
HostPatterns = Iterable[tuple[int, Mapping[int, int]]]
"""Hosts of known plans: bin type and copies by item type."""
METHOD = "column generation"
MOST_ROUNDS = 2_000
SEARCHES = 12
"""Searches a round for more than the best content."""
LESS = 0.97
SWEEPS, FEW_SWEEPS, NOISE = 6, 2, 0.05
"""Plans for first patterns, fewer where worths are tied, and how much the worth of a class is disturbed for each."""
SOWN = 0.3
"""How far the duals for such plans go from the master's towards those of the centre."""
SHARE = 0.8
"""How far smoothed duals stay from those of the centre."""
CLOSE = 1e-6
"""Relative distance of bound and master at which they have met."""


@dataclass(frozen=True, eq=False)
class Columns:
    """What column generation ends with.

    Attributes
    ----------
    bound : Bound
    proven : float
        The bound before it was rounded up.
    value : float
        Of the restricted master; `proven` where it was solved to the end.
    patterns : tuple of Pattern
    weight : float64[P]
        How often the master's solution uses each.
    duals : Duals
        Those of the best bound: what one more copy of a class is worth, and the other rows.
    rounds : int
    """

    bound: Bound
    proven: float
    value: float
    patterns: tuple[Pattern, ...]
    weight: Floats
    duals: Duals
    classes: Classes
    hosts: Hosts
    rounds: int

    @property
    def worth(self) -> Floats:
        """float64[C]: what one more copy of a class adds to the objective."""
        return self.duals.demand + self.hosts.cheapest


def generate(
    problem: Problem,
    objective: Objective,
    given: Given | None = None,
    *,
    seconds: float = math.inf,
    rounds: int = MOST_ROUNDS,
    known: HostPatterns = (),
    value: int | None = None,
    classes: Classes | None = None,
    worth: Floats | None = None,
    ties: Floats | None = None,
) -> Columns | None:
    """Generate columns for a goal that is a sum over hosts and copies: hosts, cost or carbon.

    Parameters
    ----------
    seconds, rounds
        Out of either, the best bound so far is returned: it holds at any time.
    known : iterable of (bin type, {item type: copies})
        Hosts of known plans to begin with; those on beaten bin types are left out.
    value : int, optional
        What a known plan reaches, in the objective's units: once the bound meets it, nothing is left to do.
    classes : Classes, optional
        Of the problem, told apart by what keeps them apart on hosts.
    worth : float64[I], optional
        What copies are worth by the linear relaxation, which is solved without.
    ties : float64[C, J], optional
        What ties the worths of many classes to few numbers (`ties.py`): the bound holds, patterns make no plan.

    Returns
    -------
    Columns or None
        None where there is nothing to place.
    """
    run = Generation(problem, objective, Given.full(problem) if given is None else given, classes, worth, ties)
    if not run.classes.number or not run.hosts.number:
        return None
    for bin_type, content in known:
        run.learn(bin_type, content)
    run.run(time.monotonic() + seconds, rounds, value)
    return run.columns()


class Generation:
    """A run that can go on with more time, and be cancelled between rounds: set `cancelled` to who knows of it."""

    def __init__(
        self,
        problem: Problem,
        objective: Objective,
        given: Given,
        classes: Classes | None = None,
        worth: Floats | None = None,
        ties: Floats | None = None,
    ) -> None:
        self.worth = worth
        self.problem, self.objective, self.given = problem, objective, given
        self.classes = Classes.merge(problem, apart=True) if classes is None else classes
        self.hosts = Hosts.merge(problem, self.classes, objective, given)
        self.linking = Linking.of(problem, self.classes, self.hosts)
        self.master = Restricted(problem, self.classes, self.hosts, self.linking, given, ties=ties)
        self.charge = Charge.of(problem, objective)
        forms = HostForms.of(problem, self.classes)
        self.pricing = [Pricing.of(self.classes, self.hosts, k, forms) for k in range(self.hosts.number)]
        self.best = -math.inf
        self.value = math.inf
        self.centre: Duals | None = None
        self.sown: Duals | None = None
        self.cancelled: Callable[[], bool] = lambda: False
        self.efforts = EFFORTS
        self.effort = int(self.hosts.number > 1)  # with many kinds, searches cut off would keep the bound down
        self.rounds = 0
        self.bounds: list[float] = []

    def learn(self, bin_type: int, content: Mapping[int, int]) -> bool:
        """Take in the host of a known plan; False where it is known or its kind is beaten."""
        kind = int(self.hosts.of[bin_type])
        if kind < 0:
            return False
        copies = np.zeros(self.classes.number, dtype=np.int64)
        for item, n in content.items():
            c = int(self.classes.of[item])
            if c >= 0:
                copies[c] += n
        copies = np.minimum(copies, self.hosts.most[kind])
        return bool(copies.any()) and self.pricing[kind].takes(copies) and self.master.add(pattern_of(kind, copies))

    def run(self, until: float, rounds: int, value: int | None = None) -> None:
        """Solve, price and bound until nothing is left to do or a limit is met."""
        self._begin(until)
        if self.effort >= len(self.efforts):  # priced to the end: only what was fixed since has changed
            self.master.solve(until - time.monotonic())
            return
        while rounds > 0 and time.monotonic() < until and not self.cancelled():
            rounds -= 1
            self.rounds += 1
            solved = self.master.solve(until - time.monotonic())
            if solved is None:
                return
            self.value = solved
            if self._met(value):
                return
            by_lp = self.master.duals()
            centre = by_lp if self.centre is None else self.centre
            for smoothing in (SHARE, 0.0) if self.centre is not None else (0.0,):
                added = self._price(by_lp.towards(centre, smoothing), by_lp, until)
                if added or self._met(value) or time.monotonic() >= until:
                    break
            if self._met(value):
                return
            if not added and not self._harder():
                return

    def run_within(self, seconds: float, rounds: int) -> None:
        """Begin, if that was not done yet, and run for so long; the master is solved at the end."""
        until = time.monotonic() + seconds
        self.run(until, rounds)
        if not rounds:
            self._begin(until)
            self.master.solve()

    def _begin(self, until: float) -> None:
        """The first patterns."""
        if self.centre is None:
            self.sow(until, SWEEPS if self.master.ties is None else FEW_SWEEPS)

    def sow(self, until: float, sweeps: int = SWEEPS) -> Duals | None:
        """Patterns of whole plans, every other one disturbed a little, each pair at the duals that the last led to.

        A plan has patterns for every class, where pricing has a few for each kind of host: with thousands of classes
        nothing else fills the master as fast.

        Returns
        -------
        Duals or None
            Those of the master, solved over all patterns; None out of time.
        """
        self._begin_liquid(until)
        if self.centre is None:
            return None
        duals, last = (self.centre if self.sown is None else self.sown), None
        drawn = np.random.default_rng(len(self.master.patterns))
        for n in range(sweeps):
            value, opening = self.values(duals)
            cost = np.maximum(self.hosts.charge + opening, 1e-9 * self.master.unit)
            noise = drawn.uniform(1 - NOISE, 1 + NOISE, self.classes.number) if n % 2 else 1.0
            left = self.classes.count.copy()
            for kind, content, _ in sweep(self.pricing, value * noise, cost, left, lambda *_: 2**40, until):
                self.master.add(pattern_of(kind, content))
            if n % 2:
                solved = self.master.solve(until - time.monotonic())
                if solved is None or self.cancelled():
                    return None
                self.value, last = solved, self.master.duals()
                self.sown = duals = last.towards(self.centre, SOWN)
        return last

    def _begin_liquid(self, until: float) -> None:
        """The duals of the liquid relaxation as the first centre."""
        if self.centre is not None:
            return
        if self.worth is None:
            seconds = max(0.0, (until - time.monotonic()) / 4)
            relaxation = solve_relaxation(self.problem, self.objective, self.given, seconds=seconds)
            self.worth = None if relaxation is None else relaxation.value
        if self.worth is not None:
            demand = np.maximum(0.0, self.worth[self.classes.like] - self.hosts.cheapest)
            duals = Duals(demand, np.zeros(len(self.master.stays)), np.zeros(len(self.linking.rows)))
            self._price(duals, duals, until)

    def _price(self, duals: Duals, by_lp: Duals, until: float) -> int:
        """Price all kinds at some duals, take in what is cheap by the master's, and bound; how many came in."""
        value, opening, constant = priced(self.master, duals)
        if self.hosts.beside is not None:
            value -= self.hosts.beside.T
        asked = self.hosts.charge + opening
        known = self.master.best_known(value)
        begun = self.centre is not None or not any(one.branched for one in self.pricing)
        effort = self.efforts[self.effort if begun else 0]  # the first duals promise too much for trees to end
        found = offers(self.pricing, value, asked, effort, until, known)
        if found is None:
            return 0
        by_lp_value, by_lp_opening = (value, opening) if by_lp is duals else self.values(by_lp)
        cost = self.hosts.charge + by_lp_opening - self._rent()
        searches = SEARCHES // self.hosts.number
        added = 0
        for k, offer in found.items():
            more = further(self.pricing[k], value[k], offer, float(asked[k]), searches, LESS)
            for content in [*offer.contents, *more]:
                if by_lp_value[k] @ content > cost[k] + 1e-9 * self.master.unit:
                    added += self.master.add(pattern_of(k, content))
        upper = np.array([found[k].upper for k in range(self.hosts.number)])
        bound, scale = bound_at(self.master, duals, upper, opening, constant)
        self.bounds.append(bound)
        if bound > self.best:
            self.best = bound
            self.centre = Duals(duals.demand * scale, duals.stays * scale, duals.linking * scale)
        return added

    def enrich(self, left: Ints) -> int:
        """Take in contents of at most `left` int64[C] that are cheap by the master's last duals; how many came in.

        For masters with patterns fixed by rounding, of which no bound is made: only kinds of hosts in use are asked.
        """
        value, opening = self.values(self.master.duals())
        cost = self.hosts.charge + opening - self._rent()
        added = 0
        for k in {self.master.patterns[p].kind for p in np.flatnonzero(self.master.used > 0)}:
            floor = max(0.0, float(cost[k]))
            for content in self.pricing[k].best(value[k], floor, EFFORTS[0].nodes, most=left).contents:
                added += self.master.add(pattern_of(k, content))
        return added

    def values(self, duals: Duals) -> tuple[Floats, Floats]:
        """What copies are worth on hosts, float64[K, C], and what hosts cost beside their charge, float64[K]."""
        value, opening, _ = priced(self.master, duals)
        if self.hosts.beside is not None:
            value -= self.hosts.beside.T
        return value, opening

    def _rent(self) -> Floats:
        """float64[K]: what the master's duals take off for hosts that are short or must stay."""
        return self.master.supply_duals() if np.isfinite(self.value) else np.zeros(self.hosts.number)

    def _harder(self) -> bool:
        """Price with more effort; False where there is none left."""
        self.effort += 1
        return self.effort < len(self.efforts)

    def _met(self, value: int | None) -> bool:
        reached = self.best >= self.value - CLOSE * abs(self.value)
        bound = self.charge.rounded(self.best)
        met = np.isfinite(self.value) and bound >= self.charge.rounded(self.value)
        return bool(reached or met or (value is not None and bound >= value))

    def columns(self) -> Columns:
        """What is known so far."""
        bound = Bound(self.charge.rounded(self.best), METHOD) if self.best > 0 else TRIVIAL
        weight = self.master.weights()
        number = self.classes.number
        none = Duals(np.zeros(number), np.zeros(len(self.master.stays)), np.zeros(len(self.linking.rows)))
        duals = none if self.centre is None else self.centre
        return Columns(
            bound, self.best, self.value, tuple(self.master.patterns), weight, duals,
            self.classes, self.hosts, self.rounds,
        )  # fmt: skip


def pattern_of(kind: int, copies: Ints) -> Pattern:
    """Copies int64[C] on a host of a kind as a pattern."""
    held = np.flatnonzero(copies)
    return Pattern(kind, held, copies[held])
