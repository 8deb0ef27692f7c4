"""Hosts to spare: the fewest or cheapest that let everything find room that a loss would leave without.

What finds no room after a loss (`takeover.displaced`) must fit, resource by resource, into new hosts outside of the
domain that is lost: a covering program over host counts, with a host's room in whole units of several sizes (the sum of
floors is no more than the floor of a sum). What that leaves out of how copies fill hosts is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.bounds.charge import Charge, Objective
from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.extras import Survival
from planner.problem.forms import HOST, Ints
from planner.problem.takeover import displaced
from planner.solvers.result import deciding_goal

Bools = npt.NDArray[np.bool_]
ROUNDS, NODES, SECONDS = 20, 300, 3
"""How often more hosts are added; the most nodes and seconds of the search for them."""
SMALL, UNITS = 8, 10
"""Sizes below an eighth of the largest are taken as a liquid; of the others, so many are units."""


@dataclass(frozen=True, eq=False)
class _Need:
    """So many whole units of a resource more on hosts of some bin types, outside of a domain that is lost."""

    bins: Bools
    resource: int
    unit: int
    amount: int


def with_reserve(problem: Problem, solution: Solution, over: Callable[[], bool] = lambda: False) -> Solution:
    """The solution with hosts more until whatever is lost finds room, no more help, or time is over."""
    for _ in range(ROUNDS):
        if over():
            break
        needs = [
            need
            for survival in problem.extras.survivals
            for domain, missing in displaced(problem, solution, survival).items()
            for need in _needs(problem, survival, domain, missing)
        ]
        more = _cheapest(problem, solution, _largest(needs)) if needs else None
        if more is None or not more.any():
            break
        spare = [(int(b), int(more[b]), dict[int, int]()) for b in np.flatnonzero(more)]
        solution = Solution.of([*solution.patterns(), *spare])
    return solution


def _needs(problem: Problem, survival: Survival, domain: int, missing: dict[int, int]) -> list[_Need]:
    """What copies without room ask for, also of those that fit some hosts only."""
    usable = problem.available > 0
    outside = usable if survival.level == HOST else usable & (problem.domain[:, survival.level] != domain)
    items = np.array(list(missing), dtype=np.int64)
    copies = np.array(list(missing.values()), dtype=np.int64)
    fits = problem.fits[items] & outside
    needs = []
    for place in np.unique(np.vstack([fits, fits.any(axis=0)]), axis=0):
        inside = ~(fits & ~place).any(axis=1)
        for r in range(len(problem.resources)):
            size = problem.size[items[inside], r]
            amounts = ((unit, int(copies[inside] @ (size // unit))) for unit in (1, *_units(size)))
            needs += [_Need(place, r, unit, amount) for unit, amount in amounts if amount]
    return needs


def _units(size: Ints) -> list[int]:
    """Some of the larger sizes: a host has whole ones of them."""
    large = np.unique(size[size * SMALL >= size.max(initial=1)])
    return large[np.unique(np.linspace(0, len(large) - 1, UNITS).astype(np.int64))].tolist() if len(large) else []


def _largest(needs: list[_Need]) -> list[_Need]:
    """The largest of those that speak of the same hosts."""
    largest: dict[tuple[bytes, int, int], _Need] = {}
    for need in needs:
        key = need.bins.tobytes(), need.resource, need.unit
        if key not in largest or largest[key].amount < need.amount:
            largest[key] = need
    return list(largest.values())


def _cheapest(problem: Problem, solution: Solution, needs: list[_Need]) -> Ints | None:
    """int64[B]: hosts that meet all needs at the least charge of the deciding goal; None where there are none."""
    from ortools.linear_solver import pywraplp

    goal = deciding_goal(problem.goals).goal
    objective: Objective = goal if goal in ("cost", "carbon") else "hosts"
    charge = Charge.of(problem, objective).host
    used = solution.bins_used(problem.bins)
    solver: Any = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetSolverSpecificParametersAsString(f"limits/nodes = {NODES}\nrandomization/randomseedshift = 0\n")
    left = np.minimum(problem.available - used, 10**6)
    hosts = [solver.IntVar(0, float(max(0, most)), "") for most in left]
    scale = float(charge.max(initial=1))
    weights = (charge / scale + 1e-6).tolist()
    solver.Minimize(solver.Sum([weight * n for weight, n in zip(weights, hosts, strict=True)]))
    for need in needs:
        row = solver.Constraint(1.0, solver.infinity(), "")
        for b in np.flatnonzero(need.bins).tolist():
            room = int(problem.capacity[b, need.resource])
            row.SetCoefficient(hosts[b], 1.0 if room >= UNLIMITED else min(1.0, room // need.unit / need.amount))
    for quota in problem.quotas:
        most = float(quota.most - quota.weight @ used)
        row = solver.Constraint(-solver.infinity(), most, "")
        for b in np.flatnonzero(quota.weight).tolist():
            row.SetCoefficient(hosts[b], float(quota.weight[b]))
    solver.SetTimeLimit(SECONDS * 1000)
    if solver.Solve() not in (solver.OPTIMAL, solver.FEASIBLE):
        return None
    return np.rint([n.solution_value() for n in hosts]).astype(np.int64)
