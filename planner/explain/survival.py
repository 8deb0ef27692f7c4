"""What keeps a replica off hosts for the sake of a loss: beside it, not all that must survive would find room."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.explain.outcome import Bools, LeftOut, Outcome
from planner.explain.steps import Step
from planner.problem import Solution
from planner.problem.extras import Survival
from planner.problem.forms import level_name
from planner.problem.takeover import displaced

MOST_TRIED = 12
"""Bin types; each try places everything that is lost anew, for every domain. Where there are more, nothing is told."""


def survival_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Bin types on which one more replica breaks a promise of survival that is kept without it."""
    for survival in outcome.problem.extras.survivals:
        if survival.survives[left.item] and not displaced(outcome.problem, outcome.solution, survival):
            unsafe = outcome.offerings_of(_unsafe(outcome, left.item, survival))
            if unsafe.any():
                name = level_name(survival.level)
                detail = f"with it there, the loss of one {name} would leave something without room"
                change = f"offer a further host outside that {name}, or lift {survival.rule!r} for it"
                yield Step.plain(survival.rule, unsafe, detail, change)


def _unsafe(outcome: Outcome, item: int, survival: Survival) -> Bools:
    problem = outcome.problem
    unsafe = np.zeros(problem.bins, dtype=bool)
    open_to = problem.fits[item] & (outcome.roomy(item) | (outcome.used < problem.available))
    tried = np.flatnonzero(open_to)
    for b in tried if len(tried) <= MOST_TRIED else ():
        unsafe[b] = all(displaced(problem, solution, survival) for solution in _with_one_more(outcome, item, int(b)))
    return unsafe


def _with_one_more(outcome: Outcome, item: int, b: int) -> Iterator[Solution]:
    """The solution with one more copy on a host of a bin type: on any in use with room, and on a further one."""
    patterns = outcome.solution.patterns()
    enough = (outcome.free >= outcome.problem.size[item]).all(axis=1)
    for p, (used, times, content) in enumerate(patterns):
        if used == b and enough[p]:
            fuller = {**content, item: content.get(item, 0) + 1}
            yield Solution.of([*patterns[:p], *patterns[p + 1 :], (b, times - 1, content), (b, 1, fuller)])
    if outcome.used[b] < outcome.problem.available[b]:
        yield Solution.of([*patterns, (b, 1, {item: 1})])
