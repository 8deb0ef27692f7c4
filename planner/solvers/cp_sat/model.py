"""The exact model: copies of each item type on each of a few hosts of each bin type.

    x[i, s]     copies of item type i on slot s (the k-th host of a bin type)
    open[s]     whether the host is opened

Slots of one bin type are interchangeable, so they are opened in order and carry no more than the slot
before them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from models.topology import LEVELS
from planner.bounds.charge import Charge, Objective
from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.forms import HOST
from planner.solvers.cp_sat.slots import copies_per_host

Ints = npt.NDArray[np.int64]
MODELLED = frozenset({"unplaced", "hosts", "cost", "domains", "balance", "moves", "carbon"})
"""Goals that the model knows; plans are compared by the others, too, but not made for them."""


class Model:
    """A CP-SAT model of a problem with so many slots of each bin type.

    Attributes
    ----------
    slot : list of int
        The bin type of each slot.
    open : list of bool variables
    x : dict of (item, slot) to variable
        Only where the item fits.
    """

    def __init__(self, problem: Problem, offered: Ints) -> None:
        from ortools.sat.python import cp_model

        self.problem, self.cp_model = problem, cp_model
        self.model: Any = cp_model.CpModel()
        self.slot = [b for b in range(problem.bins) for _ in range(int(offered[b]))]
        self.open = [self.model.new_bool_var("") for _ in self.slot]
        most = copies_per_host(problem)
        self.most = {
            (i, s): int(most[i, b])
            for s, b in enumerate(self.slot)
            for i in np.flatnonzero((problem.count > 0) & (most[:, b] > 0)).tolist()
        }
        self.x = {place: self.model.new_int_var(0, high, "") for place, high in self.most.items()}
        self.on_slot: dict[int, list[int]] = defaultdict(list)
        self.of_item: dict[int, list[int]] = defaultdict(list)
        for i, s in self.x:
            self.on_slot[s].append(i)
            self.of_item[i].append(s)
        self._capacities()
        self._supply()
        self._order()

    def total(self, items: Sequence[int] | Ints, slots: Sequence[int]) -> Any:
        """Copies of `items` on `slots`, as a linear expression."""
        wanted = [self.x[i, s] for s in slots for i in map(int, items) if (i, s) in self.x]
        return self.cp_model.LinearExpr.sum(wanted)

    def weighed(self, items: Sequence[int] | Ints, weight: npt.NDArray[Any]) -> Any:
        """What copies of `items` weigh by `weight` [items, B], as a linear expression."""
        row = {int(i): k for k, i in enumerate(items)}
        found = [(x, int(weight[row[i], self.slot[s]])) for (i, s), x in self.x.items() if i in row]
        weighing = [(x, each) for x, each in found if each]
        return self.cp_model.LinearExpr.weighted_sum([x for x, _ in weighing], [each for _, each in weighing])

    def highest(self, items: Sequence[int] | Ints, slots: Sequence[int]) -> int:
        """An upper limit on `total`."""
        by_item = ((int(i), sum(self.most.get((int(i), s), 0) for s in slots)) for i in items)
        return sum(min(int(self.problem.count[i]), copies) for i, copies in by_item)

    def domains(self, level: int) -> dict[int, list[int]]:
        """Slots by domain of a level; at the host level each slot is its own. -1: in no domain of the level."""
        if level == HOST:
            return {s: [s] for s in range(len(self.slot))}
        found: dict[int, list[int]] = defaultdict(list)
        for s, b in enumerate(self.slot):
            found[int(self.problem.domain[b, level])].append(s)
        return found

    def load(self, s: int, r: int) -> Any:
        """What slot `s` carries of resource `r`, as a linear expression."""
        sizes = [(self.x[i, s], int(self.problem.size[i, r])) for i in self.on_slot[s]]
        asked = [(x, size) for x, size in sizes if size]
        return self.cp_model.LinearExpr.weighted_sum([x for x, _ in asked], [size for _, size in asked])

    def limited(self, b: int) -> list[int]:
        """Resources that a bin type limits."""
        return [int(r) for r in np.flatnonzero(self.problem.capacity[b] < UNLIMITED)]

    def _capacities(self) -> None:
        for i, slots in self.of_item.items():
            self.model.add(self.total([i], slots) <= int(self.problem.count[i]))
        for s, b in enumerate(self.slot):
            limited = self.limited(b)
            for r in limited:
                if self.problem.size[self.on_slot[s], r].any():
                    self.model.add(self.load(s, r) <= int(self.problem.capacity[b, r]) * self.open[s])
            for i in self.on_slot[s]:
                if not self.problem.size[i, limited].any():
                    self.model.add(self.x[i, s] <= self.most[i, s] * self.open[s])

    def _supply(self) -> None:
        for b in np.flatnonzero(self.problem.required).tolist():
            self.model.add(
                sum(self.open[s] for s, of in enumerate(self.slot) if of == b) >= int(self.problem.required[b])
            )
        for quota in self.problem.quotas:
            weights = [int(quota.weight[b]) for b in self.slot]
            self.model.add(self.cp_model.LinearExpr.weighted_sum(self.open, weights) <= int(quota.most))

    def _order(self) -> None:
        for s in range(1, len(self.slot)):
            if self.slot[s] == self.slot[s - 1]:
                self.model.add_implication(self.open[s], self.open[s - 1])
                self.model.add(self._key(s) <= self._key(s - 1))

    def _key(self, s: int) -> Any:
        return self.cp_model.LinearExpr.weighted_sum(
            [self.x[i, s] for i in self.on_slot[s]], [_weight(self.problem, i) for i in self.on_slot[s]]
        )

    def goal(self, goal: GoalTier) -> Any:
        """One of the goals in `MODELLED` but `unplaced`, as an expression to minimise; costs as solvers see them."""
        match goal.goal:
            case "domains" if goal.level != "host":
                return self._domains_used(LEVELS.index(goal.level))
            case "balance":
                return self._fullest()
            case "hosts" | "domains":
                return self._charged("hosts")
            case "cost":
                return self._charged("cost") + self.problem.fixed
            case "moves" | "carbon":
                return self._charged(goal.goal)
        raise ValueError(f"the exact model has no goal {goal}")

    def _charged(self, objective: Objective) -> Any:
        charge = Charge.of(self.problem, objective)
        hosts = self.cp_model.LinearExpr.weighted_sum(self.open, [int(charge.host[b]) for b in self.slot])
        return hosts if charge.copy is None else hosts + self.weighed(np.arange(self.problem.items), charge.copy)

    def unplaced(self, items: Sequence[int] | Ints) -> Any:
        """Copies of `items` that stay out."""
        placed = [self.x[i, s] for i in map(int, items) for s in self.of_item.get(i, ())]
        return int(self.problem.count[items].sum()) - self.cp_model.LinearExpr.sum(placed)

    def _domains_used(self, level: int) -> Any:
        used = []
        for domain, slots in self.domains(level).items():
            if domain >= 0:
                used.append(self.model.new_bool_var(""))
                for s in slots:
                    self.model.add_implication(self.open[s], used[-1])
        return self.cp_model.LinearExpr.sum(used)

    def _fullest(self) -> Any:
        share = self.model.new_int_var(0, 1_000_000, "")
        for s, b in enumerate(self.slot):
            for r in self.limited(b):
                if self.problem.capacity[b, r] > 0 and self.problem.size[self.on_slot[s], r].any():
                    self.model.add(self.load(s, r) * 1_000_000 <= int(self.problem.capacity[b, r]) * share)
        return share

    def hint(self, solution: Solution) -> None:
        """Begin the search from a solution."""
        free: dict[int, list[int]] = defaultdict(list)
        for s, b in reversed(list(enumerate(self.slot))):
            free[b].append(s)
        hosts = [(b, content) for b, times, content in solution.patterns() for _ in range(times)]
        hosts.sort(key=lambda host: -sum(n * _weight(self.problem, i) for i, n in host[1].items()))
        inside: dict[int, dict[int, int]] = {}
        for b, content in hosts:
            if not free[b]:
                return
            inside[free[b].pop()] = content
        for s, variable in enumerate(self.open):
            self.model.add_hint(variable, s in inside)
        for (i, s), variable in self.x.items():
            self.model.add_hint(variable, inside.get(s, {}).get(i, 0))

    def solution(self, value: Callable[[Any], int]) -> Solution:
        """Read a solution off the variables."""
        patterns = [
            (b, 1, {i: value(self.x[i, s]) for i in self.on_slot[s]})
            for s, b in enumerate(self.slot)
            if value(self.open[s])
        ]
        return Solution.of(patterns)


def _weight(problem: Problem, item: int) -> int:
    """By what slots of one bin type are ordered: the first resource that an item asks for."""
    asked = problem.size[item][problem.size[item] > 0]
    return int(asked[0]) if len(asked) else 1
