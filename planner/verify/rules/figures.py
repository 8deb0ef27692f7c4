"""The plan's own figures: what each host carries, how many hosts, how dense."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from planner.verify.amounts import described
from planner.verify.layout import Layout, Stand
from planner.verify.rules.moves import moves

DENSITY_TOLERANCE = 0.005
"""Density may be written with two decimals."""


def check(layout: Layout) -> Iterator[Violation]:
    """`used` of every host, `hosts_used`, `hosts_released`, `moves` and `density` are what the plan comes to.

    The status may leave `moves` out.
    """
    fine: set[tuple[int, int]] = set()  # objects that stay while the plan does
    for stand in layout.stands:
        if (id(stand.planned.used), id(stand.used)) in fine:
            continue
        said = {name: value for name, value in stand.planned.used.amounts().items() if value}
        right = {name: value for name, value in stand.used.items() if value}
        if said != right:
            yield Violation("figures", stand.name, f"carries {described(right)}, the plan says {described(said)}")
        else:
            fine.add((id(stand.planned.used), id(stand.used)))
    yield from _counts(layout)


def _counts(layout: Layout) -> Iterator[Violation]:
    status, hosts = layout.plan.status, len(layout.stands)
    kept = {stand.name for stand in layout.stands if stand.planned.standing}
    released = sum(host.name not in kept for host in layout.scenario.spec.hosts)
    counts = (("hosts_used", hosts, status.hosts_used), ("hosts_released", released, status.hosts_released))
    moving = moves(layout)
    told = () if status.moves is None else (("moves", moving, status.moves),)
    for subject, right, said in (*counts, *told):
        if right != said:
            yield Violation("figures", subject, f"is {right}, the plan says {said}")
    density = units(layout) / hosts if hosts else 0.0
    if not abs(density - status.density) <= DENSITY_TOLERANCE:
        yield Violation("figures", "density", f"is {density:.2f} per host, the plan says {status.density:.2f}")


def units(layout: Layout) -> int:
    """Placed replicas that count as a unit of density."""
    unit = layout.scenario.spec.unit.workloads
    counting = range(len(layout.workloads)) if unit is None else layout.select(unit)
    return sum(stand.counts[w] for w in counting for stand in layout.stands_of.get(w, ()))


def share(layout: Layout, stand: Stand) -> float:
    """The utilisation of a host in its fullest resource, 0-1."""
    if stand.facts is None:
        return 0.0
    room = layout.room(stand.facts)
    limits = ((used, room.limit(name)) for name, used in stand.used.items())
    return max((used / limit for used, limit in limits if limit), default=0.0)
