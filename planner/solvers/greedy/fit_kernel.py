"""Numba kernel: decreasing fits over pools of equal hosts.

A *pool* is a number of hosts with equal bin type and equal content. Its content is a linked list
of nodes (lot, copies, next); when a pool is split, both halves share the tail, so that splitting
costs nothing. Lots are visited in a given order, and many copies are placed at once, so that the
work grows with the number of shapes and not with the number of replicas.

Axis letters: K lots, B bin types, R resources, G groups, Q quotas, P pools, N nodes.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

FIRST_FIT, BEST_FIT = 0, 1


@njit(cache=True)
def _group_room(lot, head, node_lot, node_copies, node_next, group_start, group_of, group_most, member):
    """How many more copies of a lot the limits on a host's groups of lots leave."""
    room = np.int64(1) << 40
    for e in range(group_start[lot], group_start[lot + 1]):
        group = group_of[e]
        held = 0
        n = head
        while n >= 0:
            held += node_copies[n] * member[group, node_lot[n]]
            n = node_next[n]
        room = min(room, (group_most[group] - held) // member[group, lot])
    return max(room, 0)


@njit(cache=True)
def _clashes(lot, head, node_lot, node_next, clash_start, clash_of):
    """Whether a pool holds a lot that may not stand beside this one."""
    n = head
    while n >= 0:
        for e in range(clash_start[lot], clash_start[lot + 1]):
            if clash_of[e] == node_lot[n]:
                return True
        n = node_next[n]
    return False


@njit(cache=True)
def cap_room(lot, b, cap_start, cap_of, cap_row, cap_table, cap_left):
    """How many more copies of a lot on a bin type the caps leave."""
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
def pack_lots(
    order, size, count, fits, most, capacity, rank, slack_weight, strategy, open_bin, open_count,
    hosts_left, quota_weight, quota_left, cap_start, cap_of, cap_row, cap_table, cap_left,
    group_start, group_of, group_most, member, clash_start, clash_of,
):  # fmt: skip
    """Place lots in `order` into open pools, then into new hosts of the best-ranked bin type.

    Parameters
    ----------
    order : int64[K]
    size : int64[K, R]
    count : int64[K]
    fits : bool[K, B]
    most : int64[K]
        Copies of a lot on one host.
    capacity : int64[B, R]
    rank : float64[K, B] or float64[1, B]
        The lowest rank, of each lot or of all, is opened first; infinite is never opened.
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
        Caps on what all copies weigh: lot k is in caps cap_of[cap_start[k]:cap_start[k+1]], in which a
        copy on bin type b weighs cap_table[cap_row[e], b]; cap_left int64[C] is spent in place.
    group_start, group_of, group_most, member
        Limits on groups of lots on one host: lot k is in groups group_of[group_start[k]:
        group_start[k+1]]; member int64[G, K] says how much a copy counts.
    clash_start, clash_of
        Lots that may not share a host with lot k, alike.

    Returns
    -------
    bin, multiplicity, head : int64[P]
    node_lot, node_copies, node_next : int64[N]
    left : int64[K]
        Copies that found no host.
    """
    lots, resources = size.shape
    bins = capacity.shape[0]
    room_p = 2 * len(open_bin) + 4 * lots + 2 * bins + 64
    room_n = room_p * 8
    pool_bin = np.empty(room_p, np.int64)
    pool_mult = np.empty(room_p, np.int64)
    pool_head = np.empty(room_p, np.int64)
    pool_free = np.empty((room_p, resources), np.int64)
    node_lot = np.empty(room_n, np.int64)
    node_copies = np.empty(room_n, np.int64)
    node_next = np.empty(room_n, np.int64)
    pools, nodes = 0, 0
    left = count.copy()
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
        bound = group_start[lot + 1] > group_start[lot]
        clashing = clash_start[lot + 1] > clash_start[lot]
        capped = cap_start[lot + 1] > cap_start[lot]
        before = pools
        if strategy == BEST_FIT:
            slack = np.empty(before)
            for p in range(before):
                total = 0.0
                for r in range(resources):
                    total += slack_weight[r] * pool_free[p, r]
                slack[p] = total
            visit = np.argsort(slack)
        else:
            visit = np.arange(before)
        for p in visit:
            if remaining == 0:
                break
            if not fits[lot, pool_bin[p]] or pool_mult[p] == 0:
                continue
            copies = min(_fitting(size[lot], pool_free[p]), most[lot])
            if copies > 0 and bound:
                copies = min(copies, _group_room(
                    lot, pool_head[p], node_lot, node_copies, node_next, group_start, group_of, group_most, member
                ))  # fmt: skip
            if copies > 0 and clashing and _clashes(lot, pool_head[p], node_lot, node_next, clash_start, clash_of):
                copies = 0
            wanted = remaining
            if copies > 0 and capped:
                wanted = min(wanted, cap_room(lot, pool_bin[p], cap_start, cap_of, cap_row, cap_table, cap_left))
            if copies <= 0 or wanted <= 0:
                continue
            pool_bin, pool_mult, pool_head, pool_free = _room_for_pools(
                pools + 2, pool_bin, pool_mult, pool_head, pool_free
            )
            node_lot, node_copies, node_next = _room_for_nodes(nodes + 3, node_lot, node_copies, node_next)
            full = min(wanted // copies, pool_mult[p])
            rest = wanted - full * copies if full < pool_mult[p] else 0
            untouched = pool_mult[p] - full - (1 if rest > 0 else 0)
            old_head = pool_head[p]
            if untouched > 0 and (full > 0 or rest > 0):
                pool_bin[pools] = pool_bin[p]
                pool_mult[pools] = untouched
                pool_head[pools] = old_head
                pool_free[pools] = pool_free[p]
                pools += 1
            if rest > 0 and full > 0:
                node_lot[nodes] = lot
                node_copies[nodes] = rest
                node_next[nodes] = old_head
                pool_bin[pools] = pool_bin[p]
                pool_mult[pools] = 1
                pool_head[pools] = nodes
                pool_free[pools] = pool_free[p] - rest * size[lot]
                pools += 1
                nodes += 1
            here = copies if full > 0 else rest
            node_lot[nodes] = lot
            node_copies[nodes] = here
            node_next[nodes] = old_head
            pool_mult[p] = full if full > 0 else 1
            pool_head[p] = nodes
            pool_free[p] = pool_free[p] - here * size[lot]
            nodes += 1
            remaining -= full * copies + rest
            if capped:
                _spend(full * copies + rest, lot, pool_bin[p], cap_start, cap_of, cap_row, cap_table, cap_left)
        own = lot if len(rank) > 1 else 0
        if len(rank) > 1 and remaining > 0:
            bins_by_rank = np.argsort(rank[own])
        for b in bins_by_rank:
            if remaining == 0:
                break
            if not fits[lot, b] or rank[own, b] == np.inf or hosts_left[b] <= 0:
                continue
            copies = min(_fitting(size[lot], capacity[b]), most[lot])
            if copies > 0 and bound:
                copies = min(copies, _group_room(
                    lot, -1, node_lot, node_copies, node_next, group_start, group_of, group_most, member
                ))  # fmt: skip
            wanted = remaining
            if copies > 0 and capped:
                wanted = min(wanted, cap_room(lot, b, cap_start, cap_of, cap_row, cap_table, cap_left))
            if copies <= 0 or wanted <= 0:
                continue
            hosts = min(-(-wanted // copies), hosts_left[b])
            for q in range(len(quota_left)):
                if quota_weight[q, b] > 0:
                    hosts = min(hosts, quota_left[q] // quota_weight[q, b])
            if hosts <= 0:
                continue
            hosts_left[b] -= hosts
            for q in range(len(quota_left)):
                quota_left[q] -= hosts * quota_weight[q, b]
            pool_bin, pool_mult, pool_head, pool_free = _room_for_pools(
                pools + 2, pool_bin, pool_mult, pool_head, pool_free
            )
            node_lot, node_copies, node_next = _room_for_nodes(nodes + 3, node_lot, node_copies, node_next)
            full = min(hosts, wanted // copies)
            if full > 0:
                node_lot[nodes] = lot
                node_copies[nodes] = copies
                node_next[nodes] = -1
                pool_bin[pools] = b
                pool_mult[pools] = full
                pool_head[pools] = nodes
                pool_free[pools] = capacity[b] - copies * size[lot]
                pools += 1
                nodes += 1
            rest = 0
            if hosts > full:
                rest = min(wanted - full * copies, copies)
                node_lot[nodes] = lot
                node_copies[nodes] = rest
                node_next[nodes] = -1
                pool_bin[pools] = b
                pool_mult[pools] = 1
                pool_head[pools] = nodes
                pool_free[pools] = capacity[b] - rest * size[lot]
                pools += 1
                nodes += 1
            remaining -= full * copies + rest
            if capped:
                _spend(full * copies + rest, lot, b, cap_start, cap_of, cap_row, cap_table, cap_left)
        left[lot] = remaining
    return (
        pool_bin[:pools], pool_mult[:pools], pool_head[:pools],
        node_lot[:nodes], node_copies[:nodes], node_next[:nodes], left,
    )  # fmt: skip
