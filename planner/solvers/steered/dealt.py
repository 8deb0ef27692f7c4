"""Copies dealt over the domains that may be lost, by what a linear program says.

It has two kinds of hosts: those that carry the copies, and those to spare, which are empty until something is lost.
Whatever domain that is, the hosts to spare outside of it have room for what it carries. So it is known which
copies go where they are cheapest, and how evenly, so that little is to spare. Bin types that only their domain
tells apart are one to the program; the copies that it has there are dealt to their domains in turn, the
largest first, so that each weighs about the same.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.bounds.base import Base
from planner.bounds.classes import Classes, Cover
from planner.bounds.linear import relax
from planner.bounds.survival import amounts, losses, places
from planner.problem import Problem
from planner.problem.extras import Extras, Survival
from planner.problem.forms import HOST, Ints
from planner.solvers.result import deciding_goal
from planner.solvers.slice import sliced

Dealt = tuple[int, int, int]
"""An item type, a domain, and so many copies."""
WASTE = 1.25
"""What room to spare costs more than by its sums: first fit fills it less well than a solver fills the other hosts."""


def level_dealt(problem: Problem) -> int | None:
    """The level over which copies can be dealt: the finest that is lost; None where other forms have a say there."""
    levels = [survival.level for survival in problem.extras.survivals if survival.level != HOST]
    return None if problem.has_domain_forms or not levels else max(levels)


def dealt(problem: Problem, level: int, seconds: float = math.inf) -> tuple[Dealt, ...]:
    """All copies by item type and domain of `level`; none where there is no room for all, or no time."""
    base = Base.of(problem, small=0)
    bins = base.problem.bins
    doubled, classes = _with_spare(base)
    found = relax(doubled, deciding_goal(problem.goals), seconds=seconds, classes=classes)
    if found is None:
        return ()
    domains = _domains(problem, level, base.groups)
    sets = sorted(set(domains))
    flow = np.zeros((problem.items, len(sets)))
    np.add.at(flow.T, [sets.index(each) for each in domains], found.assigned[:, :bins].T)
    return tuple(_in_turn(problem, _whole(flow, problem.count), sets))


def _with_spare(base: Base) -> tuple[Problem, Classes]:
    """The problem with every bin type a second time, to spare, and its classes with what a loss asks of these."""
    bins = base.problem.bins
    twice = sliced(base.problem, np.arange(base.problem.items), np.tile(np.arange(bins), 2))
    fits, price = twice.fits.copy(), twice.price.copy()
    fits[:, bins:] = False
    price[bins:] = np.rint(price[bins:] * WASTE)
    required = np.append(base.problem.required, np.zeros(bins, dtype=np.int64))
    survivals = base.whole.extras.survivals
    twice = replace(twice, fits=fits, price=price, required=required, extras=Extras(survivals=survivals))
    classes = Classes.merge(twice)
    lost = [survival for survival in survivals if survival.level != HOST]
    rows = [row for survival in lost for row in _rows(base, classes, survival, base.groups)]
    return twice, replace(classes, covers=tuple(row.scaled() for row in rows))


def _rows(base: Base, classes: Classes, survival: Survival, groups: Sequence[Sequence[int]]) -> Iterator[Cover]:
    """Room to spare outside of a domain >= what survivors in it take, for each resource and who fits where."""
    bins, survives = base.problem.bins, survival.survives[classes.like]
    alone = replace(classes, fits=classes.fits[:, :bins])
    for times, outside in losses(base.whole, survival, groups):
        for place in places(alone, survives):
            for host, copy, _ in amounts(alone, base.problem.capacity, place, survives):
                inside = np.where(alone.fits, -(times - outside) * copy[:, None], 0.0)
                spare, carried = np.append(np.zeros(bins), host * outside), np.hstack([inside, np.zeros_like(inside)])
                yield Cover(spare, np.zeros(classes.number), 0.0, carried)


def _domains(problem: Problem, level: int, groups: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """The domains of each group of bin types of which hosts may be opened; -1 is outside of all."""
    return [
        tuple(np.unique([problem.domain[b, level] for b in group if problem.available[b] > 0] or [-1]).tolist())
        for group in groups
    ]


def _whole(flow: npt.NDArray[np.float64], count: Ints) -> Ints:
    """Flows rounded to whole copies that sum to `count`, the largest fractions up."""
    whole = np.floor(flow + 1e-6).astype(np.int64)
    for i in np.flatnonzero(flow.any(axis=1)).tolist():
        missing = int(count[i] - whole[i].sum())
        if missing > 0:
            up = np.argsort(whole[i] - flow[i], kind="stable")[:missing]
            whole[i, up] += 1
            whole[i, up[0]] += missing - len(up)
    return whole


def _in_turn(problem: Problem, copies: Ints, sets: list[tuple[int, ...]]) -> Iterator[Dealt]:
    """Copies[I, sets] dealt to the domains of each set, one after the other."""
    weight = (problem.size / np.maximum(1, problem.count @ problem.size)).max(axis=1, initial=0.0)
    found: dict[tuple[int, int], int] = defaultdict(int)
    for n, domains in enumerate(sets):
        turn = 0
        for i in np.argsort(-weight, kind="stable").tolist():
            for d in range(len(domains)):
                found[i, domains[(turn + d) % len(domains)]] += int(copies[i, n] + len(domains) - 1 - d) // len(domains)
            turn += int(copies[i, n])
    yield from ((i, domain, n) for (i, domain), n in found.items() if n)
