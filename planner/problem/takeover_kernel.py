"""Numba kernel: displaced copies on the hosts that remain, host by host as a whole, then by first fit.

Axis letters: H hosts, P their patterns, I item types, B bin types, R resources, Q ranks of priority,
F limits on hosts, G pairs of groups that keep apart on hosts, K displaced item types, N placements, W patterns
of which what a lost host held is moved as a whole.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

A, B = 1, 2
"""The sides of a pair of groups; 0 is neither."""


@njit(cache=True)
def _copies_that_fit(size, free, taken, most):
    for r in range(len(size)):
        if size[r] > 0:
            most = min(most, (free[r] - taken[r]) // size[r])
    return most


@njit(cache=True)
def _within_limits(i, begin, end, item, copies, stays, node, node_item, node_copies, node_next, limits, most):
    """`most`, or what the limits on a host leave beside what stays and what it has taken over."""
    limit_start, limit_of, limit_most, member = limits
    for e in range(limit_start[i], limit_start[i + 1]):
        form = limit_of[e]
        held = 0
        for c in range(begin, end):
            if member[form, item[c]] and stays[item[c]]:
                held += copies[c]
        n = node
        while n >= 0:
            held += node_copies[n] * member[form, node_item[n]]
            n = node_next[n]
        most = min(most, limit_most[form] - held)
    return most


@njit(cache=True)
def _kept_apart(i, begin, end, item, stays, node, node_item, node_next, pairs):
    """Whether a host holds an item that may not stand beside this one."""
    pair_start, pair_of, side = pairs
    for e in range(pair_start[i], pair_start[i + 1]):
        form = pair_of[e]
        other = A + B - side[form, i]
        for c in range(begin, end):
            if side[form, item[c]] == other and stays[item[c]]:
                return True
        n = node
        while n >= 0:
            if side[form, node_item[n]] == other:
                return True
            n = node_next[n]
    return False


@njit(cache=True)
def _move_whole(wholes, place, left, lost, host_pattern, pattern_bin, start, item, copies, size, fits, rank, free,
                stays, limits, pairs, taken, head, node_item, node_copies, node_next):  # fmt: skip
    """Move what lost hosts held to one host each: of the same kind, then to the tightest that takes it.

    Takes what was moved off `left`, and returns how many placements there are.
    """
    pattern, times, survives, kind, turn = wholes
    kinds, nodes = size.shape[1], 0
    missing, load = times.copy(), np.zeros(size.shape[1], np.int64)
    for alike in (True, False):
        for w in range(len(pattern)):
            p = pattern[w]
            q = len(stays)
            load[:] = 0
            for c in range(start[p], start[p + 1]):
                if survives[item[c]]:
                    q = min(q, rank[item[c]])  # beside what stays for any of them
                    load += copies[c] * size[item[c]]
            for h in turn:
                there = host_pattern[h]
                if missing[w] == 0:
                    break
                if lost[h] or (alike and kind[there] != kind[p]):
                    continue
                while missing[w] > 0:
                    if _copies_that_fit(load, free[q, there], taken[h], 1) <= 0:
                        break
                    before, head_before, whole = nodes, head[h], True
                    for c in range(start[p], start[p + 1]):
                        i = item[c]
                        if not survives[i]:
                            continue
                        begin, end = start[there], start[there + 1]
                        if (
                            not fits[i, pattern_bin[there]]
                            or _within_limits(i, begin, end, item, copies, stays[q], head[h], node_item, node_copies,
                                              node_next, limits, copies[c]) < copies[c]
                            or _kept_apart(i, begin, end, item, stays[q], head[h], node_item, node_next, pairs)
                        ):  # fmt: skip
                            whole = False
                            break
                        node_item[nodes], node_copies[nodes], node_next[nodes] = i, copies[c], head[h]
                        head[h] = nodes
                        nodes += 1
                    if not whole:
                        nodes, head[h] = before, head_before
                        break
                    missing[w] -= 1
                    for r in range(kinds):
                        taken[h, r] += load[r]
                    for c in range(start[p], start[p + 1]):
                        if survives[item[c]]:
                            left[place[item[c]]] -= copies[c]
    return nodes


@njit(cache=True)
def take_over(order, wanted, wholes, lost, host_pattern, pattern_bin, start, item, copies, size, fits, rank, free,
              stays, limits, pairs):  # fmt: skip
    """Copies for which no host is found: what a host held as a whole, then first fit, item type after item type.

    Parameters
    ----------
    order, wanted : int64[K]
        Item types in the order in which they are placed, and how many copies of each.
    wholes : (int64[W], int64[W], bool[I], int64[P], int64[H])
        Patterns in the order in which what their lost hosts held is moved as a whole (none: nothing is), how many of
        these hosts are lost, who survives, patterns of equal hosts, and the hosts by their room, the least first.
    lost : bool[H]
    host_pattern : int64[H]
    pattern_bin, start, item, copies
        As in `Solution`.
    size : int64[I, R]
    fits : bool[I, B]
    rank : int64[I]
        Index of the item's priority.
    free : int64[Q, P, R]
        Room beside what does not give way to a rank.
    stays : bool[Q, I]
        What does not give way to a rank.
    limits : (int64[I + 1], int64[], int64[F], bool[F, I])
        The limits of each item, their mosts, and their members.
    pairs : (int64[I + 1], int64[], int8[G, I])
        The pairs of each item, and the side on which an item stands.

    Returns
    -------
    int64[K]
    """
    hosts, kinds = len(host_pattern), size.shape[1]
    taken = np.zeros((hosts, kinds), np.int64)
    head = np.full(hosts, -1, np.int64)
    length = hosts + len(order)
    for w in range(len(wholes[0])):
        length += wholes[1][w] * (start[wholes[0][w] + 1] - start[wholes[0][w]])
    node_item, node_copies = np.empty(length, np.int64), np.empty(length, np.int64)
    node_next = np.empty(length, np.int64)
    left = wanted.copy()
    place = np.full(len(size), -1, np.int64)
    place[order] = np.arange(len(order))
    nodes = _move_whole(wholes, place, left, lost, host_pattern, pattern_bin, start, item, copies, size, fits, rank,
                        free, stays, limits, pairs, taken, head, node_item, node_copies, node_next)  # fmt: skip
    for k in range(len(order)):
        i = order[k]
        q = rank[i]
        for h in range(hosts):
            if left[k] == 0:
                break
            p = host_pattern[h]
            if lost[h] or not fits[i, pattern_bin[p]]:
                continue
            begin, end = start[p], start[p + 1]
            more = _copies_that_fit(size[i], free[q, p], taken[h], left[k])
            if more <= 0:
                continue
            more = _within_limits(i, begin, end, item, copies, stays[q], head[h], node_item, node_copies, node_next,
                                  limits, more)  # fmt: skip
            if more <= 0 or _kept_apart(i, begin, end, item, stays[q], head[h], node_item, node_next, pairs):
                continue
            if nodes == length:
                length *= 2
                node_item, node_copies = _longer(node_item, length), _longer(node_copies, length)
                node_next = _longer(node_next, length)
            node_item[nodes], node_copies[nodes], node_next[nodes] = i, more, head[h]
            head[h] = nodes
            nodes += 1
            for r in range(kinds):
                taken[h, r] += more * size[i, r]
            left[k] -= more
    return left


@njit(cache=True)
def _longer(array, length):
    longer = np.empty(length, array.dtype)
    longer[: len(array)] = array
    return longer
