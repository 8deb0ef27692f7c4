"""Many shapes as few: rounded up to the largest of their cluster for plans, or down to the smallest."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.bounds.classes import Classes
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def clustered(problem: Problem, classes: Classes, most: int, *, up: bool = False) -> tuple[Problem, Classes]:
    """The problem with the sizes of its classes rounded to about `most` different ones, and its classes.

    Only classes that fit the same bin types, by rules and size, are taken together. Rounded `up`, some may fit nowhere.
    """
    label = clusters(classes, most)
    size = problem.size.copy()
    inside = np.flatnonzero(classes.of >= 0)
    of = label[classes.of[inside]]
    end = np.full((label.max(initial=0) + 1, size.shape[1]), 0 if up else np.iinfo(np.int64).max)
    (np.maximum if up else np.minimum).at(end, of, size[inside])
    size[inside] = end[of]
    fits = problem.fits & (size[:, None, :] <= problem.capacity[None, :, :]).all(axis=2) if up else problem.fits
    rounded = replace(problem, size=size, fits=fits)
    return rounded, Classes.merge(rounded, apart=True)


def clusters(classes: Classes, most: int) -> Ints:
    """int64[C]: cluster numbers, made by cutting the cluster that loses most where it is widest.

    A cluster loses what its classes are larger than its smallest, as shares of all demand.
    """
    total = np.maximum(1, classes.count @ classes.size)
    share = classes.size / total
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for c in range(classes.number):
        groups[classes.fits[c].tobytes(), int(classes.rank[c])].append(c)
    queue: list[tuple[float, int, Ints]] = []
    for n, group in enumerate(groups.values()):
        members = np.array(group, dtype=np.int64)
        heapq.heappush(queue, (-_lost(share[members], classes.count[members]).sum(), n, members))
    number = len(queue)
    while queue[0][0] < 0 and len(queue) < most:
        _, _, members = heapq.heappop(queue)
        for part in _cut(members, share[members], classes.count[members]):
            number += 1
            heapq.heappush(queue, (-_lost(share[part], classes.count[part]).sum(), number, part))
    label = np.empty(classes.number, dtype=np.int64)
    for n, (_, _, members) in enumerate(queue):
        label[members] = n
    return label


def _lost(share: Floats, count: Ints) -> Floats:
    """float64[R]: what rounding down to the smallest takes off all demand."""
    lost: Floats = count @ (share - share.min(axis=0))
    return lost


def _cut(members: Ints, share: Floats, count: Ints) -> tuple[Ints, Ints]:
    """Two parts along the resource that loses most, where what is left to lose is least."""
    r = int(_lost(share, count).argmax())
    order = np.argsort(share[:, r], kind="stable")
    sizes, copies = share[order, r], count[order].astype(float)
    saved = (sizes - sizes[0]) * copies[::-1].cumsum()[::-1]
    at = max(1, int(saved.argmax()))
    return members[order[:at]], members[order[at:]]
