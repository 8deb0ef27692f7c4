"""Thousands of shapes: columns from whole plans, one master for cells that are alike, and what it rounds shared out.

Pricing finds a column for each kind of host, and thousands of rows need thousands of them; a plan that is made host
after host at the master's duals has one for each shape. The master's solution, rounded down, is most of a plan. Its
hosts are shared out to the cells, which have nearly equal copies to place; each cell's rest is made host after host.

The rounding is that of P. C. Gilmore, R. E. Gomory, "A linear programming approach to the cutting-stock problem",
1961, with the residual problem of G. Wäscher, T. Gau, "Heuristics for the integer one-dimensional cutting stock
problem: a computational study", 1996.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np

from planner.bounds.classes import Classes
from planner.bounds.columns import Generation
from planner.bounds.columns.restricted import Duals
from planner.bounds.columns.sweep import sweep
from planner.bounds.given import Given
from planner.problem import UNLIMITED, Problem, Solution, score
from planner.problem.forms import HOST, Ints
from planner.solvers.patterns.alike import Alike
from planner.solvers.patterns.deal import Hosts, deal
from planner.solvers.patterns.leftovers import with_leftovers
from planner.solvers.patterns.recombine import objective_of
from planner.solvers.stop import Clock
from planner.solvers.trim import drop_empty

SWEEPS = 2
"""Plans for columns between two solves of the master."""
SOWN = 0.7
"""Of the time, what making columns may use."""
LITTLE = 5e-4
"""A relative gain of the master below which more columns are not worth their time."""
TRIED, NOISE = 3, 0.03
"""Plans for the rest of a cell, the best of which is taken, and how much the worth of classes is disturbed for each."""
GRACE = 0.5
"""Seconds that the rest of a cell may take at least: one that is not finished keeps what the start has in it."""
WHOLE = 1e-6


def many_shapes(groups: tuple[Alike, ...], most: int) -> bool:
    """Whether some cell has more shapes than column generation by pricing alone can do with."""
    return any(Classes.merge(group.problem, apart=True).number > most for group in groups)


def packed_alike(groups: tuple[Alike, ...], start: Solution, clock: Clock, rounds: int) -> Solution:
    """A plan of the whole in which each copy keeps its cell, no worse in any than the start; groups side by side.

    Parameters
    ----------
    rounds : int
        The most solves of the master for each group.
    """
    with ThreadPoolExecutor(len(groups)) as threads:
        found = list(threads.map(lambda group: _packed(group, start, clock, rounds), groups))
    return Solution.of(
        pattern
        for group, plans in zip(groups, found, strict=True)
        for n, own in enumerate(plans)
        for pattern in group.back(n, own)
    )


def _packed(group: Alike, start: Solution, clock: Clock, rounds: int) -> list[Solution]:
    """The better plan of each cell: that of the start, or by patterns."""
    begun = group.of_cells(start)
    made = _made(group, clock, rounds)
    return [
        min(one, other, key=partial(score, group.alone(n)))
        for n, (one, other) in enumerate(zip(begun, made or begun, strict=True))
    ]


def _made(group: Alike, clock: Clock, rounds: int) -> list[Solution] | None:
    """A plan for each cell, once the master gains little, or its time is up; None without time to begin."""
    problem = group.problem
    classes = Classes.merge(problem, apart=True)
    classes = replace(classes, per_host=evenly(problem, classes))
    run = Generation(problem, objective_of(problem), Given.full(problem), classes)
    run.cancelled = lambda: clock.cancelled
    if not run.classes.number or not run.hosts.number:
        return None
    until = time.monotonic() + clock.remaining * SOWN
    whole, last = np.zeros(0, dtype=np.int64), np.inf
    duals: Duals | None = None
    for _ in range(rounds):
        found = run.sow(until, SWEEPS)
        if found is None:
            break
        whole, duals = np.floor(run.master.weights() + WHOLE).astype(np.int64), found
        if run.value > (1 - LITTLE) * last or time.monotonic() >= until:
            break
        last = run.value
    duals = run.centre if duals is None else duals
    return None if duals is None else _made_whole(group, run, whole, duals, clock)


def evenly(problem: Problem, classes: Classes) -> Ints:
    """int64[C]: the most copies of a class on one host, if as many were to stand on every host that has any.

    Where a service of many replicas, one a host, and one of few have the same shape, hosts with one of each are soon
    more than there are of the second. Patterns then ask for more than members can be dealt out to.
    """
    limit = np.full(problem.items, UNLIMITED)
    for form in problem.limits:
        if form.level == HOST and len(form.items) == 1:
            limit[form.items] = np.minimum(limit[form.items], form.most)
    per_host = classes.per_host.copy()
    for c in np.flatnonzero((per_host > 1) & (per_host < UNLIMITED)).tolist():
        members = np.flatnonzero(classes.of == c)
        count, most, copies = problem.count[members], limit[members], int(classes.count[c])
        hosts = -(-copies // np.arange(int(per_host[c]), 1, -1))
        dealt = np.minimum(count, most * hosts[:, None]).sum(axis=1) >= copies
        per_host[c] -= int(dealt.argmax()) if dealt.any() else len(hosts)
    return per_host


def _made_whole(group: Alike, run: Generation, whole: Ints, duals: Duals, clock: Clock) -> list[Solution]:
    inside = run.classes.of >= 0
    left = np.zeros((len(group.cells), run.classes.number), dtype=np.int64)
    for n, counts in enumerate(group.counts):
        np.add.at(left[n], run.classes.of[inside], counts[inside])
    hosts = shared_out(run, whole, left)
    plans = []
    for n in range(len(group.cells)):
        rest = _rest(run, duals, left[n], time.monotonic() + clock.remaining / (len(group.cells) - n) / 2)
        alone = group.alone(n)
        dealt = deal(alone, run, hosts[n] + rest)
        plans.append(drop_empty(alone, dealt if clock.over else with_leftovers(alone, dealt, clock)))
    return plans


def shared_out(run: Generation, whole: Ints, left: Ints) -> list[Hosts]:
    """Hosts for each cell: patterns int64[P] times each, as evenly as there are copies left for; others are dropped.

    Parameters
    ----------
    left : int64[cells, C]
        Copies to place in each cell; reduced in place.
    """
    hosts: list[Hosts] = [[] for _ in left]
    for p in np.argsort(-whole, kind="stable")[: np.count_nonzero(whole)].tolist():
        pattern = run.master.patterns[p]
        if not len(pattern.classes):
            continue
        room = left[:, pattern.classes] / pattern.copies
        times = np.minimum(np.floor(room.min(axis=1)).astype(np.int64), whole[p] // len(left))
        for _ in range(int(whole[p] - times.sum())):
            free = room.min(axis=1) - times
            cell = int(free.argmax())
            if free[cell] < 1:
                break
            times[cell] += 1
        left[:, pattern.classes] -= times[:, None] * pattern.copies
        content = np.zeros(run.classes.number, dtype=np.int64)
        content[pattern.classes] = pattern.copies
        for cell in np.flatnonzero(times).tolist():
            hosts[cell].append((pattern.kind, content, int(times[cell])))
    return hosts


def _rest(run: Generation, duals: Duals, left: Ints, until: float) -> Hosts:
    """The cheapest of some plans for copies int64[C], each host after host."""
    value, opening = run.values(duals)
    cost = np.maximum(run.hosts.charge + opening, WHOLE * run.master.unit)
    drawn = np.random.default_rng(0)
    best: Hosts = []
    for n in range(TRIED):
        noise = drawn.uniform(1 - NOISE, 1 + NOISE, run.classes.number) if n else 1.0
        missing = left.copy()
        found = sweep(
            run.pricing,
            value * noise,
            cost,
            missing,
            lambda *_: 2**40,
            until if n else max(until, time.monotonic() + GRACE),
        )
        if not n or (not missing.any() and _charge(run, found) < _charge(run, best)):
            best = found
        if time.monotonic() >= until:
            break
    return best


def _charge(run: Generation, hosts: Hosts) -> float:
    """What hosts count in the objective, copies above their cheapest places."""
    total = float(sum(run.hosts.charge[kind] * times for kind, _, times in hosts))
    if run.hosts.beside is not None:
        total += float(sum((run.hosts.beside[:, kind] @ content) * times for kind, content, times in hosts))
    return total
