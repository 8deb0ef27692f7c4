"""A whole plan by pricing: host after host, each the content that earns its price best from what is left to place.

Sequential value correction without the correction (G. Belov, G. Scheithauer, "Setup and open-stacks minimization in
one-dimensional stock cutting", 2007): good first patterns, and a plan for what is left after rounding.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable

import numpy as np

from planner.bounds.columns.pricing import Floats, Ints, Pricing

NODES, BRANCHES = 500, 150
"""Steps of a search, and of a tree of branches, for each host."""


def sweep(
    pricing: list[Pricing],
    value: Floats,
    opening: Floats,
    left: Ints,
    room: Callable[[int, Ints], int],
    until: float,
    take: Callable[[int, Ints, int], None] | None = None,
) -> list[tuple[int, Ints, int]]:
    """Hosts as (kind, copies int64[C], how many) until nothing is left that fits.

    Parameters
    ----------
    value : float64[K, C]
    opening : float64[K]
        What a host of each kind costs, positive.
    left : int64[C]
        Copies to place; reduced in place.
    room : callable
        How many hosts of a kind with a content may still be opened.
    take : callable, optional
        Hears of hosts that were opened: kind, content, how many.
    """
    placed: list[tuple[int, Ints, int]] = []
    queue = [(-np.inf, k) for k in range(len(pricing))]
    while queue and left.any() and time.monotonic() < until:
        _, k = heapq.heappop(queue)
        offer = pricing[k].best(value[k], 0.0, BRANCHES if pricing[k].branched else NODES, most=left)
        if not offer.contents:
            continue
        content = offer.contents[-1]
        free = room(k, content)
        if free <= 0:
            continue
        earns = float(value[k] @ content) / float(opening[k])
        if queue and -queue[0][0] > earns:  # another kind may do better
            heapq.heappush(queue, (-earns, k))
            continue
        held = content > 0
        times = min(free, int((left[held] // content[held]).min()))
        left -= content * times
        placed.append((k, content, times))
        if take is not None:
            take(k, content, times)
        heapq.heappush(queue, (-earns, k))
    return placed
