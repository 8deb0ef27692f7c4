"""Numba kernel: which hosts to look at, and which type a new host should have."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.solvers.search.arrays import HOSTS, POOLED, WORK
from planner.solvers.search.draw_kernel import below, uniform
from planner.solvers.search.rules_kernel import allowed_there, may_open


@njit(cache=True, nogil=True)
def choose(given, plan, lead, spot, noise):
    """The bin type of a spot that promises to hold the pool at the least objective, with noise; -1 for none."""
    best, promised = -1, np.inf
    kinds = len(plan.total)
    plan.number[WORK] += given.spot_start[spot + 1] - given.spot_start[spot]
    for at in range(given.spot_start[spot], given.spot_start[spot + 1]):
        b = given.spot_bins[at]
        if not given.fits[lead, b] or not may_open(given, plan, b):
            continue
        hosts = 1.0
        for r in range(kinds):
            hosts = max(hosts, plan.total[r] * given.full[b, r])
        promise = given.open[b] * hosts
        if len(given.place) > 0:
            for e in range(plan.number[POOLED]):
                promise += plan.pool_copies[e] * given.place[plan.pool_item[e], b]
        promise *= 1.0 - noise * np.log(1.0 - uniform(plan.random))
        if promise < promised and allowed_there(given, plan, b, lead, 1) > 0:
            best, promised = b, promise
    return best


@njit(cache=True, nogil=True)
def _proposed(given, plan, lead, spot, way, noise):
    """A bin type for the leading item type of the pool, or -1.

    By what it promises for the whole pool (`way` 0); or that of a host drawn from the plan, so that the plan
    itself teaches which types are good (1); or any (2).
    """
    if way == 0:
        return choose(given, plan, lead, spot, noise)
    for _ in range(3):
        if way == 1 and plan.number[HOSTS] > 0:
            b = np.int64(plan.bin[below(plan.random, plan.number[HOSTS])])
            if given.spot[b] != spot:
                continue
        else:
            first = given.spot_start[spot]
            b = given.spot_bins[first + below(plan.random, given.spot_start[spot + 1] - first)]
        if given.fits[lead, b] and may_open(given, plan, b) and allowed_there(given, plan, b, lead, 1) > 0:
            return b
    return -1


@njit(cache=True, nogil=True)
def _earned(given, plan, b):
    """What copies that an empty host takes of the pool, in order, are worth to its objective."""
    kinds = given.size.shape[1]
    plan.number[WORK] += plan.number[POOLED]
    for r in range(kinds):
        plan.asked[r] = given.capacity[b, r]
    worth = 0.0
    for at in range(plan.number[POOLED]):
        e = plan.order[at]
        i = plan.pool_item[e]
        n = min(plan.pool_copies[e], given.most[i])
        if n == 0 or not given.fits[i, b]:
            continue
        for r in range(kinds):
            if given.size[i, r] > plan.asked[r]:
                n = 0
                break
        if n > 1:
            for r in range(kinds):
                if given.size[i, r] > 0:
                    n = min(n, plan.asked[r] // given.size[i, r])
        if n > 0:
            for r in range(kinds):
                plan.asked[r] -= n * given.size[i, r]
            worth += n * given.worth[i]
            if len(given.place) > 0:
                worth -= n * given.place[i, b]
    return worth / max(1e-12, given.open[b])


@njit(cache=True, nogil=True)
def choose_anywhere(given, plan, lead, spot, tries, noise):
    """The best of a few bin types proposed, by what they would earn; in the first spot that has one, or -1."""
    spots = len(given.spot_start) - 1
    for step in range(spots):
        here = (spot + step) % spots
        best, most = -1, -np.inf
        for t in range(tries):
            b = _proposed(given, plan, lead, here, t % 3, noise)
            if b < 0 or b == best:
                continue
            if tries == 1:
                return b
            earned = _earned(given, plan, b) * (1.0 + 0.2 * noise * uniform(plan.random))
            if earned > most:
                best, most = b, earned
        if best < 0 and tries > 0:
            best = choose(given, plan, lead, here, noise)
        if best >= 0:
            return best
    return -1


@njit(cache=True, nogil=True)
def emptiest(given, plan, drawn, spot):
    """The host with most slack of a few drawn, of those in one spot where `spot` is not -1; or -1."""
    best, most = -1, -1.0
    for _ in range(drawn):
        host = below(plan.random, plan.number[HOSTS])
        slack = 0.0
        b = plan.bin[host]
        if spot >= 0 and given.spot[b] != spot:
            continue
        for r in range(plan.free.shape[1]):
            slack += given.share[b, r] * plan.free[host, r]
        if slack > most:
            best, most = host, slack
    return best


@njit(cache=True, nogil=True)
def dearest(given, plan, drawn):
    """The host of a few drawn whose copies are worth least of what it costs."""
    best, least = -1, np.inf
    for _ in range(drawn):
        host = below(plan.random, plan.number[HOSTS])
        worth = 0.0
        for k in range(plan.slots[host]):
            worth += plan.copies[host, k] * given.worth[plan.item[host, k]]
        worth /= max(1e-12, given.open[plan.bin[host]])
        if worth < least:
            best, least = host, worth
    return best
