"""Which rules exclude each other where not everything can be placed: a smallest set, by deletion.

Rules are put aside one after the other; those whose absence does not help stay aside. What is left at the
end stands in the way together: without any one of them, and with those put aside, all can be placed
(J. W. Chinneck, "Feasibility and Infeasibility in Optimization", 2008, the deletion filter).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.problem import UNLIMITED, Problem
from planner.solvers.cp_sat.forms import add_forms, rules_of, without
from planner.solvers.cp_sat.model import Model
from planner.solvers.cp_sat.search import Limits, run
from planner.solvers.cp_sat.slots import slots, variables
from planner.solvers.stop import Clock

SUPPLY = "the supply of hosts"
SECONDS = 2.0
"""The most for each question."""
MOST_RULES = 40


def conflict(problem: Problem, clock: Clock, max_variables: int) -> tuple[str, ...]:
    """Sentences that say what keeps copies out; empty where it cannot be told in time.

    Item types are named by their index: who knows the names can replace them.
    """
    homeless = ~(problem.fits & (problem.available > 0)).any(axis=1) & (problem.count > 0)
    said = [f"item type {i} fits no host that may be used" for i in np.flatnonzero(homeless)]
    core = _core(_placeable(problem, homeless), clock, max_variables)
    if len(core) == 1:
        said.append(f"{core[0]} alone keeps copies out")
    elif core:
        said.append(f"not everything can be placed under {', '.join(core[:-1])} and {core[-1]} together")
    return tuple(said)


def _placeable(problem: Problem, homeless: np.ndarray) -> Problem:
    return replace(problem, count=np.where(homeless, 0, problem.count))


def _core(problem: Problem, clock: Clock, max_variables: int) -> list[str]:
    """A smallest set of rules that exclude each other; empty where there is none, or it cannot be proven."""
    rules = [*rules_of(problem), *([SUPPLY] if (problem.available < UNLIMITED).any() else [])]
    if len(rules) > MOST_RULES or _all_fit(problem, set(), clock, max_variables) is not False:
        return []
    aside: set[str] = set()
    for rule in rules:
        answer = _all_fit(problem, aside | {rule}, clock, max_variables)
        if answer is None:
            return []
        if not answer:
            aside.add(rule)
    return [rule for rule in rules if rule not in aside]


def _all_fit(problem: Problem, aside: set[str], clock: Clock, max_variables: int) -> bool | None:
    """Whether everything can be placed without some rules; None where that is not known in time."""
    relaxed = without(problem, aside)
    if SUPPLY in aside:
        relaxed = replace(relaxed, available=np.full(problem.bins, UNLIMITED))
    offered = slots(relaxed)
    if clock.over or variables(relaxed, offered) > max_variables:
        return None
    model = Model(relaxed, offered)
    add_forms(model, relaxed)
    for i in np.flatnonzero(relaxed.count).tolist():
        model.model.add(model.unplaced(np.array([i])) == 0)
    found = run(model, Limits(min(SECONDS, clock.remaining), None, 1, 0), clock)
    return None if found.solution is None and not found.infeasible else found.solution is not None
