"""Numba kernel: annealing by shifts and exchanges over a set of hosts.

S. Kirkpatrick, C. Gelatt, M. Vecchi, "Optimization by Simulated Annealing", Science 220, 1983.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,arg-type,misc"

import numpy as np
from numba import njit

from planner.solvers.levelling.draw_kernel import below, unit
from planner.solvers.levelling.exchange_kernel import FEW, exchange
from planner.solvers.levelling.host_kernel import fits, over_with, over_without, put, take

TRIES = 8
"""Hosts that one container is tried on in turn; what it leaves behind is worked out once."""


@njit(cache=True, nogil=True)
def anneal(s, hosts, containers, heat, steps, exchanges, rng):
    """Try `steps` changes among `hosts` and accept by Metropolis' rule at temperature `heat`.

    `containers` are those on the hosts; `exchanges` is the share of the changes that are no shifts.
    Returns int64[2]: shifts and exchanges accepted.
    """
    done = np.zeros(2, np.int64)
    mine, theirs, change = np.empty(FEW, np.int64), np.empty(FEW, np.int64), np.empty(s.load.shape[1], np.int32)
    tried = 0
    while tried < steps:
        c = containers[below(rng, len(containers))]
        if unit(rng) < exchanges:
            tried += 1
            done[1] += exchange(s, c, hosts[below(rng, len(hosts))], heat, mine, theirs, change, rng)
        else:
            tried += TRIES
            done[0] += _shift(s, c, hosts, heat, rng)
    return done


@njit(cache=True, nogil=True)
def _shift(s, c, hosts, heat, rng):
    """Try container c on one random host after the other; a host costs 1 when opened, and saves 1 when emptied."""
    h, i = s.host[c], s.item[c]
    here = over_without(s, h, i)
    leaves = here - s.over[h] - (s.size[h] == 1)
    for _ in range(TRIES):
        g = hosts[below(rng, len(hosts))]
        if g == h:
            continue
        most = -heat * np.log(1.0 - unit(rng))
        there = over_with(s, g, i)
        if leaves + there - s.over[g] + (s.size[g] == 0) <= most and fits(s, g, i):
            take(s, c)
            put(s, c, g)
            s.over[h], s.over[g] = here, there
            return 1
    return 0
