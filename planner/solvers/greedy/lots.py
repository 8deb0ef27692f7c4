"""Lots: copies of item types that are placed as one, bound to the domains chosen for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.kinds import item_kinds
from planner.problem import Problem
from planner.problem.forms import HOST, Ints

Bools = npt.NDArray[np.bool_]
FREE = 2**40
"""No limit on the copies of a lot on one host."""


@dataclass(frozen=True)
class Unit:
    """What goes onto one host as a whole: most often one copy of one item type.

    Attributes
    ----------
    content : tuple of (item type, copies)
    count : int
        How many such units there are.
    """

    content: tuple[tuple[int, int], ...]
    count: int

    @property
    def items(self) -> tuple[int, ...]:
        """Item types inside."""
        return tuple(item for item, _ in self.content)


@dataclass(frozen=True, eq=False)
class Lot:
    """Units bound to the bin types of `bins` (a cell of domains), or free to go anywhere (None)."""

    unit: Unit
    count: int
    bins: Bools | None = None


@dataclass(frozen=True, eq=False)
class Packing:
    """Lots as kernel arrays; lots that nothing tells apart share a row.

    Attributes
    ----------
    size : int64[K, R]
    count, most : int64[K]
    fits : bool[K, B]
    behind : tuple of tuple of Lot, length K
    group_start, group_of, group_most, member, clash_start, clash_of
        Limits and clashes on one host, as the kernels want them.
    """

    size: Ints
    count: Ints
    most: Ints
    fits: Bools
    behind: tuple[tuple[Lot, ...], ...]
    group_start: Ints
    group_of: Ints
    group_most: Ints
    member: Ints
    clash_start: Ints
    clash_of: Ints

    @property
    def contents(self) -> list[tuple[tuple[int, int], ...]]:
        """What one unit of each row holds: equal in size and cost for all lots behind it."""
        return [behind[0].unit.content for behind in self.behind]

    @property
    def host_forms(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        """Limits and clashes in the kernels' order."""
        return self.group_start, self.group_of, self.group_most, self.member, self.clash_start, self.clash_of


def bundle(problem: Problem) -> list[Unit]:
    """Units of the problem: item types, and bundles of what must share a host.

    All copies that stand together on one host are one unit. Where `a` needs a `b` on its host, the
    copies of `a` are dealt out to the units that hold a `b`, as evenly as possible.
    """
    together = {int(i): form.items for form in problem.together if form.level == HOST for i in form.items}
    units: list[Unit] = []
    done: set[int] = set()
    for i, count in enumerate(problem.count.tolist()):
        if i in done or not count:
            continue
        group = [int(j) for j in together.get(i, [i])]
        done.update(group)
        if i in together:
            units.append(Unit(tuple((j, int(problem.count[j])) for j in group if problem.count[j]), 1))
        else:
            units.append(Unit(((i, 1),), count))
    pending = [(set(form.a.tolist()), set(form.b.tolist())) for form in problem.near if form.level == HOST]
    while pending:
        needing = {i for a, _ in pending for i in a}
        ready = next((pair for pair in pending if not pair[1] & needing), pending[0])
        pending.remove(ready)
        units = _deal(problem, units, *ready)
    return units


def _deal(problem: Problem, units: list[Unit], needing: set[int], needed: set[int]) -> list[Unit]:
    """Deal units that need others out to the units that hold one of those; those that none takes stay alone."""
    riders = [unit for unit in units if needing & set(unit.items) and not needed & set(unit.items)]
    carriers = [unit for unit in units if needed & set(unit.items)]
    others = [unit for unit in units if unit not in riders and unit not in carriers]
    for rider in riders:
        places = sum(carrier.count for carrier in carriers)
        each, more = divmod(rider.count, max(places, 1))
        left = rider.count
        dealt: list[Unit] = []
        for carrier in carriers:
            richer = min(more, carrier.count)
            more -= richer
            for times, count in ((each + 1, richer), (each, carrier.count - richer)):
                taken = _most(problem, carrier, rider, times) if count else 0
                dealt.append(_joined(carrier, rider, taken, count))
                left -= taken * count
        carriers = [unit for unit in dealt if unit.count]
        if left:
            others.append(Unit(rider.content, left))
    return [*others, *carriers]


def _most(problem: Problem, carrier: Unit, rider: Unit, times: int) -> int:
    """How many riders, up to `times`, one host takes beside a carrier."""
    return next((n for n in range(times, 0, -1) if _stands(problem, _joined(carrier, rider, n, 1))), 0)


def _stands(problem: Problem, unit: Unit) -> bool:
    """Whether some host takes a unit and no form on single hosts keeps its items apart."""
    inside = dict(unit.content)
    size = sum(problem.size[i] * n for i, n in inside.items())
    takes = np.logical_and.reduce([problem.fits[i] for i in inside]) & (size <= problem.capacity).all(axis=1)
    limits = [form for form in problem.limits if form.level == HOST]
    apart = [form for form in problem.apart if form.level == HOST]
    return (
        bool(takes.any())
        and all(sum(inside.get(int(i), 0) for i in form.items) <= form.most for form in limits)
        and not any(set(form.a) & inside.keys() and set(form.b) & inside.keys() for form in apart)
    )


def _joined(carrier: Unit, rider: Unit, times: int, count: int) -> Unit:
    content: dict[int, int] = dict(carrier.content)
    for item, copies in rider.content:
        content[item] = content.get(item, 0) + copies * times
    return Unit(tuple((item, copies) for item, copies in content.items() if copies), count)


def along_flow(problem: Problem, lots: list[Lot], flow: npt.NDArray[np.float64]) -> list[Lot]:
    """Bind whole copies to the bin types that the relaxation puts them on; the rest stays free.

    The relaxation gives each bin type shapes that fill it evenly in all resources. Returns nothing
    where it has no flow.

    Parameters
    ----------
    flow : float64[I, B]
    """
    cut: list[Lot] = []
    alone = np.eye(problem.bins, dtype=bool)
    for lot in lots:
        share = flow[lot.unit.items[0]] * (1 if lot.bins is None else lot.bins)
        share = np.where(np.logical_and.reduce([problem.fits[i] for i in lot.unit.items]), share, 0)
        if share.sum() <= 0:
            cut.append(lot)
            continue
        whole = np.floor(lot.count * share / share.sum() + 1e-9).astype(np.int64)
        cut.extend(Lot(lot.unit, int(whole[b]), alone[b]) for b in np.flatnonzero(whole).tolist())
        if lot.count > whole.sum():
            cut.append(Lot(lot.unit, lot.count - int(whole.sum()), lot.bins))
    return cut if len(cut) > len(lots) else []


def packing(problem: Problem, lots: list[Lot]) -> Packing:
    """Bring lots into kernel arrays, merging those that are equal in size, places, costs and host forms."""
    limits = [form for form in problem.limits if form.level == HOST]
    clashes = [form for form in problem.apart if form.level == HOST]
    limited: dict[int, list[int]] = defaultdict(list)
    for f, limit in enumerate(limits):
        for i in limit.items.tolist():
            limited[i].append(f)
    sided: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for f, clash in enumerate(clashes):
        for i in clash.a.tolist():
            sided[i].append((f, "a"))
        for i in clash.b.tolist():
            sided[i].append((f, "b"))
    meeting, kinds = _meeting(problem, lots), item_kinds(problem)
    rows: dict[tuple[object, ...], list[Lot]] = defaultdict(list)
    facts: dict[tuple[object, ...], tuple[Ints, Bools, int, dict[int, int], frozenset[tuple[int, str]]]] = {}
    for lot in lots:
        size = sum((problem.size[i] * n for i, n in lot.unit.content), np.zeros(len(problem.resources), np.int64))
        fits = np.logical_and.reduce([problem.fits[i] for i in lot.unit.items])
        if lot.bins is not None:
            fits = fits & lot.bins
        groups: dict[int, int] = defaultdict(int)
        for i, n in lot.unit.content:
            for f in limited[i]:
                groups[f] += n
        own = [f for f in groups if len(limits[f].items) == 1 and int(limits[f].items[0]) not in meeting]
        most = min((limits[f].most // groups.pop(f) for f in own), default=FREE)
        if lot.count <= most:
            most = FREE
        sides = frozenset(side for i in lot.unit.items for side in sided[i])
        if any((f, "b") in sides for f, side in sides if side == "a"):
            fits = np.zeros_like(fits)  # its own items may not share a host
        apart = None if most == FREE else id(lot)
        kind = tuple(sorted((int(kinds[i]), n) for i, n in lot.unit.content)) if kinds.any() else ()
        key = (size.tobytes(), fits.tobytes(), apart, tuple(sorted(groups.items())), sides, kind)
        rows[key].append(lot)
        facts[key] = (size, fits, most, dict(groups), sides)
    order = list(rows)
    groups_of = [facts[key][3] for key in order]
    sides_of = [facts[key][4] for key in order]
    clash_sets = [_clashing(k, sides_of) for k in range(len(order))]
    member = np.zeros((len(limits), len(order)), dtype=np.int64)
    for k, groups_here in enumerate(groups_of):
        for f, weight in groups_here.items():
            member[f, k] = weight
    group_start, group_of = _ragged([sorted(groups_here) for groups_here in groups_of])
    clash_start, clash_of = _ragged(clash_sets)
    bins = problem.bins
    return Packing(
        size=np.array([facts[key][0] for key in order], dtype=np.int64).reshape(len(order), len(problem.resources)),
        count=np.array([sum(lot.count for lot in rows[key]) for key in order], dtype=np.int64),
        most=np.array([facts[key][2] for key in order], dtype=np.int64),
        fits=np.array([facts[key][1] for key in order], dtype=bool).reshape(len(order), bins),
        behind=tuple(tuple(rows[key]) for key in order),
        group_start=group_start,
        group_of=group_of,
        group_most=np.array([limit.most for limit in limits], dtype=np.int64),
        member=member,
        clash_start=clash_start,
        clash_of=clash_of,
    )


def _meeting(problem: Problem, lots: list[Lot]) -> set[int]:
    """Item types of which several lots may share a host: a limit on them counts the copies of all."""
    cover = np.zeros((problem.items, problem.bins), dtype=np.int64)
    for lot in lots:
        for i in lot.unit.items:
            cover[i] += 1 if lot.bins is None else lot.bins
    return set(np.flatnonzero((cover > 1).any(axis=1)).tolist())


def _clashing(k: int, sides_of: list[frozenset[tuple[int, str]]]) -> list[int]:
    against = {(f, "b" if side == "a" else "a") for f, side in sides_of[k]}
    return [other for other, sides in enumerate(sides_of) if sides & against] if against else []


def _ragged(rows: list[list[int]]) -> tuple[Ints, Ints]:
    start = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return start, np.array([value for row in rows for value in row], dtype=np.int64)
