"""A plan dealt to two threads: disjoint sets of hosts, and of all that they share no more than each may use alone.

What binds hosts of both halves is frozen: each cell of a domain form gets a range that keeps the form whatever
the other half does within its own. What is left of quotas, caps and supply is halved.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.problem import UNLIMITED
from planner.solvers.search.arrays import APART, LIMIT, NEEDED, NEEDS, SPREAD, TOGETHER, Ints, Plan
from planner.solvers.search.books import Part, Rows, Supply, plan_of
from planner.solvers.search.count_kernel import count_broken
from planner.solvers.search.given import Case
from planner.solvers.search.pointer_kernel import point_at_given


def frozen(case: Case) -> Case:
    """The case in which groups in domains are bound by the ranges of their cells alone."""
    given = case.given._replace(group_kind=np.full_like(case.given.group_kind, LIMIT))
    return replace(case, given=given, pointer=point_at_given(given))


def deal(case: Case, plan: Plan, draw: np.random.Generator) -> tuple[Part, Part]:
    """Deal the hosts of a plan to two; the first gets what is still to be placed.

    Parameters
    ----------
    case : Case
        Frozen.
    """
    rows = Rows.now(plan)
    order = draw.permutation(len(rows.bin))
    half = len(order) // 2
    chosen = np.sort(order[:half]), np.sort(order[half:])
    used = [np.bincount(rows.bin[part], minlength=case.problem.bins) for part in chosen]
    lefts = plan.left.copy(), np.zeros_like(plan.left)
    spare = [np.maximum(0, have) for have in (plan.available - plan.used, plan.cap_left, plan.quota_left)]
    shares = _halves(spare[0]), _halves(spare[1]), _halves(spare[2])
    stay = np.minimum(plan.required, used[0])
    required = stay, np.maximum(0, plan.required - stay)
    seeds = draw.integers(2**31, size=2).tolist()
    parts: list[Part] = []
    for n in (0, 1):
        supply = Supply(used[n] + shares[0][n], required[n], shares[1][n], shares[2][n])
        parts.append(plan_of(case, rows.some(chosen[n]), lefts[n], supply, seeds[n]))
    for n, (part, _) in enumerate(parts):  # counted from nothing: what a half uses itself is its own beside its share
        part.cap_left[:], part.quota_left[:] = shares[1][n], shares[2][n]
        part.placed_near[:] = plan.placed_near  # what stands together on a host of the other half stays there
        part.tried[:], part.won[:] = plan.tried, plan.won
    _range_cells(case, plan, [part for part, _ in parts], int(draw.integers(2)))
    _share_rooms(plan, [part for part, _ in parts])
    for _, pointer in parts:
        count_broken(case.pointer, pointer)
    return parts[0], parts[1]


def _halves(amount: Ints) -> tuple[Ints, Ints]:
    return amount - amount // 2, amount // 2


def _range_cells(case: Case, plan: Plan, parts: list[Plan], turn: int) -> None:
    """Give each half the range of each cell within which it keeps the forms alone."""
    if not case.far:
        return
    more, less = _slack(case, plan, turn)
    for part, up, down in zip(parts, _halves(more), _halves(less), strict=True):
        part.most[:] = part.held + up
        part.least[:] = np.maximum(0, part.held - down)


def _slack(case: Case, plan: Plan, turn: int) -> tuple[Ints, Ints]:
    """int64[C] each: how many copies more, and how many less, each cell may hold while all other cells stay.

    `turn`: which of two groups that keep apart may enter empty domains, the first (1) or the second (0).
    """
    given, held = case.given, plan.held
    first, groups = given.group_cell, np.arange(len(case.far))
    of = np.repeat(groups, np.diff(first))
    kind = np.array([group.kind for group in case.far], dtype=np.int64)[of]
    mate = np.where(given.group_mate >= 0, given.group_mate, groups)
    begins = ((groups < mate) == bool(turn))[of]
    within = np.arange(len(held)) - first[of]
    other = held[first[mate[of]] + within]
    counted = given.counted & (kind == SPREAD)
    lowest = np.minimum.reduceat(np.where(counted, held, UNLIMITED), first[:-1])
    least = np.where(given.group_zero, 0, lowest)[of]
    free = np.full_like(held, 2 * UNLIMITED)
    enters = (held > 0) | ((other == 0) & begins) | (within == 0)
    more = np.select(
        [kind == LIMIT, kind == APART, kind == TOGETHER, kind == NEEDS, counted],
        [np.maximum(0, plan.most - held), np.where(enters, free, 0), np.where(held > 0, free, 0),
         np.where(other > 0, free, 0), np.maximum(0, least + given.group_skew[of] - held)],
        free,
    )  # fmt: skip
    needed = (kind == NEEDED) & (other > 0)
    return more, np.select([needed, counted], [np.maximum(0, held - 1), held - least], free)


def _share_rooms(plan: Plan, parts: list[Plan]) -> None:
    """Halve what kept room has beyond its need; where no host is in use yet, each half would keep it all."""
    more = np.maximum(0, plan.room_held - plan.room_need)
    for part, share in zip(parts, _halves(more), strict=True):
        part.room_need[:] = np.where(plan.room_hosts > 0, np.maximum(0, part.room_held - share), plan.room_need)
