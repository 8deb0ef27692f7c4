"""Hosts to spare: the fewest or cheapest that let everything find room that a loss would leave without.

What finds no room after a loss (`takeover.displaced`) must fit, resource by resource, into new hosts outside of the
domain that is lost: a covering program over host counts, with a host's room in whole units of several sizes (the sum of
floors is no more than the floor of a sum). What that leaves out of how copies fill hosts is asked for again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.extras import Survival
from planner.problem.forms import HOST, Ints
from planner.problem.takeover import displaced
from planner.solvers.steered.charged import charged, host_charge

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


def with_reserve(
    problem: Problem, solution: Solution, over: Callable[[], bool] = lambda: False, most: float = math.inf
) -> Solution:
    """The solution with hosts more until whatever is lost finds room, or no more help.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    over : callable
        Whether time is up; then what was added so far is returned.
    most : float
        Hosts that count as much as this are too many: so is any plan with more of them.
    """
    for _ in range(ROUNDS):
        if over() or charged(problem, solution) >= most:
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


def without_homeless(problem: Problem, solution: Solution, over: Callable[[], bool] = lambda: False) -> Solution:
    """The solution without copies that a loss would leave without room: where no more hosts help, some stay out."""
    for _ in range(ROUNDS):
        missed = (
            (survival, domain, missing)
            for survival in problem.extras.survivals
            for domain, missing in displaced(problem, solution, survival).items()
        )
        first = None if over() else next(missed, None)
        if first is None:
            break
        solution = _cut(problem, solution, *first)
    return solution


def _cut(problem: Problem, solution: Solution, survival: Survival, domain: int, missing: dict[int, int]) -> Solution:
    """The solution without so many copies of some items on hosts of a domain, or on one host of a pattern."""
    left, hosts = dict(missing), []
    for p, (b, times, content) in enumerate(solution.patterns()):
        inside = (-1 - p if survival.level == HOST else problem.domain[b, survival.level]) == domain
        for _ in range(times):
            off = {i: min(n, left.get(i, 0)) if inside else 0 for i, n in content.items()}
            for i, n in off.items():
                left[i] = left.get(i, 0) - n
            hosts.append((b, 1, {i: n - off[i] for i, n in content.items()}))
    return Solution.of(hosts)


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

    charge = host_charge(problem)
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
