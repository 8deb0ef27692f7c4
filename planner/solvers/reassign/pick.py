"""Numba kernels: whom to move, and where to; what is drawn at random, and what rather."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

import numpy as np
from numba import njit

from planner.solvers.reassign.draw import below, unit
from planner.solvers.reassign.state import machine_cost, would_fit

NEARNESS = 50
"""Processes of much the same size are at most the 50th part of all away in the order of sizes."""
FEW, FAR = 6, 64
"""Machines that are compared for the dearest; how far into its list of processes a pick goes."""
DRAWS = 16
"""Machines that are drawn until one is wide enough."""


@njit(cache=True, nogil=True, _nrt=False)
def any_of_site(f, m, random):
    """Some machine of a machine's site."""
    start = f.site_start[f.site_of[m]]
    return f.site[start + below(random, f.site_start[f.site_of[m] + 1] - start)]


@njit(cache=True, nogil=True, _nrt=False)
def any_of_service(f, p, random):
    """Some process of a process's service."""
    start = f.members_start[f.service[p]]
    return f.members[start + below(random, f.members_start[f.service[p] + 1] - start)]


@njit(cache=True, nogil=True, _nrt=False)
def any_process(f, random):
    """Some process, half of the time rather a large one."""
    return below(random, len(f.by_size)) if below(random, 2) == 0 else some_large(f, random)


@njit(cache=True, nogil=True, _nrt=False)
def some_large(f, random):
    """Rather a large process."""
    draw = unit(random)
    return f.by_size[np.int64((len(f.by_size) - 1) * draw * draw * draw)]


@njit(cache=True, nogil=True, _nrt=False)
def any_like(f, p, random):
    """Some process of much the same size."""
    processes = len(f.by_size)
    window = 1 + processes // NEARNESS
    near = f.rank[p] + below(random, 2 * window + 1) - window
    return f.by_size[min(max(near, 0), processes - 1)]


@njit(cache=True, nogil=True, _nrt=False)
def some_dear(f, s, random):
    """Some process of the dearest of a few machines: there is most to gain."""
    dear, most = -1, np.int64(-1)
    for _ in range(FEW):
        m = below(random, len(s.room))
        if s.crowd[m] > 0 and machine_cost(s, m) > most:
            dear, most = m, machine_cost(s, m)
    if dear < 0:
        return some_large(f, random)
    p = s.first[dear]
    for _ in range(below(random, min(s.crowd[dear], FAR))):
        p = s.after[p]
    return p


@njit(cache=True, nogil=True, _nrt=False)
def some_wide(f, p, random):
    """Some machine that has room for a process when it is empty; after a few draws, any."""
    m = below(random, len(f.empty_room))
    for _ in range(DRAWS):
        if would_fit(f, p, m):
            break
        m = below(random, len(f.empty_room))
    return m
