"""The best bound of every goal tier, by all methods of this room.

Bounds are made on the relaxation of a problem where it has one. Of what solvers do not see (`extras`), they
know survivals, licences and commitments; the rest only adds to what a plan costs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from models.topology import LEVELS
from planner.bounds.balance import fullest_host
from planner.bounds.base import Base
from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import Charge, Objective
from planner.bounds.classes import Cover
from planner.bounds.columns.bounding import OBJECTIVES, columns_bound
from planner.bounds.columns.generation import METHOD, MOST_ROUNDS
from planner.bounds.device_weights import without_device_weights
from planner.bounds.domains import domains_needed
from planner.bounds.dual_feasible import hosts_by_rounding
from planner.bounds.given import Given, by_rank, nowhere
from planner.bounds.integer import whole_hosts
from planner.bounds.linear import solve_relaxation
from planner.bounds.per_resource import cost_per_resource, hosts_per_resource
from planner.bounds.survival import packed_covers
from planner.bounds.worths import worth_covers
from planner.problem.problem import Problem
from planner.problem.score import tier_value, unplaced
from planner.problem.solution import Solution

Floats = npt.NDArray[np.float64]
SECONDS = 1.5
"""The most for each mixed-integer program; there is none after a tier that is left with a gap."""
ROUNDS = 60
"""Of column generation, where no clock runs."""
NEAR = 0.002
"""Relative gap that is not worth column generation for what survives alone."""


class Timer(Protocol):
    """A running clock."""

    @property
    def over(self) -> bool:
        """Whether time is up."""

    @property
    def remaining(self) -> float:
        """Seconds left."""


def best_bounds(
    problem: Problem,
    solution: Solution | None = None,
    clock: Timer | None = None,
    *,
    columns: float = 0.0,
    core: tuple[Bound, ...] = (),
) -> tuple[Bound, ...]:
    """One bound per goal tier, in order.

    Parameters
    ----------
    problem : Problem
    solution : Solution, optional
        A known plan. The bound of a tier holds for all plans that do no worse than it in each of the
        tiers before (`carried`); where it is met in all tiers, the plan is optimal. Without one, earlier tiers are
        taken to place all that fits somewhere.
    clock : Timer, optional
        Where it is over, only the quick methods are used.
    columns : float
        The share of the time left that column generation may use for each tier.
    core : tuple of Bound
        Of the core of the problem, given values in earlier tiers that `solution` does not exceed.

    Returns
    -------
    tuple of Bound
        The bound of `unplaced` is the sum over priorities of the least that must stay out of each,
        given what stays out of the higher ones. There is none for `breaches`, `egress`,
        `fragmentation` and `risk`.
    """
    base, seconds = Base.of(problem), SECONDS
    bounds: list[Bound] = []
    for number in range(len(problem.goals)):
        packed = core[number].value if core and _packs(problem, number) else 0
        tier = _Tier(problem, base, number, solution, clock, seconds, columns, packed)
        bounds.append(tier.bound())
        if tier.value is not None and bounds[-1].value < tier.value:
            seconds = columns = 0.0
    return tuple(bounds)


def tier_bound(
    problem: Problem,
    tier: int,
    solution: Solution | None = None,
    clock: Timer | None = None,
    seconds: float = SECONDS,
) -> Bound:
    """The bound of one goal tier alone: see `best_bounds`.

    `seconds` is the most for each mixed-integer program; with 0 there is none, and the bound is repeatable.
    """
    return _Tier(problem, Base.of(problem), tier, solution, clock, seconds, 0.0, 0).bound()


def _packs(problem: Problem, number: int) -> bool:
    """Whether the core's bound of a tier holds for any hosts on which all copies find room after a loss.

    These may be without hosts that would have to stay, and break forms on domains.
    """
    sums = all(goal.goal in ("unplaced", *OBJECTIVES) for goal in problem.goals[: number + 1])
    bound = problem.has_domain_forms or problem.required.any()
    return sums and not bound and problem.placing is None and problem.moving is None


class _Tier:
    """One goal tier with what its bound may take for granted."""

    def __init__(
        self,
        problem: Problem,
        base: Base,
        number: int,
        solution: Solution | None,
        clock: Timer | None,
        seconds: float,
        columns: float,
        packed: int,
    ) -> None:
        self.whole, self.problem, self.classes, self.groups = base.whole, base.problem, base.classes, base.groups
        self.clock, self.seconds, self.columns = clock, seconds, columns
        self.goal: GoalTier = problem.goals[number]
        self.given = Given.before(problem, number, solution)
        self.value = None if solution is None else tier_value(problem, solution, self.goal)
        self.left = None if solution is None else unplaced(problem, solution)
        joined = {b: n for n, group in enumerate(base.groups) for b in group}
        plan = [] if solution is None else solution.patterns()
        self.known = [(b, inside) for b, _, inside in plan if b in joined]
        self.hosts = [(joined[b], inside) for b, inside in self.known]
        self.resources = len(problem.resources)
        self.beside = base.whole.fixed if self.goal.goal == "cost" else 0
        self.packed = packed - (problem.fixed if self.goal.goal == "cost" else 0)

    def bound(self) -> Bound:
        """The best of all methods."""
        if self.value == 0:
            return TRIVIAL
        match self.goal.goal:
            case "unplaced":
                return self._unplaced()
            case "hosts":
                return self._hosts()
            case "cost":
                found = self._best(self._quick_cost(), "cost")
                return replace(found, value=max(0, found.value + self.beside))
            case "moves":
                return self._best(iter(()), "moves")
            case "carbon":
                return self._best(iter(()), "carbon")
            case "domains" if self.goal.level == "host":
                return self._hosts()
            case "domains":
                return domains_needed(self.whole, LEVELS.index(self.goal.level), self.given)
            case "balance":
                return fullest_host(without_device_weights(self.problem, self.resources), self.given)
        return TRIVIAL

    def _hosts(self) -> Bound:
        return self._best(self._quick_hosts(), "hosts")

    def _quick_hosts(self) -> Iterator[Bound]:
        if not self.given.allowance(self.problem).any():
            yield hosts_per_resource(self.problem)
            yield hosts_by_rounding(self.problem)

    def _quick_cost(self) -> Iterator[Bound]:
        if not self.given.allowance(self.problem).any():
            yield cost_per_resource(self.problem)

    def _best(self, quick: Iterator[Bound], objective: Objective) -> Bound:
        best = TRIVIAL
        for found in quick:
            best = best.better(found)
        value = None if self.value is None else self.value - self.beside
        return best.better(self._relaxed(objective, self.given, value))

    def _relaxed(self, objective: Objective, given: Given, value: int | None, rank: int = 0) -> Bound:
        """The linear relaxation, and the one with whole hosts where it leaves a gap."""
        if self.clock is not None and self.clock.over:
            return TRIVIAL
        left = math.inf if self.clock is None else self.clock.remaining
        relaxation = solve_relaxation(self.problem, objective, given, rank, self.classes, seconds=left)
        if relaxation is None:
            return TRIVIAL
        if value is not None and relaxation.bound.value >= value:
            return relaxation.bound
        best = relaxation.bound.better(self._by_columns(objective, given, value, relaxation.value))
        best = best.better(self._surviving(objective, given, value))
        if value is not None and best.value >= value:
            return best
        seconds = self.seconds if self.clock is None else min(self.seconds, self.clock.remaining / 10)
        if not seconds:
            return best
        whole = whole_hosts(relaxation, objective, given, value=value, seconds=seconds, rank=rank)
        return best if whole is None else best.better(whole)

    def _by_columns(self, objective: Objective, given: Given, value: int | None, worth: Floats) -> Bound:
        """The bound by patterns of hosts, those of the known plan to begin with; it knows no covers and no parts."""
        parts = Charge.of(self.problem, objective).parts
        if not self.columns or objective not in OBJECTIVES or self.classes.covers or parts:
            return TRIVIAL
        seconds = math.inf if self.clock is None else self.clock.remaining * self.columns
        rounds = ROUNDS if math.isinf(seconds) else MOST_ROUNDS
        return columns_bound(
            self.problem, objective, given, seconds, rounds=rounds, known=self.hosts, value=value, worth=worth
        )

    def _surviving(self, objective: Objective, given: Given, value: int | None) -> Bound:
        """The linear relaxation with what survivals ask of hosts packed whole, instead of what they ask in sum."""
        if objective not in OBJECTIVES or not self.classes.covers:
            return TRIVIAL
        host = Charge.of(self.problem, objective).host.astype(float)
        covers = packed_covers(self.whole, self.classes, self.groups, host, self.packed) if self.packed > 0 else ()
        best = self._covered(objective, given, covers)
        if self.columns and (value is None or best.value < (1 - NEAR) * value):
            seconds = math.inf if self.clock is None else self.clock.remaining * self.columns
            rounds = ROUNDS if math.isinf(seconds) else MOST_ROUNDS
            covers += worth_covers(
                self.whole, self.classes, self.groups, objective, seconds, rounds=rounds, known=self.known
            )
            best = best.better(self._covered(objective, given, covers))
        return best

    def _covered(self, objective: Objective, given: Given, covers: tuple[Cover, ...]) -> Bound:
        """The linear relaxation with some covers instead of its own."""
        left = math.inf if self.clock is None else self.clock.remaining
        if not covers or left <= 0:
            return TRIVIAL
        classes = replace(self.classes, covers=covers)
        relaxation = solve_relaxation(self.problem, objective, given, classes=classes, seconds=left)
        return TRIVIAL if relaxation is None else replace(relaxation.bound, method=METHOD)

    def _unplaced(self) -> Bound:
        """Rank by rank: what fits nowhere, and what the relaxation has no room for."""
        stays = nowhere(self.problem).tolist()
        if self.left is None:
            return Bound(sum(stays), "fits nowhere") if any(stays) else TRIVIAL
        left = by_rank(self.problem, self.left).tolist()
        total, methods = 0, {"fits nowhere"} if any(stays) else set()
        for rank, (value, homeless) in enumerate(zip(left, stays, strict=True)):
            least = homeless
            if value > homeless:
                given = replace(self.given, unplaced=tuple(left[:rank]))
                found = self._relaxed("unplaced", given, value - homeless, rank)
                least += found.value
                methods |= {found.method} if found.value else set()
            total += least
        return Bound(total, ", ".join(sorted(methods))) if total else TRIVIAL
