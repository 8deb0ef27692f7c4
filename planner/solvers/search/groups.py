"""Forms as groups of item types: limited, apart, together, near or spread, on single hosts or in domains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.problem import UNLIMITED, Problem
from planner.problem.forms import HOST, Ints
from planner.solvers.search.arrays import APART, LIMIT, NEEDED, NEEDS, SPREAD, TOGETHER, Arrays


@dataclass
class Group:
    """Item types that a form treats alike.

    Attributes
    ----------
    level, kind : int
    items : int64 array
    mate : int
        The other group of the form, by its number; -1 for none.
    most, skew : int
    domains : int64 array
        The domains over which a spread is even.
    zero : bool
    """

    level: int
    kind: int
    items: Ints
    mate: int = -1
    most: int = UNLIMITED
    skew: int = 0
    domains: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    zero: bool = False


def groups_of(problem: Problem) -> tuple[list[Group], list[Group]]:
    """Groups bound on single hosts (but for limits of one item type), and those bound in domains."""
    near, far = list[Group](), list[Group]()

    def enter(*groups: Group) -> None:
        target = near if groups[0].level == HOST else far
        first = len(target)
        if len(groups) == 2:
            groups[0].mate, groups[1].mate = first + 1, first
        target.extend(groups)

    for limit in problem.limits:
        if limit.level != HOST or len(limit.items) > 1:
            enter(Group(limit.level, LIMIT, limit.items, most=limit.most))
    for apart in problem.apart:
        enter(Group(apart.level, APART, apart.a), Group(apart.level, APART, apart.b))
    for together in problem.together:
        enter(Group(together.level, TOGETHER, together.items))
    for form in problem.near:
        enter(Group(form.level, NEEDS, form.a), Group(form.level, NEEDED, form.b))
    for spread in problem.spreads:
        enter(
            Group(
                spread.level, SPREAD, spread.items, -1, UNLIMITED, spread.max_skew, spread.domains, spread.zero_minimum
            )
        )
    return near, far


def host_limits(problem: Problem) -> Ints:
    """int64[I]: copies of an item type on one host, `UNLIMITED` where nothing limits them."""
    most = np.full(problem.items, UNLIMITED, dtype=np.int64)
    for limit in problem.limits:
        if limit.level == HOST and len(limit.items) == 1:
            most[limit.items] = np.minimum(most[limit.items], limit.most)
    return most


def near_arrays(problem: Problem, near: list[Group]) -> Arrays:
    """Groups on single hosts as the kernels want them."""
    start, of = ragged(problem.items, [group.items for group in near])
    return {
        "near_start": start, "near_of": of, "near_kind": _ints(group.kind for group in near),
        "near_mate": _ints(group.mate for group in near), "near_most": _ints(group.most for group in near),
    }  # fmt: skip


def far_arrays(problem: Problem, far: list[Group]) -> Arrays:
    """Groups in domains, and their cells, as the kernels want them; levels in use include those of kept room."""
    levels = sorted({group.level for group in far} | {room.level for room in problem.rooms})
    start, of = ragged(problem.items, [group.items for group in far])
    cells = [int(problem.domain[:, group.level].max()) + 2 for group in far]
    first = np.cumsum([0, *cells], dtype=np.int64)
    counted = np.zeros(int(first[-1]), dtype=bool)
    for g, group in enumerate(far):
        counted[first[g] + 1 + group.domains] = True
    return {
        "group_start": start, "group_of": of, "group_kind": _ints(group.kind for group in far),
        "group_mate": _ints(group.mate for group in far), "group_skew": _ints(group.skew for group in far),
        "group_zero": np.array([group.zero for group in far], dtype=bool),
        "group_level": _ints(levels.index(group.level) for group in far), "group_cell": first,
        "domain": problem.domain[:, levels].T + 1, "counted": counted,
        **_room_arrays(problem, levels),
    }  # fmt: skip


def cell_limits(problem: Problem, far: Sequence[Group]) -> Ints:
    """int64[C]: what each cell may hold; outside of all domains there is no limit."""
    rows = []
    for group in far:
        most = np.full(int(problem.domain[:, group.level].max()) + 2, group.most, dtype=np.int64)
        most[0] = UNLIMITED
        rows.append(most)
    return np.concatenate([*rows, np.empty(0, dtype=np.int64)])


def _room_arrays(problem: Problem, levels: list[int]) -> Arrays:
    cells = [int(problem.domain[:, room.level].max()) + 2 for room in problem.rooms]
    bins = np.array([room.bins for room in problem.rooms], dtype=bool).reshape(-1, problem.bins)
    takes = np.array([problem.fits[room.item] for room in problem.rooms], dtype=bool).reshape(-1, problem.bins)
    return {
        "room_item": _ints(room.item for room in problem.rooms),
        "room_level": _ints(levels.index(room.level) for room in problem.rooms),
        "room_cell": np.cumsum([0, *cells], dtype=np.int64), "room_bins": bins, "room_takes": bins & takes,
    }  # fmt: skip


def ragged(rows: int, members: list[Ints]) -> tuple[Ints, Ints]:
    """For each row the lists that it is a member of: those from `start[row]` to `start[row + 1]`."""
    lists: dict[int, list[int]] = defaultdict(list)
    for number, items in enumerate(members):
        for row in set(items.tolist()):
            lists[row].append(number)
    start = np.cumsum([0, *(len(lists.get(row, ())) for row in range(rows))], dtype=np.int64)
    return start, _ints(number for row in sorted(lists) for number in lists[row])


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)
