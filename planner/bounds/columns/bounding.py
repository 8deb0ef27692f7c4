"""The bound by column generation, for the goals that are sums over hosts and copies."""

from __future__ import annotations

import math

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import Objective
from planner.bounds.classes import Classes
from planner.bounds.columns.clusters import clustered
from planner.bounds.columns.generation import MOST_ROUNDS, Floats, HostPatterns, generate
from planner.bounds.given import Given
from planner.problem.problem import Problem

OBJECTIVES = ("hosts", "cost", "carbon")
LARGEST = 400
"""Classes beyond which shapes are taken together, rounded down."""


def columns_bound(
    problem: Problem,
    objective: Objective,
    given: Given,
    seconds: float = math.inf,
    *,
    rounds: int = MOST_ROUNDS,
    known: HostPatterns = (),
    value: int | None = None,
    worth: Floats | None = None,
) -> Bound:
    """No plan that is as good as `given` in earlier tiers counts less in the objective.

    Parameters
    ----------
    problem : Problem
        Without a relaxation: bounds are made there.
    seconds, rounds
        Limits; the bound so far is returned.
    known : iterable of (bin type, {item type: copies})
        Hosts of known plans to begin with.
    value : int, optional
        What the best known plan reaches, in the units of `Charge`: the bound never need be larger.

    worth : float64[I], optional
        What a copy of each item type is worth by the linear relaxation, which is solved without.

    Returns
    -------
    Bound
        `TRIVIAL` for other goals, and where there is nothing to place.
    """
    if objective not in OBJECTIVES or seconds <= 0:
        return TRIVIAL
    classes = Classes.merge(problem, apart=True)
    if classes.number > LARGEST:
        problem, classes = clustered(problem, classes, LARGEST)
    found = generate(
        problem, objective, given,
        seconds=seconds, rounds=rounds, known=known, value=value, classes=classes, worth=worth,
    )  # fmt: skip
    return TRIVIAL if found is None else found.bound
