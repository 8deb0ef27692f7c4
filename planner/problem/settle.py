"""Who moves: equal replicas trade places until none moves where another of them could have stayed.

Where moves count, replicas that run on different hosts today are different item types. So a solver may
put one that runs on host A onto B and one that runs on B onto A. In words nobody has moved: a move is one
replica fewer on a host than runs there today. Trading changes no load and no form, and only lowers costs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.problem.names import Names
from planner.problem.problem import Problem
from planner.problem.solution import Solution

Ints = npt.NDArray[np.int64]


def settled(problem: Problem, names: Names, solution: Solution) -> Solution:
    """The solution after all trades between replicas that nothing but their hosts of today tells apart."""
    if problem.moving is None:
        return solution
    hosts = [(b, dict(content)) for b, times, content in solution.patterns() for _ in range(times)]
    at: dict[int, set[int]] = defaultdict(set)
    for h, (_, content) in enumerate(hosts):
        for item in content:
            at[item].add(h)
    trade = _Trade(problem, hosts, at, problem.count - solution.placed(problem.items), _homes(problem.moving))
    for group in _alike(names):
        for members in _of_equal_places(problem, group) if problem.extras.survivals else [group]:
            trade.within(members)
    return Solution.of((b, 1, content) for b, content in hosts)


def _homes(moving: npt.NDArray[np.bool_]) -> Ints:
    """int64[I]: the bin type that is the host where copies run today; -1 for those that never move."""
    return np.where(moving.any(axis=1), (~moving).argmax(axis=1), -1)


def _alike(names: Names) -> list[list[int]]:
    """Item types with replicas of one workload, joined over all workloads that share some."""
    group_of: dict[int, list[int]] = {}
    for item, parts in enumerate(names.parts):
        joined = [item]
        for group in {id(g): g for part in parts if (g := group_of.get(part.workload)) is not None}.values():
            joined += group
        for workload in {part.workload for i in joined for part in names.parts[i]}:
            group_of[workload] = joined
    return [sorted(group) for group in {id(group): group for group in group_of.values()}.values()]


def _of_equal_places(problem: Problem, group: list[int]) -> list[list[int]]:
    """A group in parts that may go to the same hosts: after a loss, it does not matter which of them stood there."""
    parts: dict[bytes, list[int]] = defaultdict(list)
    for item in group:
        parts[problem.fits[item].tobytes()].append(item)
    return list(parts.values())


@dataclass(frozen=True, eq=False)
class _Trade:
    """Hosts one by one with their contents, where each item type stands, how many copies of it are left out.

    Trades change all three.
    """

    problem: Problem
    hosts: list[tuple[int, dict[int, int]]]
    at: dict[int, set[int]]
    left: Ints
    home: Ints

    def within(self, group: list[int]) -> None:
        """Trade within a group of item types until nothing is won; each trade lowers the number of moves."""
        if len(group) == 1 or not (self.home[group] >= 0).any():
            return
        running = [i for i in group if self.home[i] >= 0]
        while any(trade(i, group) for trade in (self._swapped, self._returned, self._left_out) for i in running):
            pass

    def _swapped(self, i: int, group: list[int]) -> bool:
        """A copy that has moved and a guest on its host change places."""
        guests = self._guests(i, group)
        for away in self._away(i):
            for j, h in guests:
                if self._fits(i, h) and self._fits(j, away):
                    self._put(j, h, i)
                    self._put(i, away, j)
                    return True
        return False

    def _returned(self, i: int, group: list[int]) -> bool:
        """A copy that is left out stays on its host after all, in place of a guest that has moved there."""
        for j, h in self._guests(i, group):
            if self.left[i] > 0 and self.home[j] >= 0 and self._fits(i, h):
                self._put(j, h, i)
                self.left[j], self.left[i] = self.left[j] + 1, self.left[i] - 1
                return True
        return False

    def _left_out(self, i: int, group: list[int]) -> bool:
        """A copy that has moved is left out in place of one that runs nowhere yet."""
        for away in self._away(i):
            for j in group:
                if self.left[j] > 0 and self.home[j] < 0 and self._fits(j, away):
                    self._put(i, away, j)
                    self.left[j], self.left[i] = self.left[j] - 1, self.left[i] + 1
                    return True
        return False

    def _away(self, i: int) -> list[int]:
        """The hosts on which copies stand that have moved."""
        return sorted(h for h in self.at[i] if self.hosts[h][0] != self.home[i])

    def _guests(self, i: int, group: list[int]) -> list[tuple[int, int]]:
        """What stands on the host of an item type and does not run there today, with that host."""
        others = [j for j in group if self.home[j] != self.home[i]]
        return [(j, h) for j in others for h in sorted(self.at[j]) if self.hosts[h][0] == self.home[i]]

    def _fits(self, i: int, h: int) -> bool:
        return bool(self.problem.fits[i, self.hosts[h][0]])

    def _put(self, out: int, h: int, into: int) -> None:
        """On a host, one copy of an item type in place of one of another."""
        content = self.hosts[h][1]
        content[out] -= 1
        if not content[out]:
            del content[out]
            self.at[out].discard(h)
        content[into] = content.get(into, 0) + 1
        self.at[into].add(h)
