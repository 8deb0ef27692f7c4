"""Item types that no bound of this room can tell apart, taken together.

Many services have equal replicas and equal rules, each with its own form ("at most one of mine on a
host"). For a bound they are one class whose copies stay below the sum of the limits.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.given import ranks
from planner.bounds.kinds import item_kinds
from planner.problem.forms import HOST
from planner.problem.problem import UNLIMITED, Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class DomainLimit:
    """At most `most` copies of `classes` together in each domain of `level` (may be the host level)."""

    level: int
    classes: Ints
    most: int


@dataclass(frozen=True, eq=False)
class DomainSpread:
    """Counts of `classes` together, over `domains`, lie between some `low` and `low + skew`.

    It is `most_low` at most, and where all copies are placed, `least_low` at least.
    """

    level: int
    classes: Ints
    domains: Ints
    skew: int
    most_low: int
    least_low: int = 0


@dataclass(frozen=True, eq=False)
class Cover:
    """Opened hosts weigh `host[B]` each, and copies that stay out `copy[C]`: at least `least` in sum.

    With `flow[C, B]`, so much more for every copy placed on a bin type.
    """

    host: Floats
    copy: Floats
    least: float
    flow: Floats | None = None

    def scaled(self) -> Cover:
        """The same with a largest weight of a host of 1, as LP solvers like it."""
        scale = float(self.host.max(initial=0.0)) or 1.0
        flow = None if self.flow is None else self.flow / scale
        return Cover(self.host / scale, self.copy / scale, self.least / scale, flow)


@dataclass(frozen=True, eq=False)
class Classes:
    """Classes `C` of the item types that fit somewhere and have copies.

    Attributes
    ----------
    of : int64[I]
        The class of each item type; -1 for those left out.
    size : int64[C, R]
    count, rank : int64[C]
        Copies, and the index of the priority among those of the problem, the highest first.
    fits : bool[C, B]
    per_host : int64[C]
        The most copies on one host by limits on single item types.
    limits : tuple of DomainLimit
        Limits below the host level, and those on hosts that several item types share.
    spreads : tuple of DomainSpread
    like : int64[C]
        An item type of each class: all of them cost and weigh the same wherever they go.
    covers : tuple of Cover
        What must be open beside, where something must survive (`survival.covers`).
    halves : tuple of tuple of int
        Bin types whose hosts are whole only when taken together.
    """

    of: Ints
    size: Ints
    count: Ints
    rank: Ints
    fits: Bools
    per_host: Ints
    limits: tuple[DomainLimit, ...]
    spreads: tuple[DomainSpread, ...]
    like: Ints
    covers: tuple[Cover, ...] = ()
    halves: tuple[tuple[int, ...], ...] = ()

    @classmethod
    def merge(cls, problem: Problem, *, apart: bool = False) -> Classes:
        """Take together what is equal in size, places, priority, costs, and kinds of limits and spreads.

        With `apart`, item types that different others must not share a host with are told apart, too.
        """
        fits = problem.fits & (problem.available > 0)
        roles, kinds = _roles(problem), item_kinds(problem)
        for n, form in enumerate(problem.apart if apart else ()):
            if form.level == HOST:
                for side, items in enumerate((form.a, form.b)):
                    for i in items.tolist():
                        roles[i].append((2, n, side))
        packed = np.packbits(fits, axis=1)
        rank = np.searchsorted(-ranks(problem), -problem.priority)
        of = np.full(problem.items, -1, dtype=np.int64)
        known: dict[tuple[object, ...], int] = {}
        for i in np.flatnonzero((problem.count > 0) & fits.any(axis=1)).tolist():
            key = (problem.size[i].tobytes(), packed[i].tobytes(), rank[i], kinds[i], tuple(sorted(roles[i])))
            of[i] = known.setdefault(key, len(known))
        inside = np.flatnonzero(of >= 0)
        first = np.unique(of[inside], return_index=True)[1]
        first = inside[first]
        count = np.bincount(of[inside], weights=problem.count[inside], minlength=len(first)).astype(np.int64)
        limits, per_host = _limits(problem, of, len(first))
        return cls(
            of=of, size=problem.size[first], count=count, rank=rank[first], fits=fits[first],
            per_host=per_host, limits=limits, spreads=_spreads(problem, of), like=first,
        )  # fmt: skip

    @property
    def number(self) -> int:
        """C, the number of classes."""
        return len(self.count)

    def share(self, problem: Problem) -> npt.NDArray[np.float64]:
        """float64[I]: the part of its class's copies that each item type has."""
        whole = np.where(self.of >= 0, self.count[self.of] if self.number else 1, 1)
        return np.where(self.of >= 0, problem.count / np.maximum(whole, 1), 0.0)


def _roles(problem: Problem) -> dict[int, list[tuple[int, ...]]]:
    """What limits, spreads and survivals say of each item type; forms shared by several keep their own number."""
    roles: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for n, limit in enumerate(problem.limits):
        shared = -1 if len(limit.items) == 1 else n
        for i in limit.items.tolist():
            roles[i].append((0, shared, limit.level, limit.most))
    for n, spread in enumerate(problem.spreads):
        shared = -1 if len(spread.items) == 1 else n
        domains = tuple(spread.domains.tolist())
        for i in spread.items.tolist():
            roles[i].append((1, shared, spread.level, spread.max_skew, int(spread.zero_minimum), *domains))
    for n, survival in enumerate(problem.extras.survivals):
        for i in np.flatnonzero(survival.survives).tolist():
            roles[i].append((3, n))
    return roles


def _limits(problem: Problem, of: Ints, classes: int) -> tuple[tuple[DomainLimit, ...], Ints]:
    per_host = np.zeros(classes, dtype=np.int64)
    limited = np.zeros(classes, dtype=bool)
    within: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    shared: list[DomainLimit] = []
    for limit in problem.limits:
        inside = limit.items[of[limit.items] >= 0]
        if len(limit.items) > 1 and len(inside):
            shared.append(DomainLimit(limit.level, np.unique(of[inside]), limit.most))
        elif len(inside):
            i = int(inside[0])
            known = within[limit.level, int(of[i])]
            known[i] = min(known.get(i, UNLIMITED), limit.most, int(problem.count[i]))
    for (level, c), most in within.items():
        if level == HOST:
            per_host[c], limited[c] = sum(most.values()), True
        else:
            shared.append(DomainLimit(level, np.array([c]), sum(most.values())))
    return tuple(shared), np.where(limited, per_host, UNLIMITED)


def _spreads(problem: Problem, of: Ints) -> tuple[DomainSpread, ...]:
    """Spreads over classes; those of twins are summed, which is a relaxation of each of them."""
    alike: dict[tuple[tuple[int, ...], object], list[int]] = defaultdict(list)
    for n, spread in enumerate(problem.spreads):
        classes = tuple(np.unique(of[spread.items[of[spread.items] >= 0]]).tolist())
        if classes:
            domains = tuple(spread.domains.tolist())
            alike[classes, (spread.level, spread.max_skew, spread.zero_minimum, domains)].append(n)
    merged = []
    for (classes, _), numbers in alike.items():
        first = problem.spreads[numbers[0]]
        number, skew = len(first.domains), first.max_skew * len(numbers)
        most_low = least_low = 0
        counted: set[int] = set()
        for n in numbers if not first.zero_minimum else ():
            items = problem.spreads[n].items
            most_low += int(problem.count[items].sum()) // number
            outside = ~np.isin(problem.domain[:, first.level], first.domains)
            inside = items[(of[items] >= 0) & ~problem.fits[items][:, outside].any(axis=1)]
            sure = 0 if counted & set(items.tolist()) else int(problem.count[inside].sum())
            least_low += max(0, -((first.max_skew * (number - 1) - sure) // number))  # one domain has no more than it
            counted.update(items.tolist())
        merged.append(DomainSpread(first.level, np.array(classes), first.domains, skew, most_low, least_low))
    return tuple(merged)
