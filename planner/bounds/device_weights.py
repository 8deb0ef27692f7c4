"""Rows of weights for resources that come in devices: what the sum of shares misses.

A share of 650 takes a whole device where nothing fits beside it. Give shares weights of which no content of one device
has more than 1: then hosts are bound by their number of devices. For a mix of shares, the duals of the cutting-stock
program over single devices are best (P. C. Gilmore, R. E. Gomory, "A linear programming approach to the cutting-stock
problem", 1961; data-dependent dual-feasible functions: F. Clautiaux, C. Alves, J. Valério de Carvalho, "A survey of
dual-feasible and superadditive functions", 2010). They are rounded to integers, and the most that a device then holds
is found anew by dynamic programming, so that the rows hold whatever the program's accuracy.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.problem.problem import UNLIMITED, Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SCALES = (*range(1, 121), 2_000)
"""Integer weights of a full device: the first of them by which all duals are whole, for most are simple fractions."""
ROUNDS = 500
CLOSE = 1e-6


def with_device_weights(problem: Problem) -> Problem:
    """The problem with a row of weights for each resource in devices: hosts that hold their copies keep to it.

    Parameters
    ----------
    problem : Problem
        With sizes as they are: a relaxation, or `Problem.by_device`.
    """
    if problem.device is None:
        return problem
    names, sizes, rooms = [], [], []
    usable = (problem.fits & (problem.available > 0)).any(axis=1)
    for r in np.flatnonzero(problem.device).tolist():
        unit, room = int(problem.device[r]), problem.capacity[:, r]
        shares, of = np.unique(problem.size[:, r] % unit, return_inverse=True)
        number = np.bincount(of.ravel(), weights=np.where(usable, problem.count, 0)).astype(float)
        asked = (shares > 0) & (number > 0)
        if not asked.any():
            continue
        weight = np.zeros(len(shares), dtype=np.int64)
        weight[asked] = _whole(duals(shares[asked], number[asked], unit))
        holds = most_held(shares[asked], weight[asked].astype(float), unit)[0].astype(np.int64)
        step = _step(shares[asked], unit)
        names.append(f"{problem.resources[r]}, by device")
        sizes.append(problem.size[:, r] // unit * holds[-1] + weight[of.ravel()])
        rooms.append(np.where(room < UNLIMITED, room // unit * holds[-1] + holds[room % unit // step], UNLIMITED))
    if not names:
        return problem
    added = len(names)
    return replace(
        problem,
        resources=(*problem.resources, *names),
        size=np.column_stack([problem.size, *sizes]),
        capacity=np.column_stack([problem.capacity, *rooms]),
        device=np.append(problem.device, np.zeros(added, dtype=np.int64)),
        probe=None if problem.probe is None else np.append(problem.probe, np.zeros(added, dtype=np.int64)),
    )


def without_device_weights(problem: Problem, resources: int) -> Problem:
    """The problem with its first resources alone: how full a host is has nothing to do with weights."""
    if len(problem.resources) == resources:
        return problem
    return replace(
        problem,
        resources=problem.resources[:resources],
        size=problem.size[:, :resources],
        capacity=problem.capacity[:, :resources],
        device=None if problem.device is None else problem.device[:resources],
        probe=None if problem.probe is None else problem.probe[:resources],
    )


def duals(shares: Ints, number: Floats, unit: int) -> Floats:
    """float64[S]: what one more share of each size adds to the devices that so many of each need, filled in parts.

    Parameters
    ----------
    shares : int64[S]
        Different, below `unit`.
    number : float64[S]
    """
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    solver.Objective().SetMinimization()
    rows = [solver.RowConstraint(float(n), solver.infinity(), "") for n in number]
    contents = np.diag(unit // shares)
    weight = np.zeros(len(shares))
    for _ in range(ROUNDS):
        for content in contents:
            used = solver.NumVar(0.0, solver.infinity(), "")
            solver.Objective().SetCoefficient(used, 1.0)
            for row, n in zip(rows, content.tolist(), strict=True):
                if n:
                    row.SetCoefficient(used, float(n))
        if solver.Solve() != solver.OPTIMAL:
            break
        weight = np.array([max(0.0, row.dual_value()) for row in rows])
        best, content = most_held(shares, weight, unit)
        if best[-1] <= 1 + CLOSE:
            break
        contents = content[None, :]
    return weight / max(1.0, float(most_held(shares, weight, unit)[0][-1]))


def _whole(weight: Floats) -> Ints:
    """int64[S]: weights of at most 1 as integers, rounded down where no scale makes all of them whole."""
    scaled = next((s * weight for s in SCALES if np.abs(s * weight - np.rint(s * weight)).max() < CLOSE * s), None)
    floored: Ints = np.floor((SCALES[-1] * weight if scaled is None else scaled) + CLOSE).astype(np.int64)
    return floored


def most_held(shares: Ints, weight: Floats, unit: int) -> tuple[Floats, Ints]:
    """The most that shares on one device weigh, for each room in steps of their common divisor, and the best content.

    Returns
    -------
    float64[unit // step + 1], int64[S]
    """
    step = _step(shares, unit)
    cells, best = shares // step, np.zeros(unit // step + 1)
    last = np.full(len(best), -1, dtype=np.int64)
    for room in range(1, len(best)):
        fit = np.flatnonzero(cells <= room)
        best[room] = best[room - 1]
        if len(fit):
            with_it = best[room - cells[fit]] + weight[fit]
            k = int(with_it.argmax())
            if with_it[k] > best[room]:
                best[room], last[room] = with_it[k], fit[k]
    content, room = np.zeros(len(shares), dtype=np.int64), len(best) - 1
    while room > 0:
        if last[room] < 0:
            room -= 1
            continue
        content[last[room]] += 1
        room -= int(cells[last[room]])
    return best, content


def _step(shares: Ints, unit: int) -> int:
    return int(np.gcd.reduce(np.append(shares, unit)))
