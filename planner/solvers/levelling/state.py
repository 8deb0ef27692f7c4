"""What the kernels work on: the problem's arrays, padded, and who is where.

Axis letters: I item types, B bin types, H hosts, T time steps (padded to full vectors), R other resources (padded,
too), C containers, S slots of a host, N neighbours of an item type over all rules.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Chebyshev

from planner.solvers.levelling.problem import NEVER, Floats, HostCost, Ints, LevellingProblem

LANES = 8
"""Values of 32 bits that one vector register holds; rows are padded to whole vectors."""
DEGREE = 6
"""Of the polynomial in place of the exponential; its error is below that of 32-bit floats."""


class State(NamedTuple):
    """The problem and a placement, as the kernels see them; hosts are changed in place.

    Attributes
    ----------
    load : int32[I, T], need : int32[I, R], room : int32[B, R]
        As in the problem.
    kind : int32[H], power : int32[H]
        Type of each host, and its power.
    curve : float32[2 + DEGREE]
        Knee, scale (steepness over time steps), then coefficients of (exp(z) - 1) / z.
    item : int32[C]
        Type of each container.
    near : int32[I + 1], other : int32[N], most_there : int32[N], most_here : int32[N]
        Neighbours by rules, row by row, ascending: beside a container of the row's type at most
        `most_there` of the other, beside one of the other at most `most_here` of the row's.
    alone : int32[I]
        Containers of the type that one host may hold.
    sketch : uint64[I]
        Bit b mod 64 is set for each neighbour b: most hosts are seen at a glance to hold none.
    weight : int64[I]
        Load of the type over all times.
    host : int32[C]
        Where each container is, -1 where unplaced.
    slot : int32[C]
        Its place in the host's row of `held`.
    held : int32[H, S], size : int32[H]
        Containers on each host, and their number.
    used : int32[H, T], taken : int32[H, R]
        Load and other resources in use.
    over : float64[H]
        Cost of each host beyond 1.
    """

    load: Ints
    need: Ints
    room: Ints
    kind: Ints
    power: Ints
    curve: npt.NDArray[np.float32]
    item: Ints
    near: Ints
    other: Ints
    most_there: Ints
    most_here: Ints
    alone: Ints
    sketch: npt.NDArray[np.uint64]
    weight: npt.NDArray[np.int64]
    host: Ints
    slot: Ints
    held: Ints
    size: Ints
    used: Ints
    taken: Ints
    over: Floats


def state_of(problem: LevellingProblem) -> State:
    """Nothing placed yet."""
    load, need, room = _padded(problem.load), _padded(problem.need), _padded(problem.room)
    type_of, hosts = problem.type_of, int(problem.hosts.sum())
    near, other, there, here, alone, sketch = _neighbours(problem)
    containers = problem.containers
    return State(
        load, need, room, type_of, problem.power[type_of], _curve(problem.cost, problem.load.shape[1]),
        problem.item_of, near, other, there, here, alone, sketch, load.sum(axis=1, dtype=np.int64),
        np.full(containers, -1, np.int32), np.zeros(containers, np.int32),
        np.zeros((hosts, _slots(problem)), np.int32), np.zeros(hosts, np.int32),
        np.zeros((hosts, load.shape[1]), np.int32), np.zeros((hosts, need.shape[1]), np.int32), np.zeros(hosts),
    )  # fmt: skip


def _padded(rows: Ints) -> Ints:
    return np.pad(rows, ((0, 0), (0, -rows.shape[1] % LANES)))


def _curve(cost: HostCost, steps: int) -> npt.NDArray[np.float32]:
    longest = max(1.0 - cost.knee, 1e-6)
    z = np.linspace(0.0, longest, 1000)[1:]
    fit = Chebyshev.fit(z, np.expm1(z) / z, DEGREE - 1, domain=[0.0, longest]).convert(kind=np.polynomial.Polynomial)
    return np.array([cost.knee, cost.steepness / steps, *fit.coef], np.float32)


def _slots(problem: LevellingProblem) -> int:
    """Most containers that any host can hold: by each resource, as if all were of the smallest size."""
    sizes = np.column_stack([problem.load.max(axis=1, initial=0), problem.need]).astype(np.int64)
    rooms = np.column_stack([problem.power, problem.room]).astype(np.int64)
    smallest = sizes.min(axis=0, initial=NEVER)
    bounding = smallest > 0
    fitting = (rooms[:, bounding] // smallest[bounding]).min(axis=1, initial=problem.containers)
    return max(1, int(fitting.max(initial=1)))


def _neighbours(problem: LevellingProblem) -> tuple[Ints, Ints, Ints, Ints, Ints, npt.NDArray[np.uint64]]:
    """Rules from both sides, as rows of neighbours, and limits of a type on itself."""
    items = len(problem.count)
    alone = np.full(items, NEVER, np.int32)
    a, b, k = problem.rules.T
    alone[a[a == b]] = k[a == b]
    a, b, k = a[a != b], b[a != b], k[a != b]
    never = np.full(len(k), NEVER, np.int32)
    rows = np.concatenate([np.column_stack([a, b, k, never]), np.column_stack([b, a, never, k])])
    pairs, where = np.unique(rows[:, 0].astype(np.int64) * items + rows[:, 1], return_inverse=True)
    there, here = np.full((2, len(pairs)), NEVER, np.int32)
    np.minimum.at(there, where, rows[:, 2])
    np.minimum.at(here, where, rows[:, 3])
    near = np.searchsorted(pairs, np.arange(items + 1) * items).astype(np.int32)
    other = (pairs % items).astype(np.int32)
    sketch = np.zeros(items, np.uint64)
    np.bitwise_or.at(sketch, pairs // items, np.uint64(1) << (other % 64).astype(np.uint64))
    return near, other, there, here, alone, sketch
