"""Numba kernels of pricing: the worth of room on one host, and branch and bound for its best content.

Rows are classes in the order in which they are branched on, `n` of them; resources are scaled so that the
host has 1 of each.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from planner.problem.device_kernel import UNKNOWN, all_held

EPS = 1e-12


@njit(cache=True)
def worth_of_room(value, size, most):
    """Duals float64[R] of the linear knapsack: max value @ x, x @ size <= 1, 0 <= x <= most.

    The bounded-variable simplex method on a tableau of R rows. Whatever it returns is used as multipliers
    only, for which any numbers that are not negative are valid.
    """
    n, kinds = size.shape
    columns = n + kinds
    table = np.zeros((kinds, columns))
    reduced = np.zeros(columns)
    upper = np.full(columns, np.inf)
    for j in range(n):
        reduced[j], upper[j] = value[j], most[j]
        for r in range(kinds):
            table[r, j] = size[j, r]
    basis = np.empty(kinds, dtype=np.int64)
    room = np.ones(kinds)
    for r in range(kinds):
        table[r, n + r] = 1.0
        basis[r] = n + r
    for _ in range(50 + 20 * kinds):
        enter = -1
        largest = 1e-10 * max(1.0, value.max()) if n else 0.0
        for j in range(columns):
            if reduced[j] > largest and upper[j] > 0:
                enter, largest = j, reduced[j]
        if enter < 0:
            break
        step, leave, at_upper = upper[enter], -1, False
        for r in range(kinds):
            slope = table[r, enter]
            if slope > EPS and room[r] / slope < step:
                step, leave, at_upper = room[r] / slope, r, False
            elif slope < -EPS and (upper[basis[r]] - room[r]) / -slope < step:
                step, leave, at_upper = (upper[basis[r]] - room[r]) / -slope, r, True
        if leave < 0:
            if step == np.inf:
                break
            for r in range(kinds):
                room[r] -= table[r, enter] * step
                table[r, enter] = -table[r, enter]
            reduced[enter] = -reduced[enter]
            continue
        if at_upper:
            gone = basis[leave]
            room[leave] = upper[gone] - room[leave]
            for j in range(columns):
                if j != gone:
                    table[leave, j] = -table[leave, j]
        pivot = table[leave, enter]
        room[leave] /= pivot
        for j in range(columns):
            table[leave, j] /= pivot
        for r in range(kinds):
            factor = table[r, enter]
            if r != leave and factor != 0.0:
                room[r] -= factor * room[leave]
                for j in range(columns):
                    table[r, j] -= factor * table[leave, j]
        factor = reduced[enter]
        for j in range(columns):
            reduced[j] -= factor * table[leave, j]
        basis[leave] = enter
    return np.maximum(0.0, -reduced[n:])


@njit(cache=True)
def _above(at, value, weight, size, most, room, left):
    """What the rows from `at` on can add at most (G. Dantzig, 1957): the surrogate room in order of density."""
    bound = 0.0
    kinds = size.shape[1]
    for j in range(at, len(value)):
        fits = True
        for r in range(kinds):
            if size[j, r] > room[r]:
                fits = False
                break
        if not fits:
            continue
        whole = weight[j] * most[j]
        if weight[j] > 0 and whole >= left:
            return bound + value[j] * (left / weight[j])
        bound += value[j] * most[j]
        left -= whole
    return bound


@njit(cache=True)
def best_content(
    value, weight, size, most, capacity, worth, group_start, group_of, group_most,
    clash_start, clash_of, in_devices, device_room, device, floor, nodes, keep,
):  # fmt: skip
    """Depth-first branch and bound over rows of falling density.

    Parameters
    ----------
    value, weight : float64[n]
        `weight` is the surrogate size `size @ worth`.
    size : int64[n, R]
    most : int64[n]
    capacity : int64[R]
    worth : float64[R]
        Multipliers of the surrogate, per unit of each resource.
    group_start, group_of, group_most
        Limits that rows share on the host, by row.
    clash_start, clash_of
        Rows that may not stand beside each row.
    in_devices, device_room, device : int64[n, M], int64[M], int64[M]
        Sizes and room of what comes in devices, and the units of one device: contents fit device by device.
    floor : float
        Only contents worth more are looked for.
    nodes : int
        The most steps; once they are used up, open branches count by their bounds.
    keep : int
        How many of the best contents are returned.

    Returns
    -------
    value : float
        Of the best content; `floor` where there is none.
    upper : float
        No content is worth more.
    found : int64[keep, n], number of them : int
        The best contents, in a ring: the last ones found.
    """
    n, kinds = size.shape
    taken = np.zeros(n, dtype=np.int64)
    found = np.zeros((keep, n), dtype=np.int64)
    room = capacity.copy()
    group_left = group_most.copy()
    blocked = np.zeros(n, dtype=np.int64)
    smallest = np.full((n + 1, kinds), 2**62, dtype=np.int64)
    for j in range(n - 1, -1, -1):
        for r in range(kinds):
            smallest[j, r] = min(smallest[j + 1, r], size[j, r])
    left = 0.0
    for r in range(kinds):
        left += worth[r] * capacity[r]
    best, upper, current, at, number = floor, floor, 0.0, 0, 0
    tolerance = 1e-9 * max(1.0, abs(floor))
    while True:
        if nodes <= 0:
            upper = max(upper, current + _above(at, value, weight, size, most, room, left))
        elif current + _above(at, value, weight, size, most, room, left) > best + tolerance:
            nodes -= 1
            descended = False
            while at < n:
                j = at
                at += 1
                full = False
                for r in range(kinds):
                    if smallest[j, r] > room[r]:
                        full = True
                        break
                if full:
                    break
                if blocked[j] > 0:
                    continue
                times = most[j]
                for r in range(kinds):
                    if size[j, r] > 0:
                        times = min(times, room[r] // size[j, r])
                for e in range(group_start[j], group_start[j + 1]):
                    times = min(times, group_left[group_of[e]])
                if times <= 0:
                    continue
                if in_devices[j].any():
                    taken[j] = times
                    known = all_held(in_devices, taken, device_room, device)
                    while known != 1 and taken[j] > 0:
                        if known == UNKNOWN:
                            upper = max(upper, current + _above(j, value, weight, size, most, room, left))
                        taken[j] -= 1
                        known = all_held(in_devices, taken, device_room, device)
                    times = taken[j]
                    if times == 0:
                        continue
                taken[j] = times
                current += value[j] * times
                left -= weight[j] * times
                for r in range(kinds):
                    room[r] -= size[j, r] * times
                for e in range(group_start[j], group_start[j + 1]):
                    group_left[group_of[e]] -= times
                for e in range(clash_start[j], clash_start[j + 1]):
                    blocked[clash_of[e]] += 1
                descended = True
                break
            if descended:
                continue
            if current > best + tolerance:
                best = current
                found[number % keep] = taken
                number += 1
        j = at - 1
        while j >= 0 and taken[j] == 0:
            j -= 1
        if j < 0:
            break
        taken[j] -= 1
        current -= value[j]
        left += weight[j]
        for r in range(kinds):
            room[r] += size[j, r]
        for e in range(group_start[j], group_start[j + 1]):
            group_left[group_of[e]] += 1
        if taken[j] == 0:
            for e in range(clash_start[j], clash_start[j + 1]):
                blocked[clash_of[e]] -= 1
        at = j + 1
    return best, max(best, upper), found, number
