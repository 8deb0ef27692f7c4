"""Numba kernels: deal copies of a pile to the rows in it, none of which a host takes more than `most` times.

Copies go to hosts in blocks: so many equal hosts with so many copies each. Whatever rows give up altogether
is laid out row after row, and dealt to the hosts of the block in turn: a row that gives at most `most` copies
per host stands nowhere more often (the wrap-around rule of McNaughton, "Scheduling with Deadlines and Loss
Functions", Management Science 6, 1959). Rows with the most left give first, so that many are left to stand
side by side (Gale, "A theorem on flows in networks", Pacific Journal of Mathematics 7, 1957).

Axis letters: K piles, N rows, E entries of takes.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit


@njit(cache=True)
def side_by_side(first, last, left, most):
    """How many copies of a pile's rows (`first` to `last`) one host can take."""
    total = np.int64(0)
    for n in range(first, last):
        total += min(left[n], most[n])
    return total


@njit(cache=True)
def longest_block(first, last, left, most, copies, hosts):
    """Of `hosts`, how many equal ones the rows can give `copies` each."""
    low, high = np.int64(0), hosts
    while low < high:
        middle = high if low == 0 and high == hosts else (low + high + 1) // 2
        total = np.int64(0)
        for n in range(first, last):
            total += min(left[n], middle * min(left[n], most[n]))
        if total >= copies * middle:
            low = middle
        else:
            high = middle - 1
    return low


@njit(cache=True)
def take(first, last, left, most, copies, hosts, taken):
    """Take `copies` for each of `hosts` equal hosts off what is left of the rows, in place.

    `taken` int64[last - first] is filled with what each row gives.
    """
    wanted = copies * hosts
    taken[: last - first] = 0
    if copies == 1 or last - first == 1:  # any way to share will do: the largest whole, for few kinds of hosts
        while wanted > 0:
            best = -1
            for n in range(first, last):
                if taken[n - first] == 0 and left[n] > 0 and (best < 0 or left[n] > left[best]):
                    best = n
            if best < 0:
                return
            taken[best - first] = min(wanted, left[best], hosts * min(left[best], most[best]))
            left[best] -= taken[best - first]
            wanted -= taken[best - first]
        return
    low, high = np.int64(0), np.int64(0)
    for n in range(first, last):
        high = max(high, left[n])
    while low < high:  # the lowest level down to which no more is taken than wanted
        level = (low + high) // 2
        total = np.int64(0)
        for n in range(first, last):
            total += max(0, min(left[n] - level, hosts * min(left[n], most[n])))
        if total <= wanted:
            high = level
        else:
            low = level + 1
    for n in range(first, last):
        taken[n - first] = max(0, min(left[n] - low, hosts * min(left[n], most[n])))
        wanted -= taken[n - first]
    for n in range(first, last):
        if wanted > 0 and taken[n - first] < min(left[n], hosts * min(left[n], most[n])):
            taken[n - first] += 1
            wanted -= 1
        left[n] -= taken[n - first]


@njit(cache=True)
def deal_takes(
    take_start, take_pile, take_copies, entry_from, entry_hosts, row_start, count, most, lot_start, lot_count
):
    """Give every host of every take its lots.

    Parameters
    ----------
    take_start : int64[T + 1]
        The entries of a take: blocks of hosts, one after the other.
    take_pile, take_copies : int64[T]
        Takes in the order in which they were made.
    entry_from, entry_hosts : int64[E]
        The first host of a block, all hosts being numbered, and how many there are.
    row_start : int64[K + 1]
        The rows of each pile.
    count, most : int64[N]
    lot_start : int64[N + 1]
        The lots of each row, dealt one after the other.
    lot_count : int64[lots]

    Returns
    -------
    begin, end, lot : int64[pieces]
        One copy of a lot on each of the hosts from `begin` up to `end`.
    """
    left, waiting = count.copy(), lot_count.copy()
    at_lot = lot_start[:-1].copy()
    taken = np.zeros(max(1, np.max(np.diff(row_start))), np.int64)
    begins = [np.int64(0) for _ in range(0)]
    ends = [np.int64(0) for _ in range(0)]
    lots = [np.int64(0) for _ in range(0)]
    for t in range(len(take_pile)):
        pile = take_pile[t]
        first, last = row_start[pile], row_start[pile + 1]
        hosts = np.int64(0)
        for e in range(take_start[t], take_start[t + 1]):
            hosts += entry_hosts[e]
        take(first, last, left, most, take_copies[t], hosts, taken)
        entry, done = take_start[t], np.int64(0)  # hosts in entries before this one
        turn = np.int64(0)
        for n in range(first, last):
            here = taken[n - first]
            while here > 0:
                while waiting[at_lot[n]] == 0:
                    at_lot[n] += 1
                lot = at_lot[n]
                run = min(here, waiting[lot], done + entry_hosts[entry] - turn)
                begins.append(entry_from[entry] + turn - done)
                ends.append(entry_from[entry] + turn - done + run)
                lots.append(lot)
                waiting[lot] -= run
                here -= run
                turn += run
                if turn == done + entry_hosts[entry]:
                    done += entry_hosts[entry]
                    entry += 1
                    if entry == take_start[t + 1]:
                        entry, done, turn = take_start[t], np.int64(0), np.int64(0)
    return np.array(begins), np.array(ends), np.array(lots)
