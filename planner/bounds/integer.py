"""The relaxation with whole hosts: stronger where few hosts do.

Bin types that the relaxation proves too dear to be opened at all by a better plan are dropped first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from planner.bounds.bound import Bound
from planner.bounds.charge import Charge, Objective
from planner.bounds.given import Given
from planner.bounds.linear import Relaxation
from planner.bounds.master import Master, most_hosts

LARGEST = 6_000
MOST_HOSTS = 300
METHOD = "whole hosts (SCIP)"


def whole_hosts(
    relaxation: Relaxation, objective: Objective, given: Given, *, value: int | None, seconds: float, rank: int = 0
) -> Bound | None:
    """Bound the objective by a mixed-integer program in which hosts are whole and copies are liquid.

    Parameters
    ----------
    relaxation : Relaxation
        Of the same problem, objective and `given`.
    value : int or None
        What a known plan reaches; the bound never exceeds it.
    seconds : float
        Time limit; the solver's proven bound at that time counts.

    Returns
    -------
    Bound or None
        None where the program is too large to be worth it, or nothing was proven.
    """
    problem, classes = relaxation.problem, relaxation.classes
    charge = Charge.of(problem, objective)
    most = most_hosts(problem, classes)
    if value is not None:
        better = (value - 1) // charge.step * charge.step + charge.slack
        too_dear = relaxation.proven + relaxation.reduced_open > better + 1e-6 * max(1.0, abs(value))
        most = np.where(too_dear, problem.required, most)
    usable = classes.fits & (most > 0)
    if usable.sum() > LARGEST or relaxation.hosts.sum() > MOST_HOSTS or relaxation.bought_out > 1e-6:
        return None
    if not usable.any(axis=1).all() and value is None:
        return None
    master = Master(problem, classes, objective, given, rank=rank, whole=True, most=most)
    master.add_columns(usable)
    for row in relaxation.rows:
        master.add_row(row)
    proven = _solve(master.solver, seconds) * master.unit
    if proven == np.inf:
        return None if value is None else Bound(value, METHOD)
    bound = charge.rounded(proven, relative=1e-7)
    return Bound(bound if value is None else min(bound, value), METHOD)


def _solve(solver: Any, seconds: float) -> float:
    """The proven bound, in the program's units; infinite where no plan is better than the known one."""
    solver.SetTimeLimit(int(seconds * 1000))
    solver.SetSolverSpecificParametersAsString("limits/nodes = 2000\nrandomization/randomseedshift = 0\n")
    status = solver.Solve()
    if status == solver.INFEASIBLE:
        return float("inf")
    if status in (solver.OPTIMAL, solver.FEASIBLE, solver.NOT_SOLVED):
        return float(solver.Objective().BestBound())
    return float("-inf")
