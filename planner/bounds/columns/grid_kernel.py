"""Numba kernel of pricing on a grid: the bounded knapsack in two resources by dynamic programming."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def _from_row(source, target, took, gain):
    """Take a piece on top of the rooms of another row: without branches, so that it runs in vectors."""
    for j in range(len(target)):
        with_it, old = source[j] + gain, target[j]
        took[j] = with_it > old
        target[j] = with_it if with_it > old else old


@njit(cache=True)
def _in_row(row, took, right, gain, again):
    """The same within one row, upwards where the piece may be taken again."""
    for n in range(len(row) - right):
        j = right + n if again else len(row) - 1 - n
        with_it = row[j - right] + gain
        if with_it > row[j]:
            row[j], took[j] = with_it, 1


@njit(cache=True)
def best_on_grid(value, one, two, times, again, rows, columns, taken):
    """Fill the table of best values for all rooms up to `rows - 1` and `columns - 1` cells.

    Parameters
    ----------
    value : float64[K]
        Of one copy.
    one, two : int64[K]
        Cells that a copy takes in each resource.
    times : int64[K]
        Copies that a piece takes at once.
    again : bool[K]
        Whether a piece may be taken any number of times; not for pieces that take no cells.
    taken : uint8[K, rows, columns] or of length 0
        Filled with whether the best value of a room takes the piece.

    Returns
    -------
    float64[rows, columns]
    """
    table = np.zeros((rows, columns))
    unseen = np.empty(columns, dtype=np.uint8)
    keep = taken.shape[0] > 0
    for k in range(len(value)):
        gain, down, right = value[k] * times[k], one[k] * times[k], two[k] * times[k]
        if down >= rows or right >= columns:
            continue
        for n in range(rows - down):
            i = down + n if again[k] else rows - 1 - n
            took = taken[k, i] if keep else unseen
            if down:
                _from_row(table[i - down, : columns - right], table[i, right:], took[right:], gain)
            else:
                _in_row(table[i], took, right, gain, again[k])
    return table
