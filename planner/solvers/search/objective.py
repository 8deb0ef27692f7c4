"""The goal tiers as weights of hosts and copies, an earlier tier outweighing all later ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.topology import LEVELS
from planner.problem import Problem
from planner.solvers.search.arrays import Floats, Ints

LINEAR = frozenset({"hosts", "cost", "carbon", "moves", "domains"})
"""Goals that are sums over hosts and copies, or over domains in use."""


@dataclass(frozen=True, eq=False)
class Objective:
    """What plans that leave out equally much are compared by.

    Attributes
    ----------
    open : float64[B]
        A host.
    place : float64[I, B] or [0, 0]
        A copy beside it; empty where it is always 0.
    loss : float64[I]
        A copy left out, compared before all else.
    goal_domain : int64[B]
        The domain of each bin type whose number is a goal, -1 where none is.
    goal_price : float
        A domain in use.
    """

    open: Floats
    place: Floats
    loss: Floats
    goal_domain: Ints
    goal_price: float

    @classmethod
    def of(cls, problem: Problem) -> Objective:
        """The linear tiers of a problem: each later one counts for less than one unit of those before."""
        opened = np.zeros(problem.bins)
        placed: Floats = np.zeros((0, 0))
        domain, price = np.full(problem.bins, -1, dtype=np.int64), 0.0
        unit, any_before = 1.0, False
        for goal in problem.goals:
            by_host, by_copy = np.zeros(problem.bins), None
            match goal.goal:
                case "hosts":
                    by_host = np.ones(problem.bins)
                case "cost":
                    by_host, by_copy = problem.price.astype(float), problem.placing
                case "carbon" if problem.carbon is not None:
                    by_host = problem.carbon.astype(float)
                case "moves":
                    by_copy = None if problem.moving is None else problem.moving.astype(np.int64)
                case "domains" if goal.level == "host":
                    by_host = np.ones(problem.bins)
                case "domains" if price == 0.0:
                    domain = problem.domain[:, LEVELS.index(goal.level)].copy()
                    unit *= 0.5 / len(np.unique(domain)) if any_before else 1.0
                    price, any_before = unit, True
                    continue
                case _:
                    continue
            most = float(problem.count.sum() + problem.required.sum()) * float(by_host.max(initial=0.0))
            most += 0.0 if by_copy is None else float((problem.count * by_copy.max(axis=1, initial=0)).sum())
            unit *= 0.5 / max(1.0, most) if any_before else 1.0
            any_before = True
            opened += unit * by_host
            if by_copy is not None and by_copy.any():
                placed = (unit * by_copy).astype(float) + (placed if placed.size else 0.0)
        return cls(opened, placed, _loss(problem), domain, price)


def _loss(problem: Problem) -> Floats:
    """float64[I]: one copy of a priority outweighs all copies of lower ones."""
    loss, weight = np.zeros(problem.items), 1.0
    for rank in np.unique(problem.priority):
        here = problem.priority == rank
        loss[here] = weight
        weight += weight * float(problem.count[here].sum())
    return loss
