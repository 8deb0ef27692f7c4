"""Lots: copies of item types that are placed as one, bound to the domains chosen for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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

    @cached_property
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
    """Lots as rows of arrays; lots that nothing tells apart share a row.

    Attributes
    ----------
    size : int64[K, R]
    count : int64[K]
    most : int64[K]
        Copies on one host; a row with a limit has one lot.
    fits : bool[K, B]
    pile : int64[K]
        Equal numbers for rows that nothing but their lots and their limit tells apart.
    behind : tuple of tuple of Lot, length K
    group_start, group_of, group_weight, group_most
        Limits on several rows on one host: row k is in groups group_of[group_start[k]:group_start[k+1]], in
        which a copy counts group_weight[e].
    clash_start, clash_of
        Rows that may not share a host with row k, alike.
    """

    size: Ints
    count: Ints
    most: Ints
    fits: Bools
    pile: Ints
    behind: tuple[tuple[Lot, ...], ...]
    group_start: Ints
    group_of: Ints
    group_weight: Ints
    group_most: Ints
    clash_start: Ints
    clash_of: Ints

    @property
    def member(self) -> Ints:
        """int64[G, K]: what a copy of each row counts in each group."""
        table = np.zeros((len(self.group_most), len(self.count)), dtype=np.int64)
        table[self.group_of, np.repeat(np.arange(len(self.count)), np.diff(self.group_start))] = self.group_weight
        return table


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


def packing(problem: Problem, lots: list[Lot]) -> Packing:
    """Bring lots into arrays, merging those that are equal in size, places, costs, priority and host forms."""
    units, unit_of = _distinct([lot.unit for lot in lots])
    masks, place_of = _distinct([lot.bins for lot in lots])
    count = np.array([lot.count for lot in lots], dtype=np.int64)
    facts = _Facts(problem, units, _meeting(problem, units, unit_of, masks, place_of))
    known, place = np.unique(facts.places[unit_of] * len(masks) + place_of, return_inverse=True)
    table = np.zeros((len(known), problem.bins), dtype=bool)
    for n, (fits, mask) in enumerate(np.column_stack(np.divmod(known, max(1, len(masks)))).tolist()):
        table[n] = facts.fits[fits] if masks[mask] is None else facts.fits[fits] & masks[mask]
    table, alike = np.unique(table, axis=0, return_inverse=True)
    place = alike.reshape(-1)[place.reshape(-1)]
    most = np.where(count <= facts.most[unit_of], FREE, facts.most[unit_of])
    pile = facts.kind[unit_of] * len(table) + place
    own = np.where(most == FREE, len(lots), np.arange(len(lots)))
    first, row_of = _in_order(pile * (len(lots) + 1) + own)
    behind: list[list[Lot]] = [[] for _ in first]
    for lot, row in zip(lots, row_of.tolist(), strict=True):
        behind[row].append(lot)
    unit = unit_of[first]
    group_start, group_of, group_weight, group_most = facts.groups_of(unit)
    clash_start, clash_of = facts.clashes_of(unit)
    return Packing(
        size=facts.size[unit],
        count=np.bincount(row_of, weights=count, minlength=len(first)).astype(np.int64),
        most=most[first],
        fits=table[place[first]],
        pile=_in_order(pile[first])[1],
        behind=tuple(map(tuple, behind)),
        group_start=group_start,
        group_of=group_of,
        group_weight=group_weight,
        group_most=group_most,
        clash_start=clash_start,
        clash_of=clash_of,
    )


class _Facts:
    """What rows are told apart by, unit by unit.

    Attributes
    ----------
    size : int64[U, R]
    most : int64[U]
        By limits on one item type alone; `FREE` where there is none.
    fits : bool[F, B]
        Different sets of bin types that units fit on.
    places : int64[U]
        The set of each unit.
    kind : int64[U]
        Equal numbers for units that nothing but their limit and their places tells apart.
    """

    def __init__(self, problem: Problem, units: list[Unit], meeting: set[int]) -> None:
        self._limits = [form for form in problem.limits if form.level == HOST]
        limited: dict[int, list[int]] = defaultdict(list)
        for f, limit in enumerate(self._limits):
            for i in limit.items.tolist():
                limited[i].append(f)
        singles = ((f, limit.items) for f, limit in enumerate(self._limits) if len(limit.items) == 1)
        alone = {f for f, items in singles if int(items[0]) not in meeting}
        sided = _sides(problem)
        self.size = np.zeros((len(units), len(problem.resources)), dtype=np.int64)
        self.most = np.full(len(units), FREE, dtype=np.int64)
        self._groups: list[dict[int, int]] = []
        self._clashes: list[frozenset[tuple[int, str]]] = []
        kinds, known, places = item_kinds(problem), dict[object, int](), list[int]()
        told = dict[object, int]()
        fits_of: list[Bools] = []
        kind = []
        for u, unit in enumerate(units):
            groups: dict[int, int] = defaultdict(int)
            for i, n in unit.content:
                self.size[u] += problem.size[i] * n
                for f in limited[i]:
                    groups[f] += n
            own = [f for f in groups if f in alone]
            self.most[u] = min((self._limits[f].most // groups.pop(f) for f in own), default=FREE)
            sides = frozenset(side for i in unit.items for side in sided[i])
            fits = np.asarray(problem.fits[list(unit.items)].all(axis=0))
            if any((f, "b") in sides for f, side in sides if side == "a"):
                fits = np.zeros_like(fits)  # its own items may not share a host
            places.append(known.setdefault(np.packbits(fits).tobytes(), len(known)))
            if len(known) > len(fits_of):
                fits_of.append(fits)
            costs = tuple(sorted((int(kinds[i]), int(problem.priority[i]), n) for i, n in unit.content))
            if not kinds.any():
                costs = tuple(sorted({(0, rank, 0) for _, rank, _ in costs}))
            key = (self.size[u].tobytes(), tuple(sorted(groups.items())), sides, costs)
            kind.append(told.setdefault(key, len(told)))
            self._groups.append(groups)
            self._clashes.append(sides)
        self.places, self.kind = np.array(places, dtype=np.int64), np.array(kind, dtype=np.int64)
        self.fits = np.array(fits_of, dtype=bool).reshape(len(fits_of), problem.bins)

    def groups_of(self, unit: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """The groups of rows of these units, as `Packing` has them: only those that any row is in."""
        used = sorted({f for u in unit.tolist() for f in self._groups[u]})
        number = {f: n for n, f in enumerate(used)}
        inside = [sorted(self._groups[u].items()) for u in unit.tolist()]
        start, of = ragged([[number[f] for f, _ in groups] for groups in inside])
        weight = np.array([n for groups in inside for _, n in groups], dtype=np.int64)
        return start, of, weight, np.array([self._limits[f].most for f in used], dtype=np.int64)

    def clashes_of(self, unit: Ints) -> tuple[Ints, Ints]:
        """The rows that may not stand beside each row of these units."""
        on_side: dict[tuple[int, str], list[int]] = defaultdict(list)
        for row, u in enumerate(unit.tolist()):
            for side in self._clashes[u]:
                on_side[side].append(row)
        against = [[(f, "b" if side == "a" else "a") for f, side in self._clashes[u]] for u in unit.tolist()]
        return ragged([sorted({row for side in sides for row in on_side[side]}) for sides in against])


def _sides(problem: Problem) -> dict[int, list[tuple[int, str]]]:
    """By item type, the sides that it is on where groups keep apart on one host."""
    sided: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for f, clash in enumerate(form for form in problem.apart if form.level == HOST):
        for i in clash.a.tolist():
            sided[i].append((f, "a"))
        for i in clash.b.tolist():
            sided[i].append((f, "b"))
    return sided


def _meeting(problem: Problem, units: list[Unit], unit_of: Ints, masks: list[Bools | None], place_of: Ints) -> set[int]:
    """Item types of which several lots may share a host: a limit on them counts the copies of all."""
    everywhere = np.ones(problem.bins, dtype=bool)
    table = np.array([everywhere if mask is None else mask for mask in masks], dtype=bool)
    places: dict[int, list[int]] = defaultdict(list)
    for u, place in zip(unit_of.tolist(), place_of.tolist(), strict=True):
        for i in units[u].items:
            places[i].append(place)
    overlap: dict[tuple[int, ...], bool] = {}
    for at in {tuple(at) for at in places.values() if len(at) > 1}:
        overlap[at] = bool((table[list(at)].sum(axis=0) > 1).any())
    return {i for i, at in places.items() if overlap.get(tuple(at))}


def _distinct(things: list[Any]) -> tuple[list[Any], Ints]:
    """The different objects of a list, and the number of each entry's."""
    number = {id(thing): n for n, thing in enumerate({id(thing): thing for thing in things}.values())}
    chosen = {number[id(thing)]: thing for thing in things}
    return [chosen[n] for n in range(len(chosen))], np.array([number[id(t)] for t in things], dtype=np.int64)


def _in_order(number: Ints) -> tuple[Ints, Ints]:
    """Where each different number comes first, in that order, and the place of each entry's number in it."""
    _, first, inverse = np.unique(number, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return first[order], place[inverse.reshape(-1)]


def ragged(rows: list[list[int]]) -> tuple[Ints, Ints]:
    """Lists one after the other: where each starts, and what is in them."""
    start = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    return start, np.array([value for row in rows for value in row], dtype=np.int64)
