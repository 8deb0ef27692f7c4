"""Numba kernel: fill hosts one pattern at a time.

Axis letters: K portions, B bin types, R resources, T bin types to fill, Q quotas, P patterns, N rows.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

from planner.solvers.greedy.deal_kernel import longest_block, side_by_side, take


@njit(cache=True)
def _fill(
    b, rows, left, size, pile, beside, capacity, weight, by_distance, value, content, on_host,
    cap_start, cap_of, cap_row, cap_table, cap_left, cap_held,
    group_start, group_of, group_weight, group_most, clash_start, clash_of,
):  # fmt: skip
    """Fill one host of bin type b, always with the portion of `rows` that suits the room left best.

    `content` int64[K] and `on_host` int64[piles] must be zero in `rows`; they are left with the copies, whose
    value is returned, and `cap_held` int64[C] with what they weigh. `beside` int64[piles] is how many copies of
    a pile a host can take.
    Suits best: the largest weighted dot product of size and free room, or the smallest weighted
    Euclidean distance between them (Panigrahy, Talwar, Uyeda, Wieder, "Heuristics for Vector Bin
    Packing", 2011, section 3).
    """
    lots, resources = size.shape
    cap_held[:] = 0
    free = capacity[b].copy()
    group_held = np.zeros(len(group_most), np.int64)
    barred = np.zeros(lots, np.bool_)
    alive = rows.copy()
    living = len(rows)
    worth = 0.0
    while True:
        best, best_score, kept = -1, -np.inf, 0
        for a in range(living):
            k = alive[a]
            if barred[k] or left[k] <= content[k] or on_host[pile[k]] >= beside[pile[k]]:
                continue
            score = 0.0
            for r in range(resources):
                if size[k, r] > free[r]:
                    score = -np.inf
                    break
                scale = weight[b, r]
                if by_distance:
                    gap = (free[r] - size[k, r]) * scale
                    score -= gap * gap
                else:
                    score += size[k, r] * scale * free[r] * scale
            if score == -np.inf:
                continue
            alive[kept] = k
            kept += 1
            if score > best_score:
                best, best_score = k, score
        living = kept
        if best < 0:
            return worth
        allowed = True
        for e in range(group_start[best], group_start[best + 1]):
            group = group_of[e]
            if group_held[group] + group_weight[e] > group_most[group]:
                allowed = False
        for e in range(cap_start[best], cap_start[best + 1]):
            cap = cap_of[e]
            if cap_held[cap] + cap_table[cap_row[e], b] > cap_left[cap]:
                allowed = False
        if not allowed:
            barred[best] = True
            continue
        for e in range(group_start[best], group_start[best + 1]):
            group_held[group_of[e]] += group_weight[e]
        for e in range(cap_start[best], cap_start[best + 1]):
            cap_held[cap_of[e]] += cap_table[cap_row[e], b]
        for e in range(clash_start[best], clash_start[best + 1]):
            barred[clash_of[e]] = True
        content[best] += 1
        on_host[pile[best]] += 1
        worth += value[best]
        for r in range(resources):
            free[r] -= size[best, r]


@njit(cache=True)
def fill_hosts(
    size, count, pile, row_start, row_left, row_most, capacity, cost, regret, value, weight, by_distance,
    types, portion_start, portion_of, open_left, may_open, hosts_left, quota_weight, quota_left,
    cap_start, cap_of, cap_row, cap_table, cap_left,
    group_start, group_of, group_weight, group_most, clash_start, clash_of,
):  # fmt: skip
    """Open hosts one pattern at a time: of all types, the filled host of least cost per value.

    Hosts that stand open are filled first. A pattern is repeated as long as its portions last; a type's
    pattern stays the best fill for it until one of its own portions runs short, so that only then it is
    filled anew. Parameters are those of `pack_portions`, and

    cost : float64[B]
        What opening a host costs.
    regret : float64[K, B] or float64[0, B]
        What a copy costs there beside the host, above its cheapest place.
    value : float64[K]
        What placing one copy is worth.
    weight : float64[B, R]
        Scales sizes and free room in the measures.
    types : int64[T]
        Bin types to fill.
    portion_start, portion_of
        The portions that may stand on types[t]: portion_of[portion_start[t]:portion_start[t+1]].
    open_left : int64[T]
        Hosts of each type that stand open.
    may_open : bool[T]
        Whether further ones may be opened.

    Returns
    -------
    bin, multiplicity : int64[P]
    take, pattern, pile, copies : int64[E]
        What each pattern takes off which pile: the number of the take, in the order in which they were made.
    """
    piles = len(row_start) - 1
    left = count.copy()
    content = np.zeros(size.shape[0], np.int64)
    on_host = np.zeros(piles, np.int64)
    beside = np.zeros(piles, np.int64)
    for n in range(piles):
        beside[n] = side_by_side(row_start[n], row_start[n + 1], row_left, row_most)
    taken = np.zeros(max(1, np.max(np.diff(row_start))), np.int64)
    portions_in = [np.empty(0, np.int64) for _ in range(len(types))]
    copies_in = [np.empty(0, np.int64) for _ in range(len(types))]
    piles_in = [np.empty(0, np.int64) for _ in range(len(types))]
    off_pile = [np.empty(0, np.int64) for _ in range(len(types))]
    worth = np.zeros(len(types))
    paid = cost[types].copy()
    weighs = np.zeros((len(types), len(cap_left)), np.int64)
    stale = np.ones(len(types), np.bool_)
    out_bin = [np.int64(0) for _ in range(0)]
    out_mult = [np.int64(0) for _ in range(0)]
    out_pattern = [np.int64(0) for _ in range(0)]
    out_pile = [np.int64(0) for _ in range(0)]
    out_copies = [np.int64(0) for _ in range(0)]
    while True:
        best, best_ratio = -1, np.inf
        for t in range(len(types)):
            b = types[t]
            opens = may_open[t] and hosts_left[b] > 0
            for q in range(len(quota_left)):
                if quota_weight[q, b] > quota_left[q]:
                    opens = False
            if open_left[t] <= 0 and not opens:
                continue
            if stale[t]:
                rows = portion_of[portion_start[t] : portion_start[t + 1]]
                worth[t] = _fill(
                    b, rows, left, size, pile, beside, capacity, weight, by_distance, value, content, on_host,
                    cap_start, cap_of, cap_row, cap_table, cap_left, weighs[t],
                    group_start, group_of, group_weight, group_most, clash_start, clash_of,
                )  # fmt: skip
                chosen = rows[content[rows] > 0]
                portions_in[t] = chosen
                copies_in[t] = content[chosen]
                piles_in[t] = np.unique(pile[chosen])
                off_pile[t] = on_host[piles_in[t]]
                paid[t] = cost[b]
                if len(regret) > 0:
                    for k in chosen:
                        paid[t] += content[k] * regret[k, b]
                content[chosen] = 0
                on_host[piles_in[t]] = 0
                stale[t] = False
            if worth[t] <= 0:
                continue
            ratio = -1.0 if open_left[t] > 0 else paid[t] / worth[t]
            if ratio < best_ratio:
                best, best_ratio = t, ratio
        if best < 0:
            break
        b = types[best]
        times = np.int64(1) << 40
        for e in range(len(portions_in[best])):
            times = min(times, left[portions_in[best][e]] // copies_in[best][e])
        for c in range(len(cap_left)):
            if weighs[best, c] > 0:
                times = min(times, cap_left[c] // weighs[best, c])
        times = min(times, open_left[best] if open_left[best] > 0 else hosts_left[b])
        if open_left[best] <= 0:
            for q in range(len(quota_left)):
                if quota_weight[q, b] > 0:
                    times = min(times, quota_left[q] // quota_weight[q, b])
        for e in range(len(piles_in[best])):
            if off_pile[best][e] > 1:
                n = piles_in[best][e]
                times = longest_block(row_start[n], row_start[n + 1], row_left, row_most, off_pile[best][e], times)
        if open_left[best] > 0:
            open_left[best] -= times
        else:
            hosts_left[b] -= times
            for q in range(len(quota_left)):
                quota_left[q] -= times * quota_weight[q, b]
        for e in range(len(piles_in[best])):
            n = piles_in[best][e]
            take(row_start[n], row_start[n + 1], row_left, row_most, off_pile[best][e], times, taken)
            beside[n] = side_by_side(row_start[n], row_start[n + 1], row_left, row_most)
            out_pattern.append(len(out_bin))
            out_pile.append(n)
            out_copies.append(off_pile[best][e])
        out_bin.append(b)
        out_mult.append(times)
        for e in range(len(portions_in[best])):
            left[portions_in[best][e]] -= times * copies_in[best][e]
        for c in range(len(cap_left)):
            cap_left[c] -= times * weighs[best, c]
        for t in range(len(types)):
            for e in range(len(portions_in[t])):
                if left[portions_in[t][e]] < copies_in[t][e]:
                    stale[t] = True
            for e in range(len(piles_in[t])):
                if beside[piles_in[t][e]] < off_pile[t][e]:
                    stale[t] = True
            for c in range(len(cap_left)):
                if weighs[t, c] > cap_left[c]:
                    stale[t] = True
    return (
        np.array(out_bin), np.array(out_mult), np.arange(len(out_pile)), np.array(out_pattern), np.array(out_pile),
        np.array(out_copies),
    )  # fmt: skip
