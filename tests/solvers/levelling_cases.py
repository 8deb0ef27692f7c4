"""Levelling problems for tests: small, drawn, and solved by brute force."""

from itertools import product

import numpy as np
from hypothesis import strategies as st

from planner.solvers.levelling import LevellingProblem
from planner.solvers.levelling.score import broken, cost


def levelling_problem(load, count, *, power=(100,), hosts=(4,), need=None, room=None, rules=(), **more):
    """A problem with defaults: one other resource that nothing needs."""
    items, types = len(load), len(hosts)
    return LevellingProblem(
        load=np.array(load, np.int32),
        need=np.array([[0]] * items if need is None else need, np.int32),
        count=np.array(count, np.int32),
        power=np.array(power, np.int32),
        room=np.array([[1]] * types if room is None else room, np.int32),
        hosts=np.array(hosts, np.int32),
        rules=np.array(rules, np.int32).reshape(-1, 3),
        **more,
    )


def drawn_problem(seed, items=6, times=5, hosts=(6, 4), most=4):
    """A random problem with two host types, two other resources and some rules; most placements fit."""
    draw = np.random.default_rng(seed)
    pairs = np.unique(draw.integers(items, size=(items, 2)), axis=0)
    return levelling_problem(
        draw.integers(1, 25, size=(items, times)),
        draw.integers(1, most, size=items),
        power=(60, 100),
        hosts=hosts,
        need=draw.integers(0, 20, size=(items, 2)),
        room=((70, 70), (100, 100)),
        rules=np.column_stack([pairs, draw.integers(0, 3, size=len(pairs)) + (pairs[:, 0] == pairs[:, 1])]),
    )


def cheapest(problem):
    """Least cost over all placements of all containers; infinite where there is none."""
    places = range(len(problem.type_of))
    every = (np.array(host, np.int32) for host in product(places, repeat=problem.containers))
    return min((cost(problem, host) for host in every if broken(problem, host) == 0), default=np.inf)


seeds = st.integers(0, 2**31)
