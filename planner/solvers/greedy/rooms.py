"""Room that headroom keeps in every domain in use: asked for once a domain turns out to be used."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.forms import Room
from planner.solvers.greedy.lots import Lot, Unit
from planner.solvers.greedy.pack import Packed


@dataclass
class Rooms:
    """Which rooms in which domains packings must hold, learnt from one packing to the next.

    A domain that cannot hold its room is barred: nothing is placed on the rule's hosts there.
    """

    problem: Problem
    asked: set[tuple[int, int]] = field(default_factory=set)
    barred: set[tuple[int, int]] = field(default_factory=set)

    def narrowed(self) -> Problem:
        """The problem without the hosts in barred domains."""
        if not self.barred:
            return self.problem
        fits = self.problem.fits.copy()
        for n, domain in self.barred:
            room = self.problem.rooms[n]
            fits[:, (self.problem.domain[:, room.level] == domain) & room.bins] = False
        return replace(self.problem, fits=fits)

    def lots(self) -> list[Lot]:
        """The rooms asked for, as lots bound to their domains."""
        lots = []
        for n, domain in sorted(self.asked - self.barred):
            room = self.problem.rooms[n]
            here = (self.problem.domain[:, room.level] == domain) & room.bins
            lots.append(Lot(Unit(((room.item, 1),), room.copies), room.copies, here))
        return lots

    def learn(self, packed: Packed, short: list[Lot]) -> bool:
        """Ask for rooms in newly used domains, bar domains whose room found no place; True if any."""
        used = set(packed.bin[packed.pattern].tolist()) | set(np.flatnonzero(self.problem.required).tolist())
        newly = {
            (n, int(self.problem.domain[b, room.level]))
            for n, room in enumerate(self.problem.rooms)
            for b in used
            if room.bins[b]
        }
        full = {key for lot in short if (key := self._key(lot)) is not None}
        changed = not (newly <= self.asked and full <= self.barred)
        self.asked |= newly
        self.barred |= full
        return changed

    def _key(self, lot: Lot) -> tuple[int, int] | None:
        for n, room in enumerate(self.problem.rooms):
            if room.item == lot.unit.items[0] and lot.bins is not None:
                return n, int(self.problem.domain[lot.bins, room.level][0])
        return None

    def without(self, solution: Solution) -> Solution:
        """The solution without the kept room in it: the hosts stay, their room is free."""
        if not self.problem.rooms:
            return solution
        items = {room.item for room in self.problem.rooms}
        return Solution.of(
            (b, m, {i: n for i, n in content.items() if i not in items}) for b, m, content in solution.patterns()
        )

    def hold(self, solution: Solution) -> bool:
        """Whether every domain in use holds its room."""
        return all(not _short_of(self.problem, solution, room) for room in self.problem.rooms)


def opened_for(problem: Problem, solution: Solution) -> Solution:
    """The solution with empty hosts, the cheapest first, until its domains hold their rooms, as far as supply goes.

    Hosts that must stay are in use whatever is placed.
    """
    while found := next(
        ((room, short) for room in problem.rooms if (short := _short_of(problem, solution, room))), None
    ):
        room, short = found
        used = solution.bins_used(problem.bins)
        mends = problem.fits[room.item] & room.bins & np.isin(problem.domain[:, room.level], short)
        mends &= used < problem.available
        for quota in problem.quotas:
            mends &= quota.weight <= quota.most - int(quota.weight @ used)
        if not mends.any():
            break
        cheapest = int(np.where(mends, problem.price, UNLIMITED).argmin())
        solution = Solution.of([*solution.patterns(), (cheapest, 1, {})])
    return solution


def _short_of(problem: Problem, solution: Solution, room: Room) -> list[int]:
    """Domains in use that do not hold a room."""
    size = problem.size[room.item]
    asked = size > 0
    free = (problem.capacity[solution.bin] - solution.load(problem.size))[:, asked] // size[asked]
    counts = room.bins[solution.bin] & problem.fits[room.item, solution.bin]
    fitting = np.where(counts, np.maximum(free.min(axis=1, initial=2**40), 0), 0) * solution.multiplicity
    domains = problem.domain[solution.bin, room.level]
    used = np.unique(domains[room.bins[solution.bin]])
    return [domain for domain in used.tolist() if int(fitting[domains == domain].sum()) < room.copies]
