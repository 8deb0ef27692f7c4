"""Numba kernel: what is asked of workloads, and what hosts cost, from now on."""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc"

from numba import njit

from planner.simulation.meters_kernel import settle, tick
from planner.simulation.state import DOWN, HOST_PRICE, HOST_STATE, LEAST, PRICE, WANTED


@njit(cache=True)
def want(s, w, replicas, least, now):
    """How many replicas of workload w there should be, and how many its objective asks for."""
    settle(s, w, now)
    s.workloads[w, WANTED] = replicas
    s.workloads[w, LEAST] = least


@njit(cache=True)
def reprice(s, h, price, now):
    """What host h costs, in micro-USD per hour."""
    tick(s, now)
    if s.hosts[h, HOST_STATE] != DOWN:
        s.now[PRICE] += price - s.hosts[h, HOST_PRICE]
    s.hosts[h, HOST_PRICE] = price
