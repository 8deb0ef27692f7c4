"""Numba kernel: decreasing fits over pools of equal hosts.

A *pool* is a number of hosts with equal bin type and equal content. Its content is a linked list
of nodes (portion, copies, next); when a pool is split, both halves share the tail, so that splitting
costs nothing. Portions are visited in a given order, and many copies are placed at once, so that the
work grows with the number of shapes and not with the number of replicas.

Axis letters: K portions, B bin types, R resources, G groups, Q quotas, P pools, N nodes.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

from planner.solvers.greedy.deal_kernel import longest_block, side_by_side, take

FIRST_FIT, BEST_FIT = 0, 1


@njit(cache=True)
def _group_room(lot, head, node_lot, node_copies, node_next, group_start, group_of, group_weight, group_most):
    """How many more copies of a portion the limits on a host's groups leave."""
    room = np.int64(1) << 40
    for e in range(group_start[lot], group_start[lot + 1]):
        group = group_of[e]
        held = 0
        n = head
        while n >= 0:
            for g in range(group_start[node_lot[n]], group_start[node_lot[n] + 1]):
                if group_of[g] == group:
                    held += node_copies[n] * group_weight[g]
            n = node_next[n]
        room = min(room, (group_most[group] - held) // group_weight[e])
    return max(room, 0)


@njit(cache=True)
def _clashes(lot, head, node_lot, node_next, pile, clash_start, clash_of):
    """Whether a pool holds a portion that may not stand beside this one, or some of its own pile."""
    n = head
    while n >= 0:
        if pile[node_lot[n]] == pile[lot]:
            return True
        for e in range(clash_start[lot], clash_start[lot + 1]):
            if clash_of[e] == node_lot[n]:
                return True
        n = node_next[n]
    return False


@njit(cache=True)
def cap_room(lot, b, cap_start, cap_of, cap_row, cap_table, cap_left):
    """How many more copies of a portion on a bin type the caps leave."""
    room = np.int64(1) << 40
    for e in range(cap_start[lot], cap_start[lot + 1]):
        weight = cap_table[cap_row[e], b]
        if weight > 0:
            room = min(room, cap_left[cap_of[e]] // weight)
    return max(room, 0)


@njit(cache=True)
def _spend(copies, lot, b, cap_start, cap_of, cap_row, cap_table, cap_left):
    """Take what copies weigh off what the caps leave, in place."""
    for e in range(cap_start[lot], cap_start[lot + 1]):
        cap_left[cap_of[e]] -= copies * cap_table[cap_row[e], b]


@njit(cache=True)
def _fitting(size, free):
    """How many copies of one size fit into the free room of one host."""
    copies = np.int64(1) << 40
    for r in range(size.shape[0]):
        if size[r] > 0:
            copies = min(copies, free[r] // size[r])
    return copies


@njit(cache=True)
def _grown(array, length):
    bigger = np.empty(length, array.dtype)
    bigger[: len(array)] = array
    return bigger


@njit(cache=True)
def _room_for_pools(need, pool_bin, pool_mult, pool_head, pool_free):
    """The arrays of pools, twice as long where they do not hold `need`."""
    if need < len(pool_bin):
        return pool_bin, pool_mult, pool_head, pool_free
    length = 2 * len(pool_bin)
    free = np.empty((length, pool_free.shape[1]), np.int64)
    free[: len(pool_free)] = pool_free
    return _grown(pool_bin, length), _grown(pool_mult, length), _grown(pool_head, length), free


@njit(cache=True)
def _room_for_nodes(need, node_lot, node_copies, node_next):
    """The arrays of nodes, twice as long where they do not hold `need`."""
    if need < len(node_lot):
        return node_lot, node_copies, node_next
    length = 2 * len(node_lot)
    return _grown(node_lot, length), _grown(node_copies, length), _grown(node_next, length)


@njit(cache=True)
def pack_portions(
    order, size, count, pile, row_start, row_left, row_most, fits, capacity, rank, slack_weight, strategy,
    open_bin, open_count, hosts_left, quota_weight, quota_left, cap_start, cap_of, cap_row, cap_table, cap_left,
    group_start, group_of, group_weight, group_most, clash_start, clash_of,
):  # fmt: skip
    """Place portions in `order` into open pools, then into new hosts of the best-ranked bin type.

    Parameters
    ----------
    order : int64[K]
    size : int64[K, R]
    count : int64[K]
    pile : int64[K]
        Portions of one pile with limits stand on no host together.
    row_start : int64[piles + 1]
        The rows of each pile.
    row_left, row_most : int64[N]
        Copies of each row, spent in place, and how many of them a host takes.
    fits : bool[K, B]
    capacity : int64[B, R]
    rank : float64[K, B] or float64[1, B]
        The lowest rank, of each portion or of all, is opened first; infinite is never opened.
    slack_weight : float64[R]
        Weighs the free room in best fit.
    strategy : int
        `FIRST_FIT` or `BEST_FIT`.
    open_bin, open_count : int64[O]
        Hosts that stand open from the start.
    hosts_left : int64[B]
        How many more of each bin type may be opened.
    quota_weight : int64[Q, B]
    quota_left : int64[Q]
    cap_start, cap_of, cap_row, cap_table, cap_left
        Caps on what all copies weigh: portion k is in caps cap_of[cap_start[k]:cap_start[k+1]], in which a
        copy on bin type b weighs cap_table[cap_row[e], b]; cap_left int64[C] is spent in place.
    group_start, group_of, group_weight, group_most
        Limits on groups of portions on one host: portion k is in groups group_of[group_start[k]:
        group_start[k+1]], in which a copy counts group_weight[e].
    clash_start, clash_of
        Portions that may not share a host with portion k, alike.

    Returns
    -------
    bin, multiplicity, head : int64[P]
    node_lot, node_copies, node_next : int64[nodes]
        What a take gave each of the hosts of its pool, in the order in which they were made.
    """
    lots, resources = size.shape
    bins = capacity.shape[0]
    room_p = 2 * len(open_bin) + 4 * len(order) + 2 * bins + 64
    room_n = room_p * 8
    pool_bin = np.empty(room_p, np.int64)
    pool_mult = np.empty(room_p, np.int64)
    pool_head = np.empty(room_p, np.int64)
    pool_free = np.empty((room_p, resources), np.int64)
    node_lot = np.empty(room_n, np.int64)
    node_copies = np.empty(room_n, np.int64)
    node_next = np.empty(room_n, np.int64)
    pools, nodes = 0, 0
    taken = np.zeros(max(1, np.max(np.diff(row_start))), np.int64)
    cut = np.zeros(len(row_start) - 1, np.bool_)  # piles in several portions, of which limits bind some row
    portions_of = np.zeros(len(row_start) - 1, np.int64)
    for lot in range(lots):
        portions_of[pile[lot]] += 1
    for n in range(len(cut)):
        for row in range(row_start[n], row_start[n + 1]):
            cut[n] |= portions_of[n] > 1 and row_most[row] < row_left[row]
    for o in range(len(open_bin)):
        pool_bin[pools] = open_bin[o]
        pool_mult[pools] = open_count[o]
        pool_head[pools] = -1
        pool_free[pools] = capacity[open_bin[o]]
        pools += 1
    bins_by_rank = np.argsort(rank[0])

    for lot in order:
        remaining = count[lot]
        if remaining == 0:
            continue
        first, last = row_start[pile[lot]], row_start[pile[lot] + 1]
        beside = side_by_side(first, last, row_left, row_most)
        bound = group_start[lot + 1] > group_start[lot]
        clashing = clash_start[lot + 1] > clash_start[lot] or cut[pile[lot]]
        capped = cap_start[lot + 1] > cap_start[lot]
        before = pools
        if strategy == BEST_FIT:
            fitting = np.empty(before, np.int64)
            slack = np.empty(before)
            found = 0
            for p in range(before):
                if fits[lot, pool_bin[p]] and _fitting(size[lot], pool_free[p]) > 0:
                    fitting[found] = p
                    slack[found] = 0.0
                    for r in range(resources):
                        slack[found] += slack_weight[r] * pool_free[p, r]
                    found += 1
            visit = fitting[:found][np.argsort(slack[:found])]
        else:
            visit = np.arange(before)
        for seen in visit:
            p = seen
            if remaining == 0:
                break
            if not fits[lot, pool_bin[p]]:
                continue
            while remaining > 0 and pool_mult[p] > 0:
                copies = min(_fitting(size[lot], pool_free[p]), beside)
                if copies > 0 and bound:
                    copies = min(copies, _group_room(
                        lot, pool_head[p], node_lot, node_copies, node_next,
                        group_start, group_of, group_weight, group_most,
                    ))  # fmt: skip
                if (
                    copies > 0
                    and clashing
                    and _clashes(lot, pool_head[p], node_lot, node_next, pile, clash_start, clash_of)
                ):
                    copies = 0
                wanted = remaining
                if copies > 0 and capped:
                    wanted = min(wanted, cap_room(lot, pool_bin[p], cap_start, cap_of, cap_row, cap_table, cap_left))
                copies = min(copies, wanted)
                if copies <= 0:
                    break
                pool_bin, pool_mult, pool_head, pool_free = _room_for_pools(
                    pools + 1, pool_bin, pool_mult, pool_head, pool_free
                )
                node_lot, node_copies, node_next = _room_for_nodes(nodes + 1, node_lot, node_copies, node_next)
                full = longest_block(first, last, row_left, row_most, copies, min(wanted // copies, pool_mult[p]))
                untouched = pool_mult[p] - full
                rest = -1
                if untouched > 0:
                    rest = pools
                    pool_bin[rest] = pool_bin[p]
                    pool_mult[rest] = untouched
                    pool_head[rest] = pool_head[p]
                    pool_free[rest] = pool_free[p]
                    pools += 1
                node_lot[nodes] = lot
                node_copies[nodes] = copies
                node_next[nodes] = pool_head[p]
                pool_mult[p] = full
                pool_head[p] = nodes
                pool_free[p] = pool_free[p] - copies * size[lot]
                nodes += 1
                remaining -= full * copies
                take(first, last, row_left, row_most, copies, full, taken)
                beside = side_by_side(first, last, row_left, row_most)
                if capped:
                    _spend(full * copies, lot, pool_bin[p], cap_start, cap_of, cap_row, cap_table, cap_left)
                if rest < 0:
                    break
                p = rest
        own = lot if len(rank) > 1 else 0
        if len(rank) > 1 and remaining > 0:
            bins_by_rank = np.argsort(rank[own])
        for b in bins_by_rank:
            if remaining == 0:
                break
            if not fits[lot, b] or rank[own, b] == np.inf:
                continue
            while remaining > 0 and hosts_left[b] > 0:
                copies = min(_fitting(size[lot], capacity[b]), beside)
                if copies > 0 and bound:
                    copies = min(copies, _group_room(
                        lot, -1, node_lot, node_copies, node_next, group_start, group_of, group_weight, group_most
                    ))  # fmt: skip
                wanted = remaining
                if copies > 0 and capped:
                    wanted = min(wanted, cap_room(lot, b, cap_start, cap_of, cap_row, cap_table, cap_left))
                copies = min(copies, wanted)
                if copies <= 0:
                    break
                hosts = min(wanted // copies, hosts_left[b])
                for q in range(len(quota_left)):
                    if quota_weight[q, b] > 0:
                        hosts = min(hosts, quota_left[q] // quota_weight[q, b])
                if hosts <= 0:
                    break
                hosts = longest_block(first, last, row_left, row_most, copies, hosts)
                hosts_left[b] -= hosts
                for q in range(len(quota_left)):
                    quota_left[q] -= hosts * quota_weight[q, b]
                pool_bin, pool_mult, pool_head, pool_free = _room_for_pools(
                    pools + 1, pool_bin, pool_mult, pool_head, pool_free
                )
                node_lot, node_copies, node_next = _room_for_nodes(nodes + 1, node_lot, node_copies, node_next)
                node_lot[nodes] = lot
                node_copies[nodes] = copies
                node_next[nodes] = -1
                pool_bin[pools] = b
                pool_mult[pools] = hosts
                pool_head[pools] = nodes
                pool_free[pools] = capacity[b] - copies * size[lot]
                pools += 1
                nodes += 1
                remaining -= hosts * copies
                take(first, last, row_left, row_most, copies, hosts, taken)
                beside = side_by_side(first, last, row_left, row_most)
                if capped:
                    _spend(hosts * copies, lot, b, cap_start, cap_of, cap_row, cap_table, cap_left)
    return (
        pool_bin[:pools], pool_mult[:pools], pool_head[:pools],
        node_lot[:nodes], node_copies[:nodes], node_next[:nodes],
    )  # fmt: skip
