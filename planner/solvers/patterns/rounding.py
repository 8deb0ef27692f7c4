"""From the master's solution to whole hosts: floor and sweep, diving, and a mixed-integer program over the patterns."""

from __future__ import annotations

import math
import time

import numpy as np

from planner.bounds.columns import Generation
from planner.bounds.columns.restricted import Restricted
from planner.bounds.columns.sweep import sweep
from planner.problem.forms import Ints
from planner.solvers.patterns.deal import Hosts
from planner.solvers.patterns.supply import Supply
from planner.solvers.stop import Clock

PRICED = 3
"""Rounds of pricing after each step of a dive."""
STEPS = (0.02, 0.06, 0.01)
"""The parts of the fractional patterns that one step of a dive rounds up, dive after dive."""
GRACE = 0.5
"""Seconds that completing a dive may take beyond its time."""
WHOLE = 1e-6
COLUMNS = 3000
"""The most patterns of the mixed-integer program."""
NODES = 5000
"""Its most nodes."""


def floored(run: Generation, until: float) -> Hosts:
    """Every pattern as often as the master uses it, rounded down, and the rest host by host at the best duals."""
    whole = np.floor(run.master.weights() + WHOLE).astype(np.int64)
    return _completed(run, whole, until)


def dived(run: Generation, clock: Clock, until: float, step: float = STEPS[0]) -> Hosts:
    """Round the largest parts up, price again for what is left, and so on; out of time, a sweep places the rest.

    R. Sadykov, F. Vanderbeck, A. Pessoa, I. Tahiri, E. Uchoa, "Primal heuristics for branch-and-price: the assets
    of diving methods", 2019.
    """
    master = run.master
    whole = np.zeros(len(master.patterns), dtype=np.int64)
    try:
        while not clock.cancelled:
            left = np.maximum(0, run.classes.count - whole @ master.copies()[: len(whole)])
            if not left.any() or time.monotonic() >= until:
                break
            for _ in range(PRICED):
                if master.solve(until - time.monotonic()) is None or not run.enrich(left):
                    break
            weight = master.weights()
            least = np.concatenate([whole, np.zeros(len(weight) - len(whole), dtype=np.int64)])
            rounded = np.maximum(least, np.floor(weight + WHOLE).astype(np.int64))
            part = weight - rounded
            up = np.argsort(-part, kind="stable")[: max(1, math.ceil(step * (part > WHOLE).sum()))]
            up = up[part[up] > WHOLE]
            rounded[up] += 1
            if (rounded == least).all():
                break
            whole = rounded
            master.fix(whole)
        return _completed(run, whole, max(until, time.monotonic() + GRACE))
    finally:
        master.fix(np.zeros(0, dtype=np.int64))


def chosen(run: Generation, seconds: float, above: float, nodes: int = NODES) -> Hosts | None:
    """The best plan of the known patterns that the solver finds in time.

    Parameters
    ----------
    above : float
        How much more than the bound a plan may count: patterns with higher reduced cost are of no use.
    """
    program = Restricted(run.problem, run.classes, run.hosts, run.linking, run.given, whole=True)
    for p in _useful(run, above).tolist():
        program.add(run.master.patterns[p])
    program.solver.SetSolverSpecificParametersAsString(f"limits/nodes = {nodes}\nrandomization/randomseedshift = 0\n")
    if math.isfinite(seconds):
        program.solver.SetTimeLimit(max(1, int(seconds * 1000)))
    if program.solver.Solve() not in (program.solver.OPTIMAL, program.solver.FEASIBLE):
        return None
    times = np.rint([variable.solution_value() for variable in program.uses]).astype(np.int64)
    return [
        (pattern.kind, copies, int(n))
        for pattern, copies, n in zip(program.patterns, program.copies(), times, strict=True)
        if n
    ]


def _useful(run: Generation, above: float) -> Ints:
    """Patterns of low reduced cost at the duals of the bound, no more than `COLUMNS`."""
    assert run.centre is not None
    value, opening = run.values(run.centre)
    patterns = run.master.patterns
    kind = np.array([pattern.kind for pattern in patterns], dtype=np.int64)
    reduced = run.hosts.charge[kind] + opening[kind] - (value[kind] * run.master.copies()).sum(axis=1)
    order = np.lexsort((reduced, run.master.weights() <= 0))[:COLUMNS]
    return np.sort(order[(reduced[order] <= above) | (run.master.weights()[order] > 0)])


def _completed(run: Generation, whole: Ints, until: float) -> Hosts:
    """Whole hosts, as many as fit the supply, and a sweep for what they leave out."""
    supply, hosts = Supply(run), []
    left = run.classes.count.copy()
    for p in np.flatnonzero(whole).tolist():
        pattern = run.master.patterns[p]
        copies = np.zeros(run.classes.number, dtype=np.int64)
        copies[pattern.classes] = pattern.copies
        times = min(int(whole[p]), supply.room(pattern.kind, copies))
        supply.take(pattern.kind, copies, times)
        hosts.append((pattern.kind, copies, times))
        left = np.maximum(0, left - copies * times)
    if run.centre is None or not left.any():
        return hosts
    value, opening = run.values(run.centre)
    cost = np.maximum(run.hosts.charge + opening, 1e-9 * run.master.unit)
    return hosts + sweep(run.pricing, value, cost, left, supply.room, until, supply.take)
