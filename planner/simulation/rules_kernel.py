"""Numba kernel: whether rules let a container onto a host, and the counts they ask."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.simulation.state import (
    APART,
    BOUND,
    BOUND_END,
    BOUND_GROUP,
    BOUND_KIND,
    BOUND_LEVEL,
    BOUND_MATE,
    BOUND_MOST,
    CELL,
    DOMAINS,
    GROUP_LEVEL,
    HOME,
    LIMIT,
    MEMBER,
    MEMBER_END,
    NEAR,
    SPREAD,
    TOGETHER,
    TOTAL,
    ZONE,
)


@njit(cache=True)
def is_ruled(s, k, c):
    """Whether anything but room decides where container c of class k goes."""
    return s.containers[c, HOME] >= 0 or s.classes[k, BOUND] < s.classes[k, BOUND_END]


@njit(cache=True)
def admits(s, k, c, h):
    """Whether every rule allows container c of class k on host h, which has room."""
    home = s.containers[c, HOME]
    if home >= 0 and s.domain[h, ZONE] != home:
        return False
    for e in range(s.classes[k, BOUND], s.classes[k, BOUND_END]):
        domain = s.domain[h, s.bounds[e, BOUND_LEVEL]]
        kind = s.bounds[e, BOUND_KIND]
        if domain < 0:
            if kind in (NEAR, TOGETHER):
                return False
            continue
        group = s.bounds[e, BOUND_GROUP]
        cell = s.groups[group, CELL] + domain
        if kind == LIMIT:
            if s.held[cell] >= s.bounds[e, BOUND_MOST]:
                return False
        elif kind == TOGETHER:
            if s.held[cell] != s.groups[group, TOTAL]:
                return False
        elif kind == SPREAD:
            if s.counted[cell] and s.held[cell] >= _least(s, group) + s.bounds[e, BOUND_MOST]:
                return False
        elif (s.held[s.groups[s.bounds[e, BOUND_MATE], CELL] + domain] > 0) == (kind == APART):
            return False
    return True


@njit(cache=True)
def _least(s, group):
    """The fewest containers of a spread in any of its domains that has a host."""
    first, level = s.groups[group, CELL], s.groups[group, GROUP_LEVEL]
    least = -1
    for domain in range(s.groups[group, DOMAINS]):
        if s.counted[first + domain] and s.open[level, domain] > 0:
            held = s.held[first + domain]
            if least < 0 or held < least:
                least = held
    return max(0, least)


@njit(cache=True)
def count(s, k, h, n):
    """Count n more (or less) containers of class k on host h."""
    for e in range(s.classes[k, MEMBER], s.classes[k, MEMBER_END]):
        group = s.members[e]
        s.groups[group, TOTAL] += n
        domain = s.domain[h, s.groups[group, GROUP_LEVEL]]
        if domain >= 0:
            s.held[s.groups[group, CELL] + domain] += n
