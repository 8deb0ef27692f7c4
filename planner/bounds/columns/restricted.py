"""The restricted master: the linear program over the patterns known so far (GLOP, one thread).

    minimise   sum_p charge[p] x[p] + sum_c stay[c] u[c] + PENALTY * e
    demand     sum_p copies[p, c] x[p] + u[c] + e[c] >= count[c]     for each class c
    stays      sum of u over a priority <= what may stay out
    supply     required[k] <= sum of x on kind k <= available[k]
    linking    budgets, limits and spreads over domains: `linking.py`

P. C. Gilmore, R. E. Gomory, "A linear programming approach to the cutting-stock problem", 1961.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.bounds.classes import Classes
from planner.bounds.columns.hosts import Hosts
from planner.bounds.columns.linking import Linking
from planner.bounds.given import Given
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
WARM, COLD = "use_preprocessing: false", "use_preprocessing: true"
"""Going on from the last basis, and from scratch where that got lost."""
PENALTY = 3.0
"""Of a copy for which no known pattern has room, in units of the dearest host."""


@dataclass(frozen=True, eq=False)
class Duals:
    """One number for each row: `demand` float64[C] >= 0, `stays` float64[ranks] <= 0, `linking` float64[N]."""

    demand: Floats
    stays: Floats
    linking: Floats

    def towards(self, other: Duals, share: float) -> Duals:
        """The point at `share` of the way to other duals: its signs are right where both have them."""
        return Duals(
            self.demand + share * (other.demand - self.demand),
            self.stays + share * (other.stays - self.stays),
            self.linking + share * (other.linking - self.linking),
        )


@dataclass(frozen=True, eq=False)
class Pattern:
    """The content of a host of a kind: classes int64[] with copies int64[]."""

    kind: int
    classes: Ints
    copies: Ints

    @property
    def key(self) -> tuple[int, bytes, bytes]:
        """Equal for equal patterns."""
        return self.kind, self.classes.tobytes(), self.copies.tobytes()


class Restricted:
    """The program in OR-Tools; patterns are added one by one.

    With `whole`, patterns are used a whole number of times (SCIP). With `ties` float64[C, J], rows of demand are sums
    over classes with these weights, and the duals of classes the same sums over rows: see `ties.py`.
    """

    def __init__(
        self,
        problem: Problem,
        classes: Classes,
        hosts: Hosts,
        linking: Linking,
        given: Given,
        *,
        whole: bool = False,
        ties: Floats | None = None,
    ) -> None:
        from ortools.linear_solver import pywraplp

        self.classes, self.hosts, self.linking = classes, hosts, linking
        self.solver: Any = pywraplp.Solver.CreateSolver("SCIP" if whole else "GLOP")
        self.whole, self.ties = whole, ties
        self.infinity: float = self.solver.infinity()
        self.solver.Objective().SetMinimization()
        self.unit = float(hosts.charge.max(initial=0.0)) or 1.0
        self.patterns: list[Pattern] = []
        self.known: set[tuple[int, bytes, bytes]] = set()
        self.uses: list[Any] = []
        self.used = np.zeros(0)
        allowed = given.allowance(problem)[classes.rank] if classes.number else np.zeros(0)
        self.may_stay = allowed != 0
        self.stay_cost = -hosts.cheapest
        self.most_stay = given.allowance(problem).astype(float)
        self._add_rows()

    def _add_rows(self) -> None:
        row = self.solver.RowConstraint
        count = self.classes.count if self.ties is None else self.classes.count @ self.ties
        self.demand = [row(float(n), self.infinity, "") for n in count]
        self.stays = [row(-self.infinity, n if n >= 0 else self.infinity, "") for n in self.most_stay.tolist()]
        for demand in self.demand:
            self._variable(PENALTY, [(demand, 1.0)])
        for c in np.flatnonzero(self.may_stay).tolist():
            ends = [*self._met(np.array([c]), np.ones(1)), (self.stays[int(self.classes.rank[c])], 1.0)]
            self._variable(float(self.stay_cost[c]) / self.unit, ends, float(self.classes.count[c]))
        supply = zip(self.hosts.required.tolist(), self.hosts.available.tolist(), strict=True)
        self.supply = [row(float(least), float(most), "") for least, most in supply]
        self.rows = [row(0.0 if r.at_least else -self.infinity, self.infinity if r.at_least else r.most, "")
                     for r in self.linking.rows]  # fmt: skip
        lows = [self._variable(0.0, [], most) for most in self.linking.lows.tolist()]
        for made, r in zip(self.rows, self.linking.rows, strict=True):
            if r.low >= 0:
                made.SetCoefficient(lows[r.low], -1.0)
        for k in np.flatnonzero(self.hosts.required).tolist():
            self.add(Pattern(k, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)))

    def _variable(
        self, cost: float, ends: list[tuple[Any, float]], most: float = math.inf, *, whole: bool = False
    ) -> Any:
        variable = self.solver.Var(0.0, most, whole, "")
        if cost:
            self.solver.Objective().SetCoefficient(variable, cost)
        for row, factor in ends:
            row.SetCoefficient(variable, factor)
        return variable

    def _met(self, classes: Ints, copies: npt.NDArray[Any]) -> list[tuple[Any, float]]:
        """Rows of demand with what copies of classes give to each."""
        if self.ties is None:
            return [(self.demand[c], float(n)) for c, n in zip(classes, copies, strict=True)]
        given = copies @ self.ties[classes]
        return [(self.demand[j], float(given[j])) for j in np.flatnonzero(given)]

    def copies(self) -> Ints:
        """int64[P, C]: the content of each pattern."""
        content = np.zeros((len(self.patterns), self.classes.number), dtype=np.int64)
        for p, pattern in enumerate(self.patterns):
            content[p, pattern.classes] = pattern.copies
        return content

    def best_known(self, value: Floats) -> Floats:
        """float64[K]: what the best pattern of each kind is worth at values float64[K, C]; 0 where there is none."""
        best = np.zeros(self.hosts.number)
        if self.patterns:
            kind = np.array([pattern.kind for pattern in self.patterns])
            inside = np.repeat(np.arange(len(kind)), [len(pattern.classes) for pattern in self.patterns])
            classes = np.concatenate([pattern.classes for pattern in self.patterns])
            copies = np.concatenate([pattern.copies for pattern in self.patterns])
            worth = np.bincount(inside, weights=value[kind[inside], classes] * copies, minlength=len(kind))
            np.maximum.at(best, kind, worth)
        return best

    def add(self, pattern: Pattern) -> bool:
        """Take a pattern in; False if it is known."""
        if pattern.key in self.known:
            return False
        self.known.add(pattern.key)
        self.patterns.append(pattern)
        copies = np.zeros(self.classes.number, dtype=np.int64)
        copies[pattern.classes] = pattern.copies
        ends = [(self.supply[pattern.kind], 1.0)]
        ends += self._met(pattern.classes, pattern.copies)
        ends += [(self.rows[n], weight) for n, weight in self.linking.weights(pattern.kind, copies)]
        self.uses.append(self._variable(self.charge(pattern) / self.unit, ends, whole=self.whole))
        return True

    def charge(self, pattern: Pattern) -> float:
        """What a host with the pattern counts in the objective, copies above their cheapest place."""
        beside = 0.0
        if self.hosts.beside is not None:
            beside = float(self.hosts.beside[pattern.classes, pattern.kind] @ pattern.copies)
        return float(self.hosts.charge[pattern.kind]) + beside

    @property
    def base(self) -> float:
        """What copies count at their cheapest places, which the program's value is beside."""
        return float(self.hosts.cheapest @ self.classes.count)

    def solve(self, seconds: float = math.inf) -> float | None:
        """The value in the objective's units, or None where the solver gives up."""
        if math.isfinite(seconds):
            self.solver.SetTimeLimit(max(1, int(seconds * 1000)))
        for parameters in (WARM, COLD):
            self.solver.SetSolverSpecificParametersAsString(parameters)
            if self.solver.Solve() == self.solver.OPTIMAL:
                self.used = np.array([variable.solution_value() for variable in self.uses])
                return float(self.solver.Objective().Value()) * self.unit + self.base
        return None

    def duals(self) -> Duals:
        """Duals of the last solve, of the right signs, in the objective's units."""
        demand = np.array([max(0.0, row.dual_value()) for row in self.demand])
        demand = demand if self.ties is None else self.ties @ demand
        stays = np.array([min(0.0, row.dual_value()) for row in self.stays])
        linking = [
            (max if r.at_least else min)(0.0, row.dual_value())
            for row, r in zip(self.rows, self.linking.rows, strict=True)
        ]
        return Duals(demand * self.unit, stays * self.unit, np.array(linking) * self.unit)

    def supply_duals(self) -> Floats:
        """float64[K]: what one more host of each kind is worth in the last solve, in the objective's units."""
        return np.array([row.dual_value() for row in self.supply]) * self.unit

    def fix(self, least: Ints) -> None:
        """Use each pattern at least so often: int64[P'], those that came later at least never."""
        for p, variable in enumerate(self.uses):
            variable.SetLb(float(least[p]) if p < len(least) else 0.0)

    def weights(self) -> Floats:
        """float64[P]: how often each pattern is used in the last solve; 0 for those that came later."""
        return np.concatenate([self.used, np.zeros(len(self.patterns) - len(self.used))])
