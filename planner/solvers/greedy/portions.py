"""Portions: copies that kernels need not tell apart, bound to some bin types.

Rows that nothing but their limit on one host tells apart lie on one *pile*: two hundred services of a size,
each with at most one copy on a host. Kernels count: a host takes as many copies off a pile as rows are left in it,
and which row gives which copy is dealt afterwards (`dealing`). A *portion* is a pile, or what the relaxation puts of
it on one bin type.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.problem.forms import Ints
from planner.problem.solution import ranges
from planner.solvers.greedy.lots import Packing

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Portions:
    """Portions of the piles of a packing, as kernel arrays.

    Axis letters: K portions, N rows of the packing.

    Attributes
    ----------
    rows : Packing
    pile : int64[K]
    size : int64[K, R]
    count : int64[K]
    fits : bool[K, B]
    row : int64[N]
        The rows of the packing, pile by pile.
    row_start : int64[piles + 1]
        Where those of each pile begin in `row`.
    group_start, group_of, group_weight, clash_start, clash_of
        Limits and clashes on one host, as in `Packing`, by portion.
    """

    rows: Packing
    pile: Ints
    size: Ints
    count: Ints
    fits: Bools
    row: Ints
    row_start: Ints
    group_start: Ints
    group_of: Ints
    group_weight: Ints
    clash_start: Ints
    clash_of: Ints

    @classmethod
    def of(cls, rows: Packing, *, apart: bool = False) -> Portions:
        """One portion per pile, or with every row a pile of its own."""
        pile = np.arange(len(rows.count)) if apart else rows.pile
        row = np.argsort(pile, kind="stable")
        row_start = np.cumsum([0, *np.bincount(pile)], dtype=np.int64)
        first = row[row_start[:-1]]
        count = np.add.reduceat(rows.count[row], row_start[:-1]) if len(first) else rows.count
        return cls._bound(rows, row, row_start, np.arange(len(first)), count, rows.fits[first])

    @classmethod
    def _bound(cls, rows: Packing, row: Ints, row_start: Ints, pile: Ints, count: Ints, fits: Bools) -> Portions:
        first = row[row_start[:-1]][pile]
        group_start, groups = _chosen(rows.group_start, first)
        clash_start, clashes = _chosen(rows.clash_start, first)
        pile_of_row = np.empty(len(row), dtype=np.int64)
        pile_of_row[row] = np.repeat(np.arange(len(row_start) - 1), np.diff(row_start))
        portion_start, portions = _by_pile(pile, len(row_start) - 1)
        clash_of, by_clash = pile_of_row[rows.clash_of[clashes]], np.repeat(np.arange(len(first)), np.diff(clash_start))
        pairs = np.unique(by_clash * len(row_start) + clash_of)  # a pile clashes once, whatever it is made of
        by_clash, clash_of = np.divmod(pairs, len(row_start))
        lengths, inside = _chosen(portion_start, clash_of)
        per_portion = np.bincount(by_clash, weights=np.diff(lengths), minlength=len(first)).astype(np.int64)
        return cls(
            rows=rows,
            pile=pile,
            size=rows.size[first],
            count=count,
            fits=fits,
            row=row,
            row_start=row_start,
            group_start=group_start,
            group_of=rows.group_of[groups],
            group_weight=rows.group_weight[groups],
            clash_start=np.cumsum([0, *per_portion], dtype=np.int64),
            clash_of=portions[inside],
        )

    def along(self, flow: Floats) -> Portions | None:
        """Bind whole copies to the bin types that the relaxation puts them on; the rest stays free.

        The relaxation gives each bin type shapes that fill it evenly in all resources. None where it has no
        flow.

        Parameters
        ----------
        flow : float64[I, B]
        """
        share = self._share(flow)
        total = share.sum(axis=1, keepdims=True)
        whole = np.floor(self.count[:, None] * (share / np.where(total > 0, total, 1.0)) + 1e-9).astype(np.int64)
        portion, b = np.nonzero(whole)
        if not len(portion):
            return None
        rest = self.count - whole.sum(axis=1)
        others = np.flatnonzero(rest)
        order = np.argsort(np.concatenate([portion, others]), kind="stable")
        fits = np.concatenate([np.eye(self.fits.shape[1], dtype=bool)[b], self.fits[others]])
        count = np.concatenate([whole[portion, b], rest[others]])
        pile = self.pile[np.concatenate([portion, others])]
        return Portions._bound(self.rows, self.row, self.row_start, pile[order], count[order], fits[order])

    def _share(self, flow: Floats) -> Floats:
        """float64[K, B]: what the relaxation puts of each portion on each bin type."""
        items = [[lot.unit.items[0] for lot in self.rows.behind[row]] for row in self.row.tolist()]
        item = np.array([i for inside in items for i in inside], dtype=np.int64)
        start = np.cumsum([0, *map(len, items)], dtype=np.int64)[self.row_start]
        share = np.zeros(self.fits.shape)
        places, place = np.unique(np.packbits(self.fits, axis=1), axis=0, return_inverse=True)
        for n in range(len(places)):  # bin types outside a portion's places are never looked at
            here = np.flatnonzero(place.reshape(-1) == n)
            columns = np.flatnonzero(self.fits[here[0]])
            length = np.diff(start)[self.pile[here]]
            inside = item[ranges(start[self.pile[here]], length)]
            first = np.cumsum([0, *length[:-1]], dtype=np.int64)
            share[np.ix_(here, columns)] = np.add.reduceat(flow[np.ix_(inside, columns)], first)
        return share

    @property
    def contents(self) -> list[tuple[tuple[int, int], ...]]:
        """What one unit of each portion holds: equal in size and cost for all lots behind it."""
        behind = self.rows.behind
        return [behind[row][0].unit.content for row in self.row[self.row_start[:-1]][self.pile].tolist()]

    @property
    def piles(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Piles in the kernels' order: that of each portion, where their rows begin, what is left and limited of these.

        What is left is a copy, to be spent.
        """
        return self.pile, self.row_start, self.rows.count[self.row], self.rows.most[self.row]

    @property
    def host_forms(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        """Limits and clashes in the kernels' order."""
        most = self.rows.group_most
        return self.group_start, self.group_of, self.group_weight, most, self.clash_start, self.clash_of


def _chosen(start: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Of ragged rows those chosen: where each starts, and the places of their entries in the original."""
    length = np.diff(start)[chosen]
    return np.cumsum([0, *length], dtype=np.int64), ranges(start[chosen], length)


def _by_pile(pile: Ints, piles: int) -> tuple[Ints, Ints]:
    """The portions of each pile, one pile after the other."""
    return np.cumsum([0, *np.bincount(pile, minlength=piles)], dtype=np.int64), np.argsort(pile, kind="stable")
