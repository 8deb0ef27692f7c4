"""Plans as the kernels' arrays: made from a solution, counted anew, and turned back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.problem import Problem, Solution
from planner.problem.forms import Ints
from planner.solvers.search.anneal_kernel import OPERATORS, STYLES, save
from planner.solvers.search.arrays import HOSTS, Plan, Small
from planner.solvers.search.count_kernel import recount
from planner.solvers.search.given import Case
from planner.solvers.search.groups import cell_limits
from planner.solvers.search.pointer_kernel import point_at_plan

SCRATCH = 64
"""Hosts that a move may change or open."""
CLOSED = 16
"""Hosts that a move may close."""
SLOTS = 128
"""Item types on a host beyond which the start must already have more."""


Part = tuple[Plan, Any]
"""A plan, and the pointer to it that kernels take."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Hosts one by one: bin types int[H], slots int[H], and item types and copies int[H, K]."""

    bin: Small
    slots: Small
    item: Small
    copies: Small

    @classmethod
    def of(cls, solution: Solution, width: int) -> Rows:
        """The hosts of a solution, its multiplicities spelt out, with at least `width` slots each."""
        slots = np.diff(solution.start)
        pattern = np.repeat(np.arange(len(solution.bin)), solution.multiplicity)
        own = slots[pattern]
        row = np.repeat(np.arange(len(pattern)), own)
        within = np.arange(int(own.sum())) - np.repeat(np.cumsum(own) - own, own)
        at = solution.start[pattern[row]] + within
        shape = len(pattern), max(width, int(slots.max(initial=0)))
        item, copies = np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
        item[row, within], copies[row, within] = solution.item[at], solution.copies[at]
        return cls(solution.bin[pattern].astype(np.int32), own.astype(np.int32), item, copies)

    @classmethod
    def best(cls, plan: Plan) -> Rows:
        """The best plan saved."""
        n = int(plan.best_hosts[0])
        return cls(plan.best_bin[:n], plan.best_slots[:n], plan.best_item[:n], plan.best_copies[:n])

    @classmethod
    def now(cls, plan: Plan) -> Rows:
        """The plan in hand."""
        n = int(plan.number[HOSTS])
        return cls(plan.bin[:n], plan.slots[:n], plan.item[:n], plan.copies[:n])

    def copy(self) -> Rows:
        """These hosts, whatever becomes of the plan."""
        return Rows(self.bin.copy(), self.slots.copy(), self.item.copy(), self.copies.copy())

    def some(self, rows: Ints) -> Rows:
        """Some of the hosts."""
        return Rows(self.bin[rows], self.slots[rows], self.item[rows], self.copies[rows])

    def beside(self, other: Rows) -> Rows:
        """These hosts and others."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in ("bin", "slots", "item", "copies"))
        return Rows(*(np.concatenate(pair) for pair in pairs))

    def solution(self) -> Solution:
        """A solution in which every host is a pattern of its own."""
        slots = self.slots.astype(np.int64)
        inside = np.arange(self.item.shape[1]) < slots[:, None]
        return Solution(
            bin=self.bin.astype(np.int64),
            multiplicity=np.ones(len(slots), dtype=np.int64),
            start=np.append(0, np.cumsum(slots)),
            item=self.item[inside].astype(np.int64),
            copies=self.copies[inside].astype(np.int64),
        )


@dataclass(frozen=True, eq=False)
class Supply:
    """What hosts in rows may use of what all share: int64 arrays as in `Plan`, for a plan still empty."""

    available: Ints
    required: Ints
    caps: Ints
    quotas: Ints

    @classmethod
    def of(cls, problem: Problem) -> Supply:
        """All there is."""
        caps = np.array([cap.most for cap in problem.caps], dtype=np.int64)
        return cls(problem.available, problem.required, caps, problem.quota_most)


def plan_of(case: Case, rows: Rows, left: Ints, supply: Supply, seed: int) -> Part:
    """The arrays of a plan with all its books, and a pointer to them.

    Parameters
    ----------
    left : int64[I]
        Copies that are to be placed beside those in the rows.
    """
    problem, given = case.problem, case.given
    hosts, width = len(rows.bin), rows.item.shape[1]
    most = hosts + hosts // 4 + 2 * SCRATCH + _hosts_for(case, left)
    cells, kept = int(given.group_cell[-1]), int(given.room_cell[-1])
    need = np.repeat([room.copies for room in problem.rooms], np.diff(given.room_cell))
    pool = min(problem.items, CLOSED * width) + max(width, SCRATCH)  # room for one more host, whatever is in it
    kinds = len(problem.resources)

    def whole(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    def small(*shape: int) -> Small:
        return np.zeros(shape, dtype=np.int32)

    plan = Plan(
        bin=small(most), slots=small(most), item=small(most, width), copies=small(most, width),
        free=whole(most, kinds), left=whole(problem.items), waiting=whole(problem.items),
        seat=np.full(problem.items, -1), used=whole(problem.bins), available=supply.available.copy(),
        required=supply.required.copy(), held=whole(cells), least=whole(cells),
        most=cell_limits(problem, case.far), placed=whole(len(case.far)),
        placed_near=whole(len(given.near_kind)), cap_left=supply.caps.copy(),
        quota_left=supply.quotas.copy(), room_held=whole(kept), room_hosts=whole(kept),
        room_need=need.astype(np.int64), goal_hosts=whole(int(given.goal_domain.max(initial=-1)) + 1),
        reserved=whole(len(problem.rooms)), best_bin=small(most), best_slots=small(most),
        best_item=small(most, width), best_copies=small(most, width), best_hosts=whole(1),
        pool_item=whole(pool), pool_copies=whole(pool), pool_key=np.zeros(pool), asked=whole(kinds),
        total=whole(kinds), order=whole(pool), order_noise=np.zeros(pool), entry=np.full(problem.items, -1),
        origin=whole(SCRATCH), closed=whole(CLOSED), mark=whole(most), number=whole(8), value=np.zeros(5),
        random=np.array([_state(seed)], dtype=np.uint64),
        tried=np.ones(OPERATORS + STYLES), won=np.ones(OPERATORS + STYLES), odds=np.ones(OPERATORS + STYLES),
    )  # fmt: skip
    plan.bin[:hosts], plan.slots[:hosts], plan.item[:hosts], plan.copies[:hosts] = (
        rows.bin,
        rows.slots,
        rows.item,
        rows.copies,
    )
    pointer = point_at_plan(plan)
    recount(case.pointer, pointer, left, hosts)
    save(pointer)
    return plan, pointer


def _hosts_for(case: Case, left: Ints) -> int:
    """Hosts that copies left out may need: twice those that their sizes ask for."""
    given = case.given
    share = (given.size.T @ left) / np.maximum(1, np.median(given.capacity, axis=0))
    return min(int(left.sum()), int(2 * share.max(initial=0.0)))


def whole_plan(case: Case, solution: Solution, seed: int) -> Part:
    """The plan of a solution of the whole problem."""
    left = case.problem.count - solution.placed(case.problem.items)
    return plan_of(case, Rows.of(solution, most_slots(case)), left, Supply.of(case.problem), seed)


def _state(seed: int) -> int:
    """A random state for a seed, never 0 (splitmix64)."""
    x = (seed + 1) * 0x9E3779B97F4A7C15 % 2**64
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
    return (x ^ (x >> 31)) or 1


def most_slots(case: Case) -> int:
    """Item types that a host can need a slot for: no more than the smallest copies that fit at all."""
    smallest = case.given.size.min(axis=0, initial=1)
    asked = smallest > 0
    fitting = (case.given.capacity[:, asked] // smallest[asked]).min(axis=1, initial=SLOTS) if asked.any() else [SLOTS]
    return max(1, min(case.problem.items, SLOTS, int(np.max(fitting))))


def joined(solution: Solution) -> Solution:
    """The solution with equal patterns as one."""
    return Solution.of(solution.patterns())
