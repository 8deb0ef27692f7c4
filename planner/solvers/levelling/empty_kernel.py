"""Numba kernel: empty hosts onto others, by Metropolis' rule."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

from planner.solvers.levelling.draw_kernel import below, unit
from planner.solvers.levelling.host_kernel import fits, over_with, over_without, put, take


@njit(cache=True, nogil=True)
def empty(s, hosts, heat, tries, sample, rng):
    """Try `tries` times to empty one of `hosts`, each of its containers going where it costs least among `sample`.

    Returns the number emptied.
    """
    emptied = 0
    for _ in range(tries):
        h = hosts[below(rng, len(hosts))]
        if s.size[h] > 0:
            emptied += _empty(s, h, hosts, -heat * np.log(1.0 - unit(rng)), sample, rng)
    return emptied


@njit(cache=True, nogil=True)
def _empty(s, h, hosts, most, sample, rng):
    """Empty host h if that changes the cost by `most` at most."""
    delta, moved, count = -1.0 - s.over[h], 0, s.size[h]
    gone = s.held[h, :count].copy()
    while moved < count and delta <= most:
        c = gone[moved]
        best, best_more = -1, np.inf
        for _ in range(sample):
            g = hosts[below(rng, len(hosts))]
            if g == h or s.size[g] == 0:
                continue
            more = over_with(s, g, s.item[c]) - s.over[g]
            if more < best_more and fits(s, g, s.item[c]):
                best, best_more = g, more
        if best < 0:
            break
        take(s, c)
        put(s, c, best)
        s.over[best] += best_more
        delta += best_more
        moved += 1
    if moved == count and delta <= most:
        s.over[h] = 0.0
        return 1
    for c in gone[:moved]:
        g = s.host[c]
        s.over[g] = over_without(s, g, s.item[c])
        take(s, c)
        put(s, c, h)
    return 0
