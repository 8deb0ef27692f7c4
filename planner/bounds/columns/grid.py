"""Pricing on a grid: one dynamic program over two resources gives the best contents of many kinds of hosts.

The grid is that of the common divisors of all sizes, so that values are exact in these two resources. Others are priced
into the values by multipliers: the Lagrangian bound holds for any, and the content counts if it keeps to them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.columns.grid_kernel import best_on_grid
from planner.bounds.columns.pricing import Floats, Ints, Offer, Pricing

Bools = npt.NDArray[np.bool_]
STORED = 400_000_000
"""The most bytes for finding the contents behind the best values."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Some kinds of hosts on one grid.

    Attributes
    ----------
    kinds : list of int
        Those whose room is on the grid.
    axes : tuple of int
        The two resources; both the same where one does.
    unit : int64[2]
        What a cell is of each.
    cells : tuple of int
        Rows and columns, one more than the most of a host.
    """

    kinds: list[int]
    axes: tuple[int, int]
    unit: Ints
    cells: tuple[int, int]

    def offers(self, pricing: list[Pricing], value: Floats, worth: Floats, known: dict[int, Offer]) -> dict[int, Offer]:
        """Better offers for the kinds of the grid at values float64[C].

        Parameters
        ----------
        worth : float64[R]
            Multipliers of the resources beside the axes, per unit.
        """
        size, rest = pricing[0].classes.size, np.array(worth, dtype=float)
        rest[list(self.axes)] = 0.0
        most = np.max([pricing[k].limit for k in self.kinds], axis=0)
        gain = value - size @ rest
        used = np.flatnonzero((gain > 0) & (most > 0))
        steps = size[used][:, self.axes] // self.unit
        if self.axes[0] == self.axes[1]:
            steps[:, 1] = 0
        piece, times, again = _pieces(most[used], steps, self.cells)
        amount = len(piece) * self.cells[0] * self.cells[1]
        taken = np.zeros((len(piece) if amount <= STORED else 0, *self.cells), np.uint8)
        table = best_on_grid(
            gain[used][piece], steps[piece, 0], steps[piece, 1], times, again, *self.cells, taken
        )  # fmt: skip
        found = {}
        for k in self.kinds:
            at = self._corner(pricing[k])
            upper = float(table[at]) + float(rest @ pricing[k].room)
            offer = known[k]
            content = np.zeros(len(value), dtype=np.int64)
            if len(taken):
                content[used] = self._content(taken, at, piece, times, again, steps)
            earned = float(value @ content)
            if earned > offer.value and pricing[k].takes(content):
                offer = Offer([*offer.contents, content], earned, offer.upper)
            found[k] = Offer(offer.contents, offer.value, max(offer.value, min(offer.upper, upper)))
        return found

    def _corner(self, pricing: Pricing) -> tuple[int, int]:
        room = pricing.room[list(self.axes)] // self.unit
        return int(room[0]), 0 if self.axes[0] == self.axes[1] else int(room[1])

    def _content(
        self, taken: npt.NDArray[np.uint8], at: tuple[int, int], piece: Ints, times: Ints, again: Bools, steps: Ints
    ) -> Ints:
        """Copies of the classes used in the best content of a room, piece by piece from the last."""
        copies = np.zeros(len(steps), dtype=np.int64)
        i, j = at
        for k in range(len(piece) - 1, -1, -1):
            while taken[k, i, j]:
                copies[piece[k]] += times[k]
                i -= int(steps[piece[k], 0] * times[k])
                j -= int(steps[piece[k], 1] * times[k])
                if not again[k]:
                    break
        return copies


def grid_of(pricing: list[Pricing], kinds: list[int], worth: Floats, updates: int) -> Grid | None:
    """A grid for as many kinds as so many steps allow, the smallest first; None where not even one does.

    Parameters
    ----------
    worth : float64[R]
        What a unit of each resource is worth: the axes are those whose room is worth most.
    """
    room = np.array([pricing[k].room for k in kinds])
    axis = np.argsort(-(worth * room.max(axis=0)), kind="stable")[:2]
    axes = int(axis[0]), int(axis[-1])
    inside = np.max([pricing[k].limit for k in kinds], axis=0) > 0
    size = pricing[0].classes.size[inside][:, axes]
    unit = np.maximum(1, np.gcd.reduce(size, axis=0))
    cells = room[:, axes] // unit + 1
    if axes[0] == axes[1]:
        cells[:, 1] = 1
    order = np.argsort(cells.prod(axis=1), kind="stable")
    largest = np.maximum.accumulate(cells[order], axis=0)
    number = int((largest.prod(axis=1) * int(inside.sum()) <= updates).sum())
    if not number:
        return None
    rows, columns = (int(n) for n in largest[number - 1])
    return Grid([kinds[n] for n in order[:number].tolist()], axes, unit, (rows, columns))


def _pieces(most: Ints, steps: Ints, cells: tuple[int, int]) -> tuple[Ints, Ints, Bools]:
    """Classes in pieces of 1, 2, 4, … copies; one piece without limit where room alone limits them."""
    by_room = np.full(len(most), np.iinfo(np.int64).max)
    for step, number in zip(steps.T, cells, strict=True):
        by_room = np.where(step > 0, np.minimum(by_room, (number - 1) // np.maximum(step, 1)), by_room)
    piece, times, again = [], [], []
    for k, (limit, fit) in enumerate(zip(most.tolist(), by_room.tolist(), strict=True)):
        if limit >= fit:
            piece.append(k)
            times.append(1)
            again.append(True)
            continue
        size = 1
        while limit > 0:
            piece.append(k)
            times.append(min(size, limit))
            again.append(False)
            limit -= size
            size *= 2
    return np.array(piece, dtype=np.int64), np.array(times, dtype=np.int64), np.array(again, dtype=bool)
