"""The linear relaxation: how many hosts of each type, and where copies go, if both were liquid.

Columns enter by reduced cost and host rows by violation, round after round, so that its time follows the
number of shapes and little else.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from planner.bounds.bound import Bound
from planner.bounds.charge import Charge, Objective
from planner.bounds.classes import Classes
from planner.bounds.dual_feasible import roundings, thresholds
from planner.bounds.duals import Priced, price
from planner.bounds.given import Given
from planner.bounds.master import HostRow, Master
from planner.problem.forms import HOST
from planner.problem.problem import UNLIMITED, Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
ALL_COLUMNS = 15_000
ROUNDS = 30
VIOLATION = 1e-4
CLOSE = 1e-5
"""Relative distance of the safe bound from the LP's value at which no more columns are looked for."""
METHOD = "linear relaxation"


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A solved relaxation.

    Attributes
    ----------
    bound : Bound
    proven : float
        The bound before it was rounded up.
    hosts : float64[B]
    flow : float64[C, B]
        Copies of classes on bin types.
    worth : float64[C]
        What one more copy of a class adds to the objective.
    bought_out : float
        Copies for which there is no room: not 0 only where not everything can be placed.
    rows : tuple of HostRow
        Roundings, and limits that several item types share, that hosts were found to need.
    reduced_open : float64[B]
        What opening a host of each type adds at least to `proven`, where it is not negative.
    """

    bound: Bound
    proven: float
    hosts: Floats
    flow: Floats
    worth: Floats
    bought_out: float
    rows: tuple[HostRow, ...]
    reduced_open: Floats
    classes: Classes
    problem: Problem

    @cached_property
    def assigned(self) -> Floats:
        """float64[I, B]: copies of item types on bin types."""
        inside = self.classes.of >= 0
        spread = np.zeros(self.problem.fits.shape)
        spread[inside] = self.flow[self.classes.of[inside]] * self.classes.share(self.problem)[inside, None]
        return spread

    @cached_property
    def value(self) -> Floats:
        """float64[I]: what one more copy of an item type adds to the objective; 0 for those left out."""
        inside = self.classes.of >= 0
        values = np.zeros(self.problem.items)
        values[inside] = self.worth[self.classes.of[inside]]
        return values


def relax(
    problem: Problem,
    goal: GoalTier,
    given: Given | None = None,
    seconds: float = math.inf,
    *,
    partly: bool = False,
    classes: Classes | None = None,
) -> Relaxation | None:
    """Solve the relaxation for a goal, with everything placed that fits somewhere (or as `given`).

    With `partly`, a relaxation without room for everything counts, too: it leaves out as little as it can.

    Returns
    -------
    Relaxation or None
        None where the relaxation has no room for everything, or needs more than `seconds`. A goal
        that is no sum over hosts and copies is relaxed as `hosts`.
    """
    objective: Objective = goal.goal if goal.goal in ("cost", "moves", "carbon") else "hosts"
    taken = Given.full(problem) if given is None else given
    solved = solve_relaxation(problem, objective, taken, classes=classes, seconds=seconds)
    if solved is None or (not partly and solved.bought_out > 1e-6 * max(1, int(problem.count.sum()))):
        return None
    return solved


def solve_relaxation(
    problem: Problem,
    objective: Objective,
    given: Given,
    rank: int = 0,
    classes: Classes | None = None,
    seconds: float = math.inf,
) -> Relaxation | None:
    """Solve the relaxation, copies without room bought out at a penalty; None if the LP solver gives up.

    Out of time, the best bound so far is returned: every round ends with one that holds.
    """
    until = time.monotonic() + seconds
    classes = Classes.merge(problem) if classes is None else classes
    master = Master(problem, classes, objective, given, rank=rank)
    everything = classes.fits.size <= ALL_COLUMNS
    master.add_columns(classes.fits if everything else _promising(problem, classes, master))
    best: Priced | None = None
    hosts, flow, bought_out = np.zeros(problem.bins), np.zeros(classes.fits.shape), 0.0
    last = -np.inf
    added: list[HostRow] = []
    for _ in range(ROUNDS):
        left = until - time.monotonic()
        if left <= 0:
            break
        if math.isfinite(left):
            master.solver.SetTimeLimit(max(1, int(left * 1000)))
        if master.solver.Solve() != master.solver.OPTIMAL:
            break
        priced = price(master)
        hosts, flow = master.hosts(), master.flow()
        bought_out = sum(variable.solution_value() for variable in master.bought_out)
        best = priced if best is None or priced.bound > best.bound else best
        value = master.solver.Objective().Value() * master.unit
        if best.bound < value - CLOSE * abs(value):
            missing = _cheapest(priced.reduced, ~master.present)
            master.add_columns(missing if missing.any() else _cheapest(priced.by_lp, ~master.present))
        rows = list(_violated(problem, classes, hosts, flow, priced))
        if best.bound >= value - CLOSE * abs(value) and (not rows or value < (1 + CLOSE) * last):
            break
        last = value
        added += rows
        for row in rows:
            master.add_row(row)
    if best is None:
        return None
    least = Charge.of(problem, objective).rounded(best.bound)
    return Relaxation(
        Bound(least, METHOD), best.bound, hosts, flow, best.worth, bought_out, tuple(added),
        best.reduced_open, classes, problem,
    )  # fmt: skip


def _promising(problem: Problem, classes: Classes, master: Master) -> Bools:
    """bool[C, B]: a first choice of columns: by each measure of size, the cheapest in each domain asked for."""
    wanted = np.zeros(classes.fits.shape, dtype=bool)
    levels = {rows.level for rows in master.domain_rows}
    groups = np.unique(problem.domain[:, sorted(levels)], axis=0, return_inverse=True)[1] if levels else None
    groups = np.zeros(problem.bins, dtype=np.int64) if groups is None else groups.ravel()
    cost = master.price + 1e-9
    share = np.zeros(classes.fits.shape)
    limited = [r for r in range(classes.size.shape[1]) if (problem.capacity[:, r] < UNLIMITED).any()]
    for r in [*limited, -1]:
        by_room = share if r < 0 else classes.size[:, r, None] / np.maximum(problem.capacity[:, r], 1)[None, :]
        share = np.maximum(share, by_room)
        paid = np.where(classes.fits, by_room * cost + (0.0 if master.beside is None else master.beside), np.inf)
        for group in np.unique(groups):
            inside = np.flatnonzero(groups == group)
            for _ in range(1 if groups.any() else 2):
                best = inside[paid[:, inside].argmin(axis=1)]
                wanted[np.arange(classes.number), best] = True
                paid[np.arange(classes.number), best] = np.inf
    return wanted & classes.fits


def _cheapest(reduced: Floats, absent: Bools) -> Bools:
    """bool[C, B]: of each class, the two absent columns of the lowest reduced cost, where that is negative."""
    wanted = np.zeros(reduced.shape, dtype=bool)
    paid = np.where(absent, reduced, np.inf)
    rows = np.arange(len(paid))
    for _ in range(2 if paid.size else 0):
        best = paid.argmin(axis=1)
        wanted[rows, best] |= paid[rows, best] < -1e-9
        paid[rows, best] = np.inf
    return wanted


def _violated(problem: Problem, classes: Classes, hosts: Floats, flow: Floats, priced: Priced) -> Iterator[HostRow]:
    """Host rows that the solution breaks: the worst rounding of each resource, limits shared on hosts."""
    shared = [limit for limit in classes.limits if limit.level == HOST]
    for b in np.flatnonzero(flow.any(axis=0)).tolist():
        inside = np.flatnonzero(flow[:, b] > 1e-9)
        copies = flow[inside, b]
        over_limit = copies > classes.per_host[inside] * hosts[b] * (1 + VIOLATION) + VIOLATION
        for c in inside[over_limit].tolist():
            yield HostRow(b, np.array([c]), np.array([1.0 / max(1, classes.per_host[c])]))
        for limit in shared:
            if flow[limit.classes, b].sum() > limit.most * hosts[b] * (1 + VIOLATION) + VIOLATION:
                yield HostRow.of(b, np.isin(np.arange(classes.number), limit.classes), limit.most)
        for size, room in _amounts(problem, classes, b, priced.room[b]):
            rows, most = roundings(size[inside], room)
            over = (rows @ copies) / np.maximum(most, 1) - hosts[b]
            worst = int(over.argmax())
            if over[worst] > VIOLATION * max(1.0, hosts[b]):
                rows, most = roundings(size, room, thresholds(size[inside], room))
                yield HostRow.of(b, np.where(classes.fits[:, b], rows[worst], 0), int(most[worst]))


def _amounts(problem: Problem, classes: Classes, b: int, worth: Floats) -> Iterator[tuple[Ints, int]]:
    """What roundings may look at: each resource alone, and all together in the mix that duals say."""
    limited = np.flatnonzero(problem.capacity[b] < UNLIMITED)
    for r in limited.tolist():
        if problem.capacity[b, r] > 0 and (classes.size[:, r] > 0).any():
            yield classes.size[:, r], int(problem.capacity[b, r])
    weight = np.zeros(len(worth), dtype=np.int64)
    weight[limited] = np.rint(worth[limited] / max(worth[limited].max(initial=0), 1e-30) * 1000)
    if np.count_nonzero(weight) > 1:
        yield classes.size @ weight, int(problem.capacity[b, weight > 0] @ weight[weight > 0])
