"""Numba kernel of pricing: branch and bound for the best content of one host, the linear relaxation at every node.

Resources are scaled so that the host has 1 of each. Those that no solution has exceeded so far are left out: a tableau
has rows for the `m` of the resources `R` in `rows`, and columns for the classes `n` and a slack for each row. Going
down the tree only changes bounds of variables, so that a few steps of the dual simplex method mend the parent's
solution (R. Dakin, "A tree-search algorithm for mixed integer programming problems", 1965; fixing by reduced costs:
S. Martello, P. Toth, "Knapsack problems", 1990). A node closes by a bound made anew from its duals, which errors of the
tableau cannot make wrong.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

BASIC, AT_LOWER, AT_UPPER = 0, 1, 2
NEW, UP, DOWN, DONE = 0, 1, 2, 3
"""What comes next at a node: to solve it, its child with more copies, that with fewer, nothing."""
TINY = 1e-9
WHOLE = 1e-6
STEPS = 2000
"""Of the simplex method at a node."""


@njit(cache=True)
def _worst(m, basis, at, low, high):
    """The row whose variable is farthest out of its bounds, or -1, and by how much it is above."""
    row, worst, over = -1, TINY, 0.0
    for i in range(m):
        j = basis[i]
        if at[i] - high[j] > worst:
            row, worst, over = i, at[i] - high[j], at[i] - high[j]
        elif low[j] - at[i] > worst:
            row, worst, over = i, low[j] - at[i], at[i] - low[j]
    return row, over


@njit(cache=True)
def _entering(row, over, reduced, low, high, state):
    """The column that enters for a row above (`over` > 0) or below its bounds; -1 where there is none."""
    enter, least, slope = -1, np.inf, 0.0
    for j in range(len(row)):
        if state[j] == BASIC or high[j] <= low[j]:
            continue
        a = row[j] if over > 0 else -row[j]
        if (state[j] == AT_LOWER and a > TINY) or (state[j] == AT_UPPER and a < -TINY):
            ratio = abs(reduced[j] / a)
            if ratio < least or (ratio == least and abs(a) > slope):
                enter, least, slope = j, ratio, abs(a)
    return enter


@njit(cache=True)
def _pivot(m, columns, table, reduced, i, k):
    """Column k becomes the unit column of row i."""
    pivot = table[i, k]
    for j in range(columns):
        table[i, j] /= pivot
    for r in range(m):
        factor = table[r, k]
        if r != i and factor != 0.0:
            for j in range(columns):
                table[r, j] -= factor * table[i, j]
    factor = reduced[k]
    for j in range(columns):
        reduced[j] -= factor * table[i, j]


@njit(cache=True)
def _exceeded(scaled, m, basis, at, low, high, state, used):
    """The resource of which the solution uses most above 1, or -1; fills in what it uses of each, float64[R]."""
    used[:] = 0.0
    for j in range(len(scaled)):
        if state[j] != BASIC:
            x = high[j] if state[j] == AT_UPPER else low[j]
            if x > 0:
                for r in range(len(used)):
                    used[r] += x * scaled[j, r]
    for i in range(m):
        if basis[i] < len(scaled) and at[i] != 0.0:
            for r in range(len(used)):
                used[r] += at[i] * scaled[basis[i], r]
    r = used.argmax()
    return r if used[r] > 1 + TINY else -1


@njit(cache=True)
def _add_row(r, left, scaled, m, rows, table, reduced, at, low, high, basis, state):
    """A row for one more resource, of which the solution leaves so much; how many there are."""
    n = len(scaled)
    slack = n + m
    table[:m, slack] = 0.0
    table[m, :n], table[m, n:slack], table[m, slack] = scaled[:, r], 0.0, 1.0
    reduced[slack], low[slack], high[slack], state[slack] = 0.0, 0.0, np.inf, BASIC
    for i in range(m):
        factor = table[m, basis[i]]
        if factor != 0.0:
            for j in range(slack):
                table[m, j] -= factor * table[i, j]
    at[m], basis[m], rows[m] = left, slack, r
    return m + 1


@njit(cache=True)
def _mend(scaled, m, rows, table, reduced, at, low, high, basis, state, used, worth, enough):
    """The dual simplex method with bounded variables, resources joining as they are exceeded.

    It stops early where the worth, which only falls, is not more than `enough`.

    Returns
    -------
    worth : float
    solved : bool
    m : int
    """
    n = len(scaled)
    for _ in range(STEPS):
        if worth <= enough:
            return worth, False, m
        i, over = _worst(m, basis, at, low, high)
        if i < 0:
            r = _exceeded(scaled, m, basis, at, low, high, state, used)
            if r < 0 or r in rows[:m]:
                return worth, True, m
            m = _add_row(r, 1.0 - used[r], scaled, m, rows, table, reduced, at, low, high, basis, state)
            continue
        k = _entering(table[i, : n + m], over, reduced, low, high, state)
        if k < 0:
            return worth, False, m
        step = over / table[i, k]
        worth += reduced[k] * step
        for q in range(m):
            at[q] -= table[q, k] * step
        at[i] = (low[k] if state[k] == AT_LOWER else high[k]) + step
        _pivot(m, n + m, table, reduced, i, k)
        state[basis[i]] = AT_UPPER if over > 0 else AT_LOWER
        basis[i], state[k] = k, BASIC
    return worth, False, m


@njit(cache=True)
def _proven(value, scaled, m, rows, reduced, low, high):
    """No content within the bounds is worth more, by the duals of a tableau: whatever they are."""
    n = len(value)
    bound = 0.0
    for q in range(m):
        bound += max(0.0, -reduced[n + q])
    for j in range(n):
        gain = value[j]
        for q in range(m):
            gain -= max(0.0, -reduced[n + q]) * scaled[j, rows[q]]
        bound += gain * (high[j] if gain > 0 else low[j])
    return bound


@njit(cache=True)
def _lower(j, most, m, table, reduced, at, high, state):
    """No more than `most` copies of a class; what that changes of the worth."""
    change = 0.0
    if state[j] == AT_UPPER:
        step = most - high[j]
        change = reduced[j] * step
        for i in range(m):
            at[i] -= table[i, j] * step
    high[j] = most
    return change


@njit(cache=True)
def _fix(spare, reduced, low, high, state, size, room):
    """Bounds that contents worth so much less than the relaxation would break; False if there is no room for them."""
    for j in range(len(size)):
        if state[j] == AT_LOWER and reduced[j] < -TINY:
            high[j] = min(high[j], low[j] + np.floor(spare / -reduced[j] + WHOLE))
        elif state[j] == AT_UPPER and reduced[j] > TINY:
            least = high[j] - np.floor(spare / reduced[j] + WHOLE)
            if least > low[j]:
                room -= np.int64(least - low[j]) * size[j]
                low[j] = least
    return room.min() >= 0


@njit(cache=True)
def _fit(m, table, reduced, at, low, high, state, size, room, clash_start, clash_of):
    """No more copies than there is room for beside the least of all others; what that changes of the worth.

    Minus infinity where two that clash must both be there.
    """
    change = 0.0
    for j in range(len(size)):
        more = np.int64(high[j] - low[j])
        if more <= 0:
            continue
        over = False
        for r in range(len(room)):
            over |= size[j, r] * more > room[r]
        if over:
            for r in range(len(room)):
                if size[j, r] * more > room[r]:
                    more = room[r] // size[j, r]
            change += _lower(j, low[j] + more, m, table, reduced, at, high, state)
    for j in range(len(size)):
        if low[j] > 0:
            for e in range(clash_start[j], clash_start[j + 1]):
                if low[clash_of[e]] > 0:
                    return -np.inf
                if high[clash_of[e]] > 0:
                    change += _lower(clash_of[e], 0.0, m, table, reduced, at, high, state)
    return change


@njit(cache=True)
def _copies(m, basis, at, low, high, state, copies):
    """Fill in the copies of the solution, rounded."""
    for j in range(len(copies)):
        copies[j] = np.int64(high[j] if state[j] == AT_UPPER else low[j])
    for i in range(m):
        if basis[i] < len(copies):
            copies[basis[i]] = np.int64(np.rint(at[i]))


@njit(cache=True)
def _holds(copies, size, capacity):
    """Whether copies keep to all rooms."""
    over = False
    for r in range(len(capacity)):
        over |= (copies * size[:, r]).sum() > capacity[r]
    return not over


@njit(cache=True)
def _split(value, m, basis, at, copies, clash_start, clash_of):
    """The class to branch on and the copies below its part, or -1.

    That whose part weighs most; where all are whole, one that stands beside another that it clashes with.
    """
    n = len(value)
    split, most, lower = -1, 0.0, 0.0
    for i in range(m):
        if basis[i] < n:
            part = at[i] - np.floor(at[i])
            if WHOLE < part < 1 - WHOLE and min(part, 1 - part) * value[basis[i]] > most:
                split, most, lower = basis[i], min(part, 1 - part) * value[basis[i]], np.floor(at[i])
    if split < 0:
        for j in range(n):
            for e in range(clash_start[j], clash_start[j + 1]):
                if copies[j] > 0 and copies[clash_of[e]] > 0:
                    return j, 0.0
    return split, lower


@njit(cache=True)
def best_by_branching(value, size, most, capacity, clash_start, clash_of, floor, nodes, keep, depth):
    """Depth-first branch and bound, the child with more copies first.

    Parameters
    ----------
    value : float64[n]
    size : int64[n, R]
    most : int64[n]
    capacity : int64[R]
        More than 0.
    clash_start, clash_of
        Rows that may not stand beside each row.
    floor : float
        Only contents worth more are looked for.
    nodes : int
        The most nodes; once they are used up, open branches count by their bounds.
    keep : int
        How many of the best contents are returned.
    depth : int
        The most levels; nodes below count by their bounds.

    Returns
    -------
    value : float
        Of the best content; `floor` where there is none.
    upper : float
        No content is worth more.
    found : int64[keep, n], number of them : int
        The best contents, in a ring: the last ones found.
    """
    n, resources = size.shape
    columns, levels = n + resources, depth + 1
    scaled = size / capacity
    tables, reduceds, ats = (
        np.empty((levels, resources, columns)),
        np.empty((levels, columns)),
        np.empty((levels, resources)),
    )
    lows, highs, states = (
        np.empty((levels, columns)),
        np.empty((levels, columns)),
        np.empty((levels, columns), dtype=np.int8),
    )
    number_of, rows_of = np.zeros(levels, dtype=np.int64), np.empty((levels, resources), dtype=np.int64)
    bases, rooms = np.empty((levels, resources), dtype=np.int64), np.empty((levels, resources), dtype=np.int64)
    worths, uppers, following = np.empty(levels), np.empty(levels), np.empty(levels, dtype=np.int8)
    branch, lower = np.empty(levels, dtype=np.int64), np.empty(levels)
    found, copies, used = np.zeros((keep, n), dtype=np.int64), np.empty(n, dtype=np.int64), np.empty(resources)
    reduceds[0, :n], lows[0], highs[0, :n], states[0, :n] = value, 0.0, most, AT_UPPER
    worths[0], following[0], rooms[0] = (value * most).sum(), NEW, capacity  # far too much, but dual feasible

    best, upper, number, d = floor, floor, 0, 0
    tolerance = 1e-9 * max(1.0, abs(floor))
    while d >= 0:
        table, reduced, at, basis, rows = tables[d], reduceds[d], ats[d], bases[d], rows_of[d]
        low, high, state, room = lows[d], highs[d], states[d], rooms[d]
        if following[d] == NEW:
            nodes -= 1
            worths[d], solved, number_of[d] = _mend(
                scaled, number_of[d], rows, table, reduced, at, low, high, basis, state, used,
                worths[d], best + tolerance,
            )  # fmt: skip
            uppers[d] = _proven(value, scaled, number_of[d], rows, reduced, low, high)
            following[d], branch[d] = UP, -1
            if solved:
                _copies(number_of[d], basis, at, low, high, state, copies)
                branch[d], lower[d] = _split(value, number_of[d], basis, at, copies, clash_start, clash_of)
            if branch[d] >= 0:
                if not _fix(worths[d] - best, reduced, low, high, state, size, room):
                    d -= 1
                    continue
            elif solved:
                worth = (value * copies).sum()
                if worth > best + tolerance and _holds(copies, size, capacity):
                    best = worth
                    found[number % keep] = copies
                    number += 1
            if branch[d] < 0 or d == depth:
                upper = max(upper, uppers[d])
                d -= 1
                continue
        if following[d] == DONE or uppers[d] <= best + tolerance:
            d -= 1
            continue
        if nodes <= 0:
            upper = max(upper, uppers[d])
            d -= 1
            continue
        c, j, m = d + 1, branch[d], number_of[d]
        tables[c, :m, : n + m], reduceds[c, : n + m] = table[:m, : n + m], reduced[: n + m]
        ats[c, :m], bases[c, :m], rows_of[c, :m], number_of[c] = at[:m], basis[:m], rows[:m], m
        lows[c, : n + m], highs[c, : n + m], states[c, : n + m] = low[: n + m], high[: n + m], state[: n + m]
        rooms[c], worths[c], following[c] = room, worths[d], NEW
        following[d] += 1
        if following[d] == DOWN:
            rooms[c] -= np.int64(lower[d] + 1 - low[j]) * size[j]
            lows[c, j] = lower[d] + 1
            if rooms[c].min() < 0:
                continue
            worths[c] += _fit(
                m, tables[c], reduceds[c], ats[c], lows[c], highs[c], states[c], size, rooms[c], clash_start, clash_of
            )
            if worths[c] == -np.inf:
                continue
        else:
            worths[c] += _lower(j, lower[d], m, tables[c], reduceds[c], ats[c], highs[c], states[c])
        d = c
    return best, max(best, upper), found, number
