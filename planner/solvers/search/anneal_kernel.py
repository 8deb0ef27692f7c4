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
    ENERGY,
    HOSTS,
    LEFT,
    POOLED,
    SPENT,
    STAMP,
    WAITING,
)
from planner.solvers.search.choose_kernel import dearest
from planner.solvers.search.draw_kernel import below, uniform
from planner.solvers.search.recreate_kernel import into_gaps, into_new, into_standing, sort_pool
from planner.solvers.search.trial_kernel import begin, drop, empty, fits_rows, into_pool, keep, loss_change

OPERATORS = 15
"""Hosts emptied (1, 2, 3, 4 or 6) times how they are chosen (any, the dearest, of one domain)."""
STYLES = 6
"""Bin types compared for a new host (1, 3 or 6) times how they are filled (in order, aligned)."""
WAITERS = 3
"""Item types with copies left out that a move tries to place."""
TIED = 0.85
"""How often a move keeps to one spot where forms bind domains."""
TOGETHER_PLACED = 24
"""Further item types that `place_left` calls up at once."""
TINY = 1e-7
"""A change of the objective below this is none."""


@njit(cache=True, nogil=True)
def _chosen(plan, first, number):
    """Choose one of `number` operators from `first` on: the more successful of two, now and then any."""
    one, two = first + below(plan.random, number), first + below(plan.random, number)
    if uniform(plan.random) < 0.2 or plan.won[one] * plan.tried[two] > plan.won[two] * plan.tried[one]:
        return one
    return two


@njit(cache=True, nogil=True)
def _count(plan, operator, better):
    """Count a try; old tries fade."""
    plan.tried[operator] += 1
    plan.won[operator] += better
    if plan.tried[operator] > 2000:
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
def move(given, plan, heat, weight):
    """One move on trial: whether it may be kept. `keep` or `drop` must follow."""
    begin(plan)
    operator = _chosen(plan, 0, OPERATORS)
    style = _chosen(plan, OPERATORS, STYLES)
    kind, aligned = (style - OPERATORS) // 2, (style - OPERATORS) % 2 == 1
    tries = 1 if kind == 0 else 3 * kind
    before = plan.value[ENERGY]
    tied = len(given.group_kind) > 0 and uniform(plan.random) < TIED
    spot = ruin(given, plan, operator, tied)
    limit = before - heat * np.log(1.0 - uniform(plan.random))
    for e in range(plan.number[POOLED]):
        if plan.left[plan.pool_item[e]] > 0:
            limit = np.inf  # to place more is worth any host
    sort_pool(given, plan, weight, 1.5 * uniform(plan.random) ** 2)
    into_standing(given, plan)
    if plan.number[HOSTS] > 0:
        into_gaps(given, plan, below(plan.random, 4), spot if tied else -1)
    done = into_new(given, plan, spot, tries, 0.3 * uniform(plan.random) ** 2, _skipped(plan), aligned, limit)
    worse = loss_change(given, plan)
    kept = done and plan.number[BAD] == 0 and fits_rows(plan) and worse <= 0.0
    kept = kept and (worse < 0.0 or plan.value[ENERGY] <= limit)
    better = kept and (worse < 0.0 or plan.value[ENERGY] < before - TINY)
    _count(plan, operator, better)
    _count(plan, style, better)
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
