"""What a bound may take for granted: the values of the goal tiers before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import Objective
from planner.problem.problem import Problem
from planner.problem.score import tier_value, unplaced
from planner.problem.solution import Solution

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Given:
    """Values that earlier tiers have reached: plans that do worse there are out of the question.

    Attributes
    ----------
    unplaced : tuple of int or None
        Copies that may stay unplaced, per priority, the highest first; item types that fit nowhere
        are counted, too. None: no earlier tier asks for anything to be placed. Shorter than the
        ranks of the problem: no limit on the ranks that are missing.
    hosts, cost, moves, carbon : int or None
        The most hosts, micro-USD per hour beside what every plan pays, copies that leave their
        host, and milligrams of CO2e per hour.
    """

    unplaced: tuple[int, ...] | None
    hosts: int | None = None
    cost: int | None = None
    moves: int | None = None
    carbon: int | None = None

    @classmethod
    def full(cls, problem: Problem) -> Given:
        """Everything is placed but for what fits nowhere."""
        return cls(tuple(nowhere(problem).tolist()))

    @classmethod
    def before(cls, problem: Problem, tier: int, solution: Solution | None) -> Given:
        """What the tiers before `tier` have reached in a solution; without one, that all is placed that can be.

        Goals that are no sums over hosts and copies are left out, and so is the cost where commitments
        take off some of it: hosts and placements alone may cost more than what is billed.
        """
        known = {goal.goal for goal in problem.goals[:tier]}
        if solution is None:
            return cls.full(problem) if "unplaced" in known else cls(None)
        values = {goal.goal: tier_value(problem, solution, goal) for goal in problem.goals[:tier]}
        left = tuple(by_rank(problem, unplaced(problem, solution)).tolist())
        cost = None if problem.extras.commitments or "cost" not in values else values["cost"] - problem.fixed
        return cls(
            left if "unplaced" in known else None, values.get("hosts"), cost, values.get("moves"), values.get("carbon")
        )

    def sums(self) -> dict[Objective, int]:
        """The goals that are sums over hosts and copies, and the most that each may come to."""
        known: dict[Objective, int | None] = {
            "hosts": self.hosts, "cost": self.cost, "moves": self.moves, "carbon": self.carbon,
        }  # fmt: skip
        return {name: most for name, most in known.items() if most is not None}

    def allowance(self, problem: Problem) -> Ints:
        """int64[ranks]: copies of item types that do fit somewhere which may stay unplaced; -1 is no limit."""
        stays = nowhere(problem)
        allowed = np.full(len(stays), -1, dtype=np.int64)
        if self.unplaced is not None:
            known = len(self.unplaced)
            allowed[:known] = np.maximum(0, np.array(self.unplaced, dtype=np.int64) - stays[:known])
        return allowed


def no_worse(problem: Problem, plan: Solution, known: Solution, goal: GoalTier) -> bool:
    """Whether a plan does no worse in one tier than a known one, in `unplaced` at any priority."""
    if goal.goal == "unplaced":
        mine, its = (by_rank(problem, unplaced(problem, each)) for each in (plan, known))
        return bool((mine <= its).all())
    return tier_value(problem, plan, goal) <= tier_value(problem, known, goal)


def carried(problem: Problem, bounds: tuple[Bound, ...], known: Solution, plan: Solution) -> tuple[Bound, ...]:
    """The bounds proven given what a known plan reaches, as far as they hold given what `plan` does.

    A better plan may do worse in a tier than the known one, and better in one before: what was proven of later
    tiers says nothing of it. (More may stay out of one priority where less does of a higher one.)
    """
    kept: list[Bound] = []
    holds = True
    for goal, bound in zip(problem.goals, bounds, strict=True):
        kept.append(bound if holds else TRIVIAL)
        holds = holds and (plan is known or no_worse(problem, plan, known, goal))
    return tuple(kept)


def ranks(problem: Problem) -> Ints:
    """int64[ranks]: the priorities of the problem, the highest first, as in `score`."""
    return np.unique(problem.priority)[::-1]


def by_rank(problem: Problem, copies: Ints) -> Ints:
    """int64[ranks]: copies int64[I] summed over each priority."""
    rank = np.searchsorted(-ranks(problem), -problem.priority)
    return np.bincount(rank, weights=copies, minlength=len(ranks(problem))).astype(np.int64)


def nowhere(problem: Problem) -> Ints:
    """int64[ranks]: copies of item types that fit no bin type of which any host may be opened."""
    homeless = ~(problem.fits & (problem.available > 0)).any(axis=1)
    return by_rank(problem, np.where(homeless, problem.count, 0))
