"""Mirrors: whole hosts dealt over the domains that may be lost, and empty ones to which what they hold can go.

What a lost host held fits an empty one of its kind as it is, however tightly it was packed: nothing is packed anew,
and nothing wasted but by rounding. So the hosts of a plan that was packed without a thought of losses are dealt
over domains, and mirrors opened, by one integer program over counts of hosts:

    minimise   charge of the hosts that hold something, and of mirrors
    own        sum over b of own[g, b] = hosts of group g
    loss       sum over c of goes[z, g, c] = hosts of group g in z       for each domain z that may be lost
    mirrors    sum over g of goes[z, g, c] <= mirrors of kind c outside z
    supply     required <= own + mirrors <= available, quotas

A kind is the bin types that only domain and price tell apart; a group, the hosts of one kind whose
survivors fit the same kinds. Where one host is lost at a time, a mirror of any kind that takes it is
enough. Where forms bind domains, or copies cost beside their host, hosts stay where they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.problem import Problem, Solution
from planner.problem.extras import Survival
from planner.problem.forms import HOST, Ints
from planner.solvers.steered.charged import host_charge

Pattern = tuple[int, int, dict[int, int]]
TAKERS = 6
"""Kinds of mirrors for each group: its own, and the cheapest."""
NODES, GAP, SECONDS = 500, 1e-4, 3
"""The most nodes and seconds of the search, and the relative gap that ends it."""


@dataclass(frozen=True, eq=False)
class _Group:
    """Patterns of one kind of host whose survivors the same kinds of mirrors take."""

    kind: int
    takers: tuple[int, ...]
    patterns: list[Pattern] = field(default_factory=list)

    @property
    def hosts(self) -> int:
        """How many hosts have one of the patterns."""
        return sum(times for _, times, _ in self.patterns)


def mirrored(problem: Problem, solution: Solution, seconds: float = SECONDS) -> Solution | None:
    """The solution dealt over domains, with mirrors instead of its empty hosts; None where there is no such.

    Kept room is not asked for: an empty host may open a domain that has none. Whoever asks looks if the plan holds.

    Parameters
    ----------
    problem : Problem
        With survivals.
    solution : Solution
        Any packing; it need not survive anything.
    seconds : float
        The most for the integer program.
    """
    return _Program(problem, solution).solved(min(seconds, SECONDS)) if problem.extras.survivals else None


class _Program:
    """The integer program over a plan."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        from ortools.linear_solver import pywraplp

        self.problem = problem
        self.charge = host_charge(problem)
        self.kind = _kinds(problem)
        usable = (problem.available > 0) & problem.fits.any(axis=0)
        self.bins = [np.flatnonzero((self.kind == c) & usable).tolist() for c in range(self.kind.max(initial=-1) + 1)]
        self.groups, self.others = self._grouped(solution)
        self.solver: Any = pywraplp.Solver.CreateSolver("SCIP")
        self.solver.SetSolverSpecificParametersAsString(
            f"limits/nodes = {NODES}\nlimits/gap = {GAP}\nrandomization/randomseedshift = 0\n"
        )
        scale = float(self.charge.max(initial=1))
        self.weight = (self.charge / scale + 1e-6).tolist()
        self.own = [self._own(group) for group in self.groups]
        wanted = sorted({c for group in self.groups for c in group.takers})
        self.mirrors = {b: self._hosts(b) for c in wanted for b in self.bins[c]}
        for survival in problem.extras.survivals:
            self._add_losses(survival)
        self._add_supply()

    def solved(self, seconds: float) -> Solution | None:
        """The plan that the program says, if it found one."""
        self.solver.SetTimeLimit(max(1, int(seconds * 1000)))
        if self.solver.Solve() not in (self.solver.OPTIMAL, self.solver.FEASIBLE):
            return None
        dealt = [pattern for group, own in zip(self.groups, self.own, strict=True) for pattern in _dealt(group, own)]
        empty = [(b, round(hosts.solution_value()), dict[int, int]()) for b, hosts in self.mirrors.items()]
        return Solution.of([*self.others, *dealt, *empty])

    def _grouped(self, solution: Solution) -> tuple[list[_Group], list[Pattern]]:
        """Hosts with survivors by group, and all others that are not empty."""
        survives = np.any([survival.survives for survival in self.problem.extras.survivals], axis=0)
        groups: dict[tuple[int, tuple[int, ...]], _Group] = {}
        others: list[Pattern] = []
        for b, times, content in solution.patterns():
            held = {i: n for i, n in content.items() if survives[i]}
            if held:
                c = int(self.kind[b])
                takers = self._takers(c, held)
                groups.setdefault((c, takers), _Group(c, takers)).patterns.append((b, times, content))
            elif content:
                others.append((b, times, content))
        return list(groups.values()), others

    def _takers(self, kind: int, held: dict[int, int]) -> tuple[int, ...]:
        """The kinds of empty hosts that take some copies together: their own kind, and the cheapest others."""
        items = np.array(list(held), dtype=np.int64)
        load = np.array(list(held.values()), dtype=np.int64) @ self.problem.size[items]
        takes = np.all(self.problem.capacity >= load, axis=1) & np.all(self.problem.fits[items], axis=0)
        found = [c for c, bins in enumerate(self.bins) if bins and takes[bins[0]] and c != kind]
        found.sort(key=lambda c: (int(self.charge[self.bins[c]].min()), c))
        own = [kind] if self.bins[kind] else []
        return tuple(sorted([*own, *found[: TAKERS - len(own)]]))

    def _hosts(self, b: int, most: int | None = None) -> Any:
        most = int(min(self.problem.available[b], 10**6)) if most is None else most
        variable = self.solver.IntVar(0.0, float(most), "")
        self.solver.Objective().SetCoefficient(variable, self.weight[b])
        return variable

    def _own(self, group: _Group) -> dict[int, Any]:
        """Hosts of a group by bin type: as many as there are, on any bin type of its kind where they may move."""
        if _may_move(self.problem):
            own = {b: self._hosts(b, group.hosts) for b in self.bins[group.kind]}
            self.solver.Add(self.solver.Sum(list(own.values())) == group.hosts)
            return own
        fixed: dict[int, int] = defaultdict(int)
        for b, times, _ in group.patterns:
            fixed[b] += times
        own = {b: self._hosts(b, times) for b, times in fixed.items()}
        for b, variable in own.items():
            variable.SetLb(float(fixed[b]))
        return own

    def _add_losses(self, survival: Survival) -> None:
        """Whatever the survival lets be lost, each of its hosts has a mirror that stays."""
        lasting = [(g, group) for g, group in enumerate(self.groups) if self._affected(group, survival)]
        if survival.level == HOST:
            for _, group in lasting:
                self.solver.Add(self.solver.Sum([self.mirrors[b] for c in group.takers for b in self.bins[c]]) >= 1)
            return
        at = self.problem.domain[:, survival.level]
        for domain in self._domains(lasting, at):
            arriving: dict[int, list[Any]] = defaultdict(list)
            for g, group in lasting:
                lost = [variable for b, variable in self.own[g].items() if at[b] == domain]
                if not lost:
                    continue
                goes = {c: self.solver.NumVar(0.0, self.solver.infinity(), "") for c in group.takers}
                self.solver.Add(self.solver.Sum(list(goes.values())) >= self.solver.Sum(lost))
                for c, variable in goes.items():
                    arriving[c].append(variable)
            for c, variables in arriving.items():
                outside = [self.mirrors[b] for b in self.bins[c] if at[b] != domain]
                self.solver.Add(self.solver.Sum(outside) >= self.solver.Sum(variables))

    def _affected(self, group: _Group, survival: Survival) -> bool:
        return any(survival.survives[i] for _, _, content in group.patterns for i in content)

    def _domains(self, lasting: list[tuple[int, _Group]], at: Ints) -> list[int]:
        """Domains that may hold a host of some group."""
        return sorted({int(at[b]) for g, _ in lasting for b in self.own[g] if at[b] >= 0})

    def _add_supply(self) -> None:
        """As many hosts of each bin type as there are and must stay, and what quotas say."""
        used = np.zeros(self.problem.bins, dtype=np.int64)
        for b, times, _ in self.others:
            used[b] += times
        for b in np.flatnonzero(self.problem.required > used).tolist():
            if b not in self.mirrors:  # it takes nothing over, and stays all the same
                self.mirrors[b] = self._hosts(b, int(self.problem.required[b] - used[b]))
        hosts: dict[int, list[Any]] = defaultdict(list)
        for b, variable in self._variables():
            hosts[b].append(variable)
        for b, variables in hosts.items():
            least, most = int(self.problem.required[b] - used[b]), int(self.problem.available[b] - used[b])
            total = self.solver.Sum(variables)
            self.solver.Add(total <= most)
            if least > 0:
                self.solver.Add(total >= least)
        for quota in self.problem.quotas:
            terms = [int(quota.weight[b]) * variable for b, variables in hosts.items() for variable in variables]
            self.solver.Add(self.solver.Sum(terms) <= int(quota.most - quota.weight @ used))

    def _variables(self) -> Iterator[tuple[int, Any]]:
        for own in self.own:
            yield from own.items()
        yield from self.mirrors.items()


def _kinds(problem: Problem) -> Ints:
    """int64[B]: equal for bin types with the same room that the same item types fit."""
    rows = np.column_stack([problem.capacity, problem.fits.T.astype(np.int64)])
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _may_move(problem: Problem) -> bool:
    """Whether a host may change place with all that it holds, so that nothing but its charge changes."""
    bound = problem.has_domain_forms or problem.extras.soft or problem.extras.egress
    return not bound and problem.placing is None and problem.moving is None


def _dealt(group: _Group, own: dict[int, Any]) -> Iterator[Pattern]:
    """The patterns of a group on the bin types that the program chose: where they are, as far as that goes."""
    left = {b: round(variable.solution_value()) for b, variable in own.items()}
    moving: list[tuple[int, dict[int, int]]] = []
    for b, times, content in group.patterns:
        staying = min(times, left.get(b, 0))
        if staying:
            left[b] -= staying
            yield b, staying, content
        if times > staying:
            moving.append((times - staying, content))
    places = [[b, n] for b, n in left.items() if n]
    for times, content in moving:
        while times and places:
            b, n = places[-1]
            some = min(times, n)
            yield b, some, content
            times, places[-1][1] = times - some, n - some
            if not places[-1][1]:
                places.pop()
