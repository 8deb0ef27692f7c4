"""The bound by column generation, for the goals that are sums over hosts and copies."""

from __future__ import annotations

import math

from planner.bounds.bound import TRIVIAL, Bound
from planner.bounds.charge import Objective
from planner.bounds.classes import Classes
from planner.bounds.columns.generation import MOST_ROUNDS, Floats, HostPatterns, generate
from planner.bounds.columns.ties import ties
from planner.bounds.given import Given
from planner.problem.problem import Problem

OBJECTIVES = ("hosts", "cost", "carbon")
LARGEST = 400
"""Classes beyond which their worths are tied together."""
TIES = 240
"""The numbers that worths are tied to then: more prove more, and take longer to find."""


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
    found = generate(
        problem, objective, given,
        seconds=seconds, rounds=rounds, known=known, value=value, classes=classes, worth=worth,
        ties=ties(classes, TIES) if classes.number > LARGEST else None,
    )  # fmt: skip
    return TRIVIAL if found is None else found.bound
