"""Room that stays free: a share of each host, or room for further replicas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from models.reports import Violation
from models.resources import CPU, MEMORY, PODS, Capacity, Resources, describe_amount
from models.rules import Headroom
from planner.verify.amounts import counted, described
from planner.verify.layout import Layout, Stand


def check(rule: Headroom, layout: Layout) -> Iterator[Violation]:
    """The selected hosts of the plan keep their share, or together room for so many replicas."""
    return _share(rule, layout) if rule.percent is not None else _further_replicas(rule, layout)


def _share(rule: Headroom, layout: Layout) -> Iterator[Violation]:
    usable = 1 - Decimal(str(rule.percent)) / 100
    for stand, facts in layout.selected_stands(rule.hosts):
        room = layout.room(facts)
        for name in (CPU, MEMORY):
            used = stand.used.get(name, 0)
            if used > room[name] * usable:
                shown = f"{describe_amount(name, used)} of {describe_amount(name, room[name])} used"
                yield Violation(rule.rule, stand.name, f"{shown}, {rule.percent:g} % is to stay free", rule.name)


def _further_replicas(rule: Headroom, layout: Layout) -> Iterator[Violation]:
    assert rule.requests is not None
    assert rule.replicas is not None
    shape = rule.requests.plus(Resources.of({PODS: 1})).amounts()
    fitting: dict[str, int | None] = defaultdict(int)
    for stand, facts in layout.selected_stands(rule.hosts):
        domain = "selected hosts" if rule.per is None else layout.domain(stand, rule.per)
        if domain is None:
            continue
        more, so_far = _copies(layout.room(facts), stand, shape), fitting[domain]
        fitting[domain] = None if more is None or so_far is None else so_far + more
    for domain, copies in fitting.items():
        if copies is not None and copies < rule.replicas:
            room = f"room for {counted(copies, 'further replica')} of {described(rule.requests.amounts())}"
            yield Violation(rule.rule, domain, f"{room}, {rule.replicas} wanted", rule.name)


def _copies(room: Capacity, stand: Stand, shape: dict[str, int]) -> int | None:
    """How many replicas of a shape still fit onto a host; None is without limit."""
    limits = ((name, value, room.limit(name)) for name, value in shape.items())
    fitting = [max(0, limit - stand.used.get(name, 0)) // value for name, value, limit in limits if limit is not None]
    return min(fitting, default=None)
