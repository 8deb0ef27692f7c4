"""Numba kernel: ruin and recreate under annealing, with operators chosen by their success.

After Schrimpf et al., "Record Breaking Optimization Results Using the Ruin and Recreate Principle" (2000):
a few hosts are emptied, what was on them is placed again, and the outcome is kept if it is better or the
temperature allows it.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.solvers.search.arrays import (
    BAD,
    BEST_LEFT,
    BEST_SPENT,
    CLOSED,
    ENERGY,
    HOSTS,
    LEFT,
    POOLED,
    SPENT,
    STAMP,
    WAITING,
    WORK,
)
from planner.solvers.search.chain_kernel import settle
from planner.solvers.search.choose_kernel import dearest, emptiest
from planner.solvers.search.draw_kernel import below, uniform
from planner.solvers.search.exchange_kernel import exchange
from planner.solvers.search.recreate_kernel import into_gaps, into_new, into_standing, sort_pool
from planner.solvers.search.reshape_kernel import merge, part, retype
from planner.solvers.search.trial_kernel import begin, drop, empty, fits_rows, into_pool, keep, loss_change

RUINS = 15
"""Hosts emptied (1, 2, 3, 4 or 6) times how they are chosen (any, the dearest, of one domain)."""
SHIFT, SWAP, CHAIN, MERGE, SPLIT, PART, RETYPE = range(RUINS, RUINS + 7)
"""Operators that know where copies go: one lot to another host, or for another lot; the emptiest host emptied by
ejection chains; two hosts made one, one made two, two parted anew; a cheaper type for a host."""
OPERATORS = RUINS + 7
STYLES = 6
"""Bin types compared for a new host (1, 3 or 6) times how they are filled (in order, aligned)."""
WAITERS = 3
"""Item types with copies left out that a move tries to place."""
TIED = 0.85
"""How often a move keeps to one spot where forms bind domains."""
TOGETHER_PLACED = 24
"""Further item types that `place_left` calls up at once."""
LEAST_ODDS = 0.02
"""The odds of the poorest operator to those of the best."""
SEGMENT = 128
"""Moves after which the odds are weighed anew."""
MEMORY = 100_000.0
"""Steps of work of an operator after which its past counts half."""
FIXED = 16
"""Steps of work that any move takes."""
TINY = 1e-7
"""A change of the objective below this is none."""


@njit(cache=True, nogil=True)
def _chosen(plan, first, number):
    """Draw one of `number` operators from `first` on by the odds."""
    total = 0.0
    for operator in range(first, first + number):
        total += plan.odds[operator]
    mark = total * uniform(plan.random)
    for operator in range(first, first + number):
        mark -= plan.odds[operator]
        if mark < 0.0:
            return operator
    return first + number - 1


@njit(cache=True, nogil=True)
def weigh(plan, first, number):
    """Set the odds of operators to what they find for their work; none falls far behind.

    S. Ropke, D. Pisinger, "An Adaptive Large Neighborhood Search Heuristic for the Pickup and Delivery Problem with
    Time Windows" (2006), with steps of work in place of time, so that equal seeds give equal runs.
    """
    best = 1e-300  # where nothing has been found for long, all are alike
    for operator in range(first, first + number):
        plan.odds[operator] = plan.won[operator] / plan.tried[operator]
        best = max(best, plan.odds[operator])
    for operator in range(first, first + number):
        plan.odds[operator] = max(plan.odds[operator], LEAST_ODDS * best)


@njit(cache=True, nogil=True)
def _count(plan, operator, work, gain):
    """Count the work of a try and whether it found better; old tries fade."""
    plan.tried[operator] += work
    plan.won[operator] += gain
    if plan.tried[operator] > MEMORY:
        plan.tried[operator] *= 0.5
        plan.won[operator] *= 0.5


@njit(cache=True, nogil=True)
def ruin(given, plan, operator, tied):
    """Empty some hosts and call up some copies left out; the spot of the first host, or any.

    With `tied`, all hosts are of one spot.
    """
    count, how = 1 + operator // 3, operator % 3
    count += count == 5
    hosts = plan.number[HOSTS]
    first = -1
    tied = tied or how == 2
    for _ in range(min(count, hosts) if hosts > 0 else 0):
        for _ in range(16):
            host = dearest(given, plan, 3) if how == 1 or (first < 0 and how == 2) else below(plan.random, hosts)
            near = first < 0 or not tied or given.spot[plan.bin[host]] == given.spot[plan.bin[first]]
            if near and plan.mark[host] != plan.number[STAMP]:
                if empty(given, plan, host) and first < 0:
                    first = host
                break
    for _ in range(min(WAITERS, plan.number[WAITING])):
        i = plan.waiting[below(plan.random, plan.number[WAITING])]
        if plan.entry[i] < 0:
            into_pool(plan, i, 0)
    if first >= 0 and (tied or uniform(plan.random) < 0.9):
        return given.spot[plan.bin[first]]
    return below(plan.random, len(given.spot_start) - 1)


@njit(cache=True, nogil=True)
def local(given, plan, operator, limit, tied):
    """Apply an operator that knows where copies go, on trial; False where it finds nothing to do."""
    if plan.number[HOSTS] == 0:
        return False
    if operator in (SHIFT, SWAP):
        return exchange(given, plan, limit, operator == SWAP)
    if operator == MERGE:
        return merge(given, plan)
    if operator in (SPLIT, PART):
        return part(given, plan, operator == PART)
    if operator == RETYPE:
        if not retype(given, plan):
            return False
        host = plan.closed[0] if plan.number[CLOSED] > 0 else plan.origin[0]
    else:
        host = emptiest(given, plan, 4, -1)
        if host < 0 or not empty(given, plan, host):
            return False
    settle(given, plan, given.spot[plan.bin[host]] if tied else -1)
    return True


@njit(cache=True, nogil=True)
def move(given, plan, heat, weight):
    """One move on trial: whether it may be kept. `keep` or `drop` must follow."""
    begin(plan)
    if plan.number[STAMP] % SEGMENT == 1:
        weigh(plan, 0, OPERATORS)
        weigh(plan, OPERATORS, STYLES)
    operator = _chosen(plan, 0, OPERATORS)
    style = _chosen(plan, OPERATORS, STYLES)
    kind, aligned = (style - OPERATORS) // 2, (style - OPERATORS) % 2 == 1
    tries = 1 if kind == 0 else 3 * kind
    before, begun = plan.value[ENERGY], plan.number[WORK]
    tied = len(given.group_kind) > 0 and uniform(plan.random) < TIED
    limit = before - heat * np.log(1.0 - uniform(plan.random))
    if operator < RUINS:
        spot = ruin(given, plan, operator, tied)
        done = True
    else:
        spot = below(plan.random, len(given.spot_start) - 1)
        done = local(given, plan, operator, limit, tied)
    if done and plan.number[POOLED] > 0:
        for e in range(plan.number[POOLED]):
            if plan.left[plan.pool_item[e]] > 0:
                limit = np.inf  # to place more is worth any host
        sort_pool(given, plan, weight, 1.5 * uniform(plan.random) ** 2)
        into_standing(given, plan)
        if operator < RUINS and plan.number[HOSTS] > 0:
            into_gaps(given, plan, below(plan.random, 4), spot if tied else -1)
        done = into_new(given, plan, spot, tries, 0.3 * uniform(plan.random) ** 2, _skipped(plan), aligned, limit)
    worse = loss_change(given, plan)
    kept = done and plan.number[BAD] == 0 and fits_rows(plan) and worse <= 0.0
    kept = kept and (worse < 0.0 or plan.value[ENERGY] <= limit)
    gain = 0.0
    if kept:
        gain = max(0.0, before - plan.value[ENERGY]) if worse == 0.0 else given.open[0]
    work = FIXED + plan.number[WORK] - begun
    _count(plan, operator, work, gain)
    if operator < RUINS:
        _count(plan, style, work, gain)
    return kept


@njit(cache=True, nogil=True)
def _skipped(plan):
    """How often a copy that fits is passed over, so that fills differ (Christiaens and Vanden Berghe, 2020)."""
    return 0.05 if uniform(plan.random) < 0.5 else 0.0


@njit(cache=True, nogil=True)
def is_best(plan):
    """Whether the plan is better than the best saved."""
    if plan.value[LEFT] != plan.value[BEST_LEFT]:
        return plan.value[LEFT] < plan.value[BEST_LEFT]
    return plan.value[SPENT] < plan.value[BEST_SPENT] - TINY


@njit(cache=True, nogil=True)
def save(plan):
    """Save the plan as the best."""
    hosts = plan.number[HOSTS]
    for h in range(hosts):
        plan.best_bin[h] = plan.bin[h]
        plan.best_slots[h] = plan.slots[h]
        for k in range(plan.slots[h]):
            plan.best_item[h, k] = plan.item[h, k]
            plan.best_copies[h, k] = plan.copies[h, k]
    plan.best_hosts[0] = hosts
    plan.value[BEST_LEFT] = plan.value[LEFT]
    plan.value[BEST_SPENT] = plan.value[SPENT]


@njit(cache=True, nogil=True)
def anneal(given, plan, moves, hot, cold):
    """Run so many moves, the temperature falling from `hot` to `cold` (in units of the objective).

    A new best is saved before the plan gets worse again, but no more often than its size pays.
    """
    weight = np.empty(plan.free.shape[1])
    heat = hot
    fall = (cold / hot) ** (1.0 / max(1, moves))
    since = 0
    better = is_best(plan)
    for _ in range(moves):
        spent, energy = plan.value[SPENT], plan.value[ENERGY]
        kept = move(given, plan, heat, weight)
        since += 1
        if not kept:
            drop(given, plan)
            plan.value[SPENT], plan.value[ENERGY] = spent, energy
        else:
            if better and plan.value[SPENT] > spent and 4 * since >= plan.number[HOSTS]:
                new_spent, new_energy = plan.value[SPENT], plan.value[ENERGY]
                plan.value[SPENT] = spent
                save(plan)
                plan.value[SPENT], plan.value[ENERGY] = new_spent, new_energy
                since = 0
            keep(given, plan)
            better = is_best(plan)
        heat *= fall
    if better:
        save(plan)


@njit(cache=True, nogil=True)
def place_left(given, plan):
    """Place copies left out as long as some find room: moves that empty no host."""
    weight = np.empty(plan.free.shape[1])
    placed = True
    while placed and plan.number[WAITING] > 0:
        placed = False
        for seat in range(plan.number[WAITING] - 1, -1, -1):
            if seat >= plan.number[WAITING]:
                continue
            spent, energy = plan.value[SPENT], plan.value[ENERGY]
            begin(plan)
            for other in range(max(0, seat - TOGETHER_PLACED), seat + 1):
                into_pool(plan, plan.waiting[other], 0)
            sort_pool(given, plan, weight, 0.3)
            into_new(given, plan, below(plan.random, len(given.spot_start) - 1), 6, 0.1, 0.0, False, np.inf)
            if loss_change(given, plan) < 0.0 and plan.number[BAD] == 0 and fits_rows(plan):
                keep(given, plan)
                placed = True
            else:
                drop(given, plan)
                plan.value[SPENT], plan.value[ENERGY] = spent, energy
    if is_best(plan):
        save(plan)
