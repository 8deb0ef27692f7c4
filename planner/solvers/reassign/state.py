"""Numba kernels: an assignment and what follows from it, kept up to date move by move.

Nothing here draws or decides: `pick`, `anneal` and `rearrange` do. Named tuples of arrays stand for objects, `f`
for `Facts`, `s` for `State`; `p`, `q` are processes, `m` a machine.

Axis letters: ``P`` processes, ``M`` machines, ``R`` resources, ``C`` charges, ``S`` services, ``L`` locations,
``N`` neighbourhoods.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.solvers.reassign.facts import Facts
from planner.solvers.reassign.problem import Integers

COST, MOST_MOVED = 0, 1
"""Rows of `State.sums`."""
TRAIL = 200
"""Most moves that a kernel makes before it looks back."""


class State(NamedTuple):
    """An assignment that keeps all rules.

    Attributes
    ----------
    place : (P,) int64
    level : (M, C) int64
        Charges: what is above 0 costs.
    room : (M, R) int64
    on : (rows, M) bool
        Whether a service of several processes has one on a machine.
    here, near : (S, L) int16, (S, N) int16
        How many processes of a service are in a location, in a neighbourhood.
    covered : (S,) int64
        Locations that a service covers.
    moved : (S,) int64
        Moved processes of a service.
    moved_alike : (most processes of a service + 2,) int64
        How many services have as many moved processes.
    sums : (2,) int64
        The cost; the most moved processes of one service.
    first, crowd : (M,) int64
        The latest process of a machine, or -1; how many there are.
    after, before : (P,) int64
        The next and the previous process on the same machine, or -1.
    trail : (2, TRAIL) int64
        Room for a kernel's own notes: processes, and where they were.
    """

    place: Integers
    level: Integers
    room: Integers
    on: NDArray[np.bool_]
    here: NDArray[np.int16]
    near: NDArray[np.int16]
    covered: Integers
    moved: Integers
    moved_alike: Integers
    sums: Integers
    first: Integers
    after: Integers
    before: Integers
    crowd: Integers
    trail: Integers


def state_of(f: Facts) -> State:
    """Everybody at home."""
    services, machines = len(f.table_row), len(f.empty_room)
    most = int(np.bincount(f.service).max())
    state = State(
        place=f.home.copy(),
        level=f.empty_level.copy(),
        room=f.empty_room.copy(),
        on=np.zeros((int(f.table_row.max()) + 1, machines), dtype=np.bool_),
        here=np.zeros((services, int(f.location.max()) + 1), dtype=np.int16),
        near=np.zeros((services, int(f.neighbourhood.max()) + 1), dtype=np.int16),
        covered=np.zeros(services, dtype=np.int64),
        moved=np.zeros(services, dtype=np.int64),
        moved_alike=np.zeros(most + 2, dtype=np.int64),
        sums=np.zeros(2, dtype=np.int64),
        first=np.full(machines, -1, dtype=np.int64),
        after=np.full(len(f.home), -1, dtype=np.int64),
        before=np.full(len(f.home), -1, dtype=np.int64),
        crowd=np.zeros(machines, dtype=np.int64),
        trail=np.zeros((2, TRAIL), dtype=np.int64),
    )
    state.moved_alike[0] = services
    put_all(f, state)
    return state


def copy_into(target: State, source: State) -> None:
    """Overwrite a state with another."""
    for name in State._fields:
        getattr(target, name)[...] = getattr(source, name)


@njit(cache=True, nogil=True, _nrt=False)
def put_all(f, s):
    """Put everybody where `place` says: at home, on machines that are empty yet."""
    for p in range(len(s.place)):
        m = s.place[p]
        for r in range(s.room.shape[1]):
            s.room[m, r] -= f.holds[1, p, r]
        for c in range(s.level.shape[1]):
            s.level[m, c] += f.raises[p, c]
        _count_in(f, s, p, m)
    cost = np.int64(0)
    for m in range(len(s.level)):
        cost += machine_cost(s, m)
    s.sums[COST] = cost


@njit(cache=True, nogil=True, _nrt=False)
def machine_cost(s, m):
    """What the charges of a machine cost."""
    cost = np.int64(0)
    for c in range(s.level.shape[1]):
        cost += max(0, s.level[m, c])
    return cost


@njit(cache=True, nogil=True, _nrt=False)
def _count_in(f, s, p, m):
    """Count a process on a machine for conflict, spread and dependency, and list it."""
    k, place, around = f.service[p], f.location[m], f.neighbourhood[m]
    if f.table_row[k] >= 0:
        s.on[f.table_row[k], m] = True
    s.covered[k] += s.here[k, place] == 0
    s.here[k, place] += 1
    s.near[k, around] += 1
    s.crowd[m] += 1
    s.before[p], s.after[p] = -1, s.first[m]
    if s.first[m] >= 0:
        s.before[s.first[m]] = p
    s.first[m] = p


@njit(cache=True, nogil=True, _nrt=False)
def _count_out(f, s, p, m):
    """Undo `_count_in`."""
    k, place, around = f.service[p], f.location[m], f.neighbourhood[m]
    if f.table_row[k] >= 0:
        s.on[f.table_row[k], m] = False
    s.here[k, place] -= 1
    s.covered[k] -= s.here[k, place] == 0
    s.near[k, around] -= 1
    s.crowd[m] -= 1
    if s.before[p] >= 0:
        s.after[s.before[p]] = s.after[p]
    else:
        s.first[m] = s.after[p]
    if s.after[p] >= 0:
        s.before[s.after[p]] = s.before[p]


@njit(cache=True, nogil=True, _nrt=False)
def is_on(f, s, k, m):
    """Whether a service of several processes has one on a machine."""
    row = f.table_row[k]
    return row >= 0 and s.on[row, m]


@njit(cache=True, nogil=True, _nrt=False)
def fits(f, s, p, m):
    """Whether a machine has room for a process."""
    home = np.int64(f.home[p] == m)
    good = True
    for r in range(s.room.shape[1]):
        good &= f.holds[home, p, r] <= s.room[m, r]
    return good


@njit(cache=True, nogil=True, _nrt=False)
def would_fit(f, p, m):
    """Whether a machine has room for a process when it is empty."""
    home = np.int64(f.home[p] == m)
    good = True
    for r in range(f.empty_room.shape[1]):
        good &= f.holds[home, p, r] <= f.empty_room[m, r]
    return good


@njit(cache=True, nogil=True, _nrt=False)
def overfull(s, m):
    """Whether more is held on a machine than it has."""
    short = False
    for r in range(s.room.shape[1]):
        short |= s.room[m, r] < 0
    return short


@njit(cache=True, nogil=True, _nrt=False)
def fits_instead(f, s, p, q, m):
    """Whether a machine has room for a process once another has left it."""
    home, other = np.int64(f.home[p] == m), np.int64(f.home[q] == m)
    good = True
    for r in range(s.room.shape[1]):
        good &= f.holds[home, p, r] <= s.room[m, r] + f.holds[other, q, r]
    return good


@njit(cache=True, nogil=True, _nrt=False)
def rules_hold(f, s, p, m):
    """Whether spread and dependency let a process move to a machine."""
    k, old = f.service[p], s.place[p]
    left, place = f.location[old], f.location[m]
    if left != place and f.spread[k] > 0:
        covered = s.covered[k] - np.int64(s.here[k, left] == 1) + np.int64(s.here[k, place] == 0)
        if covered < f.spread[k]:
            return False
    away, around = f.neighbourhood[old], f.neighbourhood[m]
    if away == around:
        return True
    for e in range(f.needs_start[k], f.needs_start[k + 1]):
        if s.near[f.needs[e], around] == 0:
            return False
    if s.near[k, away] == 1:
        for e in range(f.feeds_start[k], f.feeds_start[k + 1]):
            if s.near[f.feeds[e], away] > 0:
                return False
    return True


@njit(cache=True, nogil=True, _nrt=False)
def shift_change(f, s, p, m):
    """By how much charges grow when a process moves to a machine."""
    old = s.place[p]
    change = np.int64(0)
    for c in range(s.level.shape[1]):
        rise = f.raises[p, c]
        from_level, to_level = s.level[old, c], s.level[m, c]
        change += max(0, to_level + rise) - max(0, to_level) + max(0, from_level - rise) - max(0, from_level)
    return change


@njit(cache=True, nogil=True, _nrt=False)
def swap_change(f, s, p, q):
    """By how much charges grow when two processes change places."""
    a, b = s.place[p], s.place[q]
    change = np.int64(0)
    for c in range(s.level.shape[1]):
        rise = f.raises[q, c] - f.raises[p, c]
        first, second = s.level[a, c], s.level[b, c]
        change += max(0, first + rise) - max(0, first) + max(0, second - rise) - max(0, second)
    return change


@njit(cache=True, nogil=True, _nrt=False)
def moving(f, p, m):
    """Process and machine move cost of a process that runs on a machine."""
    home = f.home[p]
    return np.int64(0) if m == home else f.move_cost[p] + f.machine_weight * f.machine_move[home, m]


@njit(cache=True, nogil=True, _nrt=False)
def moving_change(f, s, p, m):
    """By how much the move costs grow when a process moves to a machine, the service move cost included."""
    old, home = s.place[p], f.home[p]
    change = moving(f, p, m) - moving(f, p, old)
    if old == home:
        if s.moved[f.service[p]] == s.sums[MOST_MOVED]:
            change += f.service_weight
    elif m == home:
        most = s.sums[MOST_MOVED]
        if s.moved[f.service[p]] == most and s.moved_alike[most] == 1:
            change -= f.service_weight
    return change


@njit(cache=True, nogil=True, _nrt=False)
def move(f, s, p, m):
    """Move a process; the cost is left to the caller."""
    old, home, k = s.place[p], f.home[p], f.service[p]
    was, becomes = np.int64(old == home), np.int64(m == home)
    for r in range(s.room.shape[1]):
        s.room[old, r] += f.holds[was, p, r]
        s.room[m, r] -= f.holds[becomes, p, r]
    for c in range(s.level.shape[1]):
        s.level[old, c] -= f.raises[p, c]
        s.level[m, c] += f.raises[p, c]
    _count_out(f, s, p, old)
    _count_in(f, s, p, m)
    s.place[p] = m
    if was != becomes:
        s.moved_alike[s.moved[k]] -= 1
        s.moved[k] += was - becomes
        s.moved_alike[s.moved[k]] += 1
        if s.moved[k] > s.sums[MOST_MOVED]:
            s.sums[MOST_MOVED] = s.moved[k]
        while s.sums[MOST_MOVED] > 0 and s.moved_alike[s.sums[MOST_MOVED]] == 0:
            s.sums[MOST_MOVED] -= 1
