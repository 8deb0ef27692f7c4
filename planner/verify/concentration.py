"""Goals on how a plan holds its replicas: room stranded beside them, and how many one domain holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from models.goals import GoalTier
from models.resources import CPU, MEMORY
from models.topology import Level
from planner.verify.layout import Layout, Stand


def stranded(layout: Layout, goal: GoalTier) -> float:
    """The share of CPU and memory (the mean of both) that lies free on hosts without room for the probe.

    The probe is the largest replica of the scenario or the median one (of an even number the lower),
    by CPU, then memory, then the order of the workloads.
    """
    probe = _probe(layout, goal)
    stands = [stand for stand in layout.stands if stand.facts is not None]
    crowded = [stand for stand in stands if not _has_room(layout, stand, probe)]
    shares = []
    for name in (CPU, MEMORY):
        given = sum(_given(layout, stand, name) for stand in stands)
        lost = sum(max(0, _given(layout, stand, name) - stand.used.get(name, 0)) for stand in crowded)
        if given:
            shares.append(lost / given)
    return sum(shares) / len(shares) if probe and shares else 0.0


def _probe(layout: Layout, goal: GoalTier) -> Mapping[str, int]:
    """What the probe asks for; empty if there is nothing to place."""
    asking = [
        (demand.get(CPU, 0), demand.get(MEMORY, 0), w)
        for w, (workload, demand) in enumerate(zip(layout.workloads, layout.demand, strict=True))
        for _ in range(workload.count)
    ]
    if not asking:
        return {}
    ranked = sorted(asking)
    at = len(ranked) - 1 if goal.room_for == "largest" else (len(ranked) - 1) // 2
    return layout.demand[ranked[at][2]]


def _given(layout: Layout, stand: Stand, name: str) -> int:
    return layout.room(stand.facts)[name] if stand.facts else 0


def _has_room(layout: Layout, stand: Stand, probe: Mapping[str, int]) -> bool:
    assert stand.facts is not None
    room = layout.room(stand.facts)
    limits = ((room.limit(name), stand.used.get(name, 0) + amount) for name, amount in probe.items())
    return all(limit is None or asked <= limit for limit, asked in limits)


def largest_share(layout: Layout, level: Level) -> float:
    """The largest share of all placed replicas in one domain; hosts outside any domain count as one."""
    held: Counter[str | None] = Counter()
    for stand in layout.stands:
        held[layout.domain(stand, level)] += sum(stand.counts.values())
    placed = sum(held.values())
    return max(held.values(), default=0) / placed if placed else 0.0
