"""All kinds of hosts priced at once: search for each, and the grid for those whose search was cut off."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from planner.bounds.columns.grid import grid_of
from planner.bounds.columns.pricing import Floats, Ints, Offer, Pricing


@dataclass(frozen=True)
class Effort:
    """Steps of a search, of a dynamic program, and of a tree of branches."""

    nodes: int
    updates: int
    branches: int = 2_000

    def of(self, one: Pricing) -> int:
        """The steps for a kind of host."""
        return self.branches if one.branched else self.nodes


FLOOR, FLOOR_OF_BRANCHES = 0.95, 0.99
"""Contents worth less than this part of their host are not looked for; a tree of branches grows fast below its cost."""
EFFORTS = (
    Effort(2_000, 0, 2_000),
    Effort(2_000, 80_000_000, 20_000),
    Effort(20_000, 300_000_000, 100_000),
    Effort(500_000, 1_000_000_000, 500_000),
)
"""One after the other, once pricing finds nothing more."""


def offers(
    pricing: list[Pricing], value: Floats, cost: Floats, effort: Effort, until: float, known: Floats | None = None
) -> dict[int, Offer] | None:
    """What one host of each kind is worth at values float64[K, C]; None out of time.

    Parameters
    ----------
    cost : float64[K]
        Of a host: contents worth much less are of no interest, and the grid is for kinds that may be worth more.
    known : float64[K], optional
        What the best content known of each kind is worth: branching looks for better ones only.
    """
    asked: dict[tuple[bytes, ...], Offer] = {}
    found: dict[int, Offer] = {}
    cut: dict[bytes, list[int]] = defaultdict(list)
    for k, one in enumerate(pricing):
        prices = value[k].tobytes()
        key = prices, one.limit.tobytes(), one.room.tobytes()
        if key not in asked:
            if time.monotonic() >= until:
                return None
            asked[key] = one.best(
                value[k], _floor(one, float(cost[k]), known[k] if known is not None else 0.0), effort.of(one)
            )
        found[k] = asked[key]
        if not found[k].best and found[k].upper > cost[k]:
            cut[prices].append(k)
    for kinds in cut.values() if effort.updates else ():
        if time.monotonic() >= until:
            return None
        found |= _on_grid(pricing, kinds, value[kinds[0]], cost, effort, found)
    return found


def _floor(one: Pricing, cost: float, known: float) -> float:
    """What contents must be worth more than."""
    return max(0.0, FLOOR_OF_BRANCHES * cost, known) if one.branched else max(0.0, FLOOR * cost)


def _on_grid(
    pricing: list[Pricing], kinds: list[int], value: Floats, cost: Floats, effort: Effort, found: dict[int, Offer]
) -> dict[int, Offer]:
    """The offers for kinds with the same values, by the multipliers of the one that promises most."""
    worst = max(kinds, key=lambda k: found[k].upper / max(float(cost[k]), 1e-9))
    worth = pricing[worst].worth_of_room(value)
    grid = grid_of(pricing, kinds, worth, effort.updates)
    return {} if grid is None else grid.offers(pricing, value, worth, found)


def further(one: Pricing, value: Floats, first: Offer, cost: float, searches: int, less: float) -> list[Ints]:
    """More good contents, of other classes: those in the ones before count a little less each time."""
    more: list[Ints] = []
    last, lowered = first.contents[-1:], value.copy()
    for _ in range(searches):
        if not last:
            break
        lowered[last[0] > 0] *= less
        last = one.best(lowered, max(0.0, less * FLOOR * cost), EFFORTS[0].nodes).contents[-1:]
        more += last
    return more
