"""The linear program over host counts and classes, with columns and host rows added as they are needed.

    minimise   goal(y, u) + PENALTY * e
    demand     sum_b z[c, b] + u[c] + e[c] = count[c]                 for each class c
    host row   sum_c factor[c] * z[c, b] <= room * y[b]               for each of bin type b
    domain     sum over bins of a domain of z[c, b], within limits and spreads
    cover      sum over y, each with its weight, >= what survives a loss and does not stay out
    supply     required <= y <= available
    budget     sum over y and z, each with its weight, <= most: quotas, caps, values of the tiers before

Host rows hold on every single host, so they hold in sum: capacities, limits on hosts, and roundings of
sizes by dual-feasible functions. `u` may stay out by the values of earlier tiers. `e` buys copies out at
a high price, so that every solve has an answer; without it the value would only rise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.bounds.charge import Charge, Objective
from planner.bounds.classes import Classes, Cover
from planner.bounds.given import Given
from planner.problem.forms import HOST
from planner.problem.problem import UNLIMITED, Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
PENALTY = 1000.0
"""Of leaving out a copy that must be placed, in units of the objective."""


@dataclass(frozen=True, eq=False)
class HostRow:
    """On each host of `bin`: sum over `classes` of `factor` times copies <= `room`, which is 1 or 0."""

    bin: int
    classes: Ints
    factor: Floats
    room: float = 1.0

    @classmethod
    def of(cls, bin_type: int, coefficient: npt.NDArray[Any], most: float) -> HostRow:
        """Scale a row over all classes so that the room of a host is 1."""
        inside = np.flatnonzero(coefficient)
        return cls(bin_type, inside, coefficient[inside] / (most if most > 0 else 1), 1.0 if most > 0 else 0.0)


@dataclass(frozen=True, eq=False)
class DomainRows:
    """For each domain `d` of a level: copies of `classes` there - low <= most (or >= 0, if `at_least`)."""

    classes: Ints
    level: int
    rows: dict[int, Any]
    most: float
    at_least: bool = False


@dataclass(frozen=True, eq=False)
class Budget:
    """Opened hosts weigh `host[B]` each and copies `copy[C, B]` (None: nothing): at most `most` in sum."""

    host: Floats
    copy: Floats | None
    most: float

    def scaled(self) -> Budget:
        """The same with a largest weight of 1, as LP solvers like it."""
        copy = 0.0 if self.copy is None else float(self.copy.max(initial=0.0))
        scale = max(float(self.host.max(initial=0.0)), copy) or 1.0
        return Budget(self.host / scale, None if self.copy is None else self.copy / scale, self.most / scale)


class Master:
    """The program in OR-Tools: GLOP, or SCIP where host counts are whole.

    Parameters
    ----------
    problem : Problem
    classes : Classes
    objective : str
        A goal that is a sum over hosts and copies, or `unplaced`: the copies of one priority that stay out.
    given : Given
    rank : int
        For `unplaced`: the index of the priority, the highest first.
    whole : bool
        Host counts are integers, and nothing can be bought out.
    """

    def __init__(
        self,
        problem: Problem,
        classes: Classes,
        objective: Objective,
        given: Given,
        *,
        rank: int = 0,
        whole: bool = False,
        most: Ints | None = None,
    ) -> None:
        from ortools.linear_solver import pywraplp

        self.problem, self.classes = problem, classes
        self.solver: Any = pywraplp.Solver.CreateSolver("SCIP" if whole else "GLOP")
        if not whole:  # columns and rows come later: the dual simplex mends its basis fastest
            self.solver.SetSolverSpecificParametersAsString("use_dual_simplex: true")
        self.solver.Objective().SetMinimization()
        self.infinity: float = self.solver.infinity()
        charge = Charge.of(problem, objective)
        self.unit = charge.largest
        self.price: Floats = charge.host / self.unit
        self.beside: Floats | None = None if charge.copy is None else charge.copy[classes.like] / self.unit
        self.least, self.most = problem.required, most_hosts(problem, classes) if most is None else most
        halves = {b for bins in classes.halves for b in bins}
        self.open = [
            self.solver.Var(float(low), float(high), whole and b not in halves, "")
            for b, (low, high) in enumerate(zip(self.least, self.most, strict=True))
        ]  # fmt: skip
        for bins in classes.halves if whole else ():
            together = self.solver.IntVar(0.0, float(self.most[list(bins)].sum()), "")
            self.solver.Add(self.solver.Sum([self.open[b] for b in bins]) == together)
        for variable, price in zip(self.open, self.price.tolist(), strict=True):
            self.solver.Objective().SetCoefficient(variable, price)
        self.at: list[dict[int, Any]] = [{} for _ in range(problem.bins)]
        self.present = np.zeros(classes.fits.shape, dtype=bool)
        self.budgets = [(budget, self._budget_row(budget)) for budget in budgets(problem, classes, given)]
        self._add_demand(objective, given, rank, whole)
        self.covers = [(cover, self._cover_row(cover)) for cover in classes.covers]
        self.domain_rows: list[DomainRows] = []
        self.lows: list[tuple[DomainRows, DomainRows, float, float]] = []
        self._of_class: dict[int, list[DomainRows]] = defaultdict(list)
        self._add_domains()
        self.rows: list[list[tuple[HostRow, Any]]] = [[] for _ in range(problem.bins)]
        self.limited = [_limited(problem, classes, b) for b in range(problem.bins)]
        for b, resources in enumerate(self.limited):
            for r in resources.tolist():
                size = np.where(classes.fits[:, b], classes.size[:, r], 0)
                self.add_row(HostRow.of(b, size, int(problem.capacity[b, r])))

    def _copies(self, c: int, cost: float, *rows: Any) -> Any:
        """Copies of a class; limited, as the dual simplex likes it, where demand never lets them come."""
        variable = self.solver.NumVar(0.0, 2.0 * float(self.classes.count[c]), "")
        if cost:
            self.solver.Objective().SetCoefficient(variable, cost)
        for row in rows:
            row.SetCoefficient(variable, 1.0)
        return variable

    def _budget_row(self, budget: Budget) -> Any:
        row = self.solver.RowConstraint(-self.infinity, budget.most, "")
        for b in np.flatnonzero(budget.host).tolist():
            row.SetCoefficient(self.open[b], float(budget.host[b]))
        return row

    def _add_demand(self, objective: Objective, given: Given, rank: int, whole: bool) -> None:
        """Rows of demand; per class what it costs to stay out (infinite: it may not)."""
        allowed = given.allowance(self.problem)
        cost = np.where(allowed != 0, 0.0, np.inf)
        if objective == "unplaced":
            allowed[rank:], cost[rank:], cost[rank] = -1, 0.0, 1.0
        self.stay_cost: Floats = cost[self.classes.rank]
        self.stays = {
            int(k): (float(allowed[k]), self.solver.RowConstraint(-self.infinity, float(allowed[k]), ""))
            for k in np.flatnonzero(allowed > 0)
        }
        self.demand = [self.solver.RowConstraint(float(n), float(n), "") for n in self.classes.count]
        self.bought_out: list[Any] = []
        self.staying: list[tuple[int, Any]] = []
        for c, row in enumerate(self.demand):
            k = int(self.classes.rank[c])
            if np.isfinite(self.stay_cost[c]):
                rows = [row, *([self.stays[k][1]] if k in self.stays else [])]
                self.staying.append((c, self._copies(c, float(self.stay_cost[c]), *rows)))
            if not whole:
                self.bought_out.append(self._copies(c, PENALTY, row))
                self.staying.append((c, self.bought_out[-1]))

    def _cover_row(self, cover: Cover) -> Any:
        row = self.solver.RowConstraint(cover.least, self.infinity, "")
        for b in np.flatnonzero(cover.host).tolist():
            row.SetCoefficient(self.open[b], float(cover.host[b]))
        for c, variable in self.staying:
            if cover.copy[c]:
                row.SetCoefficient(variable, float(cover.copy[c]))
        return row

    def _add_domains(self) -> None:
        for limit in self.classes.limits:
            if limit.level != HOST:
                column = self.problem.domain[:, limit.level]
                self._domain_row(limit.classes, limit.level, np.unique(column[column >= 0]), limit.most)
        for spread in self.classes.spreads:
            placed = not np.isfinite(self.stay_cost[spread.classes]).any()
            least, most = float(spread.least_low * placed), float(spread.most_low)
            low = self.solver.NumVar(least, most, "")
            upper = self._domain_row(spread.classes, spread.level, spread.domains, spread.skew)
            lower = self._domain_row(spread.classes, spread.level, spread.domains, 0, at_least=True)
            for row in (*upper.rows.values(), *lower.rows.values()):
                row.SetCoefficient(low, -1.0)
            if least:  # copies that are bought out are missing here
                missing = self.solver.NumVar(0.0, least, "")
                self.solver.Objective().SetCoefficient(missing, PENALTY)
                for row in lower.rows.values():
                    row.SetCoefficient(missing, 1.0)
            self.lows.append((upper, lower, least, most))

    def _domain_row(self, classes: Ints, level: int, domains: Ints, most: int, at_least: bool = False) -> DomainRows:
        low, high = (0.0, self.infinity) if at_least else (-self.infinity, float(most))
        rows = {d: self.solver.RowConstraint(low, high, "") for d in domains.tolist()}
        made = DomainRows(classes, level, rows, float(most), at_least)
        self.domain_rows.append(made)
        for c in classes.tolist():
            self._of_class[c].append(made)
        return made

    def add_columns(self, wanted: npt.NDArray[np.bool_]) -> None:
        """Let classes onto bin types: bool[C, B]."""
        new = wanted & self.classes.fits & ~self.present
        self.present |= new
        weighing = [(budget.copy, row) for budget, row in self.budgets if budget.copy is not None]
        weighing += [(cover.flow, row) for cover, row in self.covers if cover.flow is not None]
        for b in np.flatnonzero(new.any(axis=0)).tolist():
            members = np.flatnonzero(new[:, b])
            for c in members.tolist():
                inside = [rows.rows.get(int(self.problem.domain[b, rows.level])) for rows in self._of_class[c]]
                rows = [self.demand[c], *(row for row in inside if row is not None)]
                beside = 0.0 if self.beside is None else float(self.beside[c, b])
                self.at[b][c] = self._copies(c, beside, *rows)
                for copy, row in weighing:
                    if copy[c, b]:
                        row.SetCoefficient(self.at[b][c], float(copy[c, b]))
            for row, constraint in self.rows[b]:
                self._fill(row, constraint, set(members.tolist()))

    def add_row(self, row: HostRow) -> None:
        """Add a host row over the columns of its bin type; later columns join it."""
        constraint = self.solver.RowConstraint(-self.infinity, 0.0, "")
        constraint.SetCoefficient(self.open[row.bin], -row.room)
        self.rows[row.bin].append((row, constraint))
        self._fill(row, constraint, self.at[row.bin].keys())

    def _fill(self, row: HostRow, constraint: Any, classes: Iterable[int]) -> None:
        present = self.at[row.bin]
        inside = set(classes)
        for c, factor in zip(row.classes.tolist(), row.factor.tolist(), strict=True):
            if c in inside:
                constraint.SetCoefficient(present[c], factor)

    def hosts(self) -> Floats:
        """float64[B]: host counts of the last solve."""
        return np.array([variable.solution_value() for variable in self.open])

    def flow(self) -> Floats:
        """float64[C, B]: copies of classes on bin types in the last solve."""
        flow = np.zeros(self.classes.fits.shape)
        for b, present in enumerate(self.at):
            for c, variable in present.items():
                flow[c, b] = variable.solution_value()
        return flow


def most_hosts(problem: Problem, classes: Classes) -> Ints:
    """No plan needs more hosts of a bin type: one for each copy that fits, or may have to go there, and for room."""
    copies = classes.count @ classes.fits + sum(room.copies for room in problem.rooms)
    if classes.covers:
        spare = np.any([cover.host > 0 for cover in classes.covers], axis=0)
        copies = copies + spare * (classes.count.sum() * len(problem.extras.survivals))
    most: Ints = np.maximum(problem.required, np.minimum(problem.available, problem.required + copies))
    return most


def budgets(problem: Problem, classes: Classes, given: Given) -> list[Budget]:
    """Quotas, caps, and what earlier tiers have reached, scaled."""
    nothing = np.zeros(problem.bins)
    found = [Budget(quota.weight.astype(float), None, float(quota.most)) for quota in problem.quotas]
    for cap in problem.caps:
        weight = np.zeros(problem.fits.shape)
        weight[cap.items] = cap.weight
        found.append(Budget(nothing, weight[classes.like], float(cap.most)))
    for name, most in given.sums().items():
        charge = Charge.of(problem, name)
        copy = None if charge.copy is None else charge.copy[classes.like].astype(float)
        found.append(Budget(charge.host.astype(float), copy, float(most)))
    return [budget.scaled() for budget in found]


def _limited(problem: Problem, classes: Classes, b: int) -> Ints:
    """Resources that bind on a bin type: limited there, and asked for by some class that fits."""
    asked = (classes.fits[:, b, None] & (classes.size > 0)).any(axis=0)
    return np.flatnonzero((problem.capacity[b] < UNLIMITED) & asked)
