"""Room that stays free: a share of each host, or room for further replicas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from models.reports import Violation
from models.resources import CPU, MEMORY, PODS, Resources, describe_amount
from models.rules import Headroom
from planner.verify.amounts import counted, described
from planner.verify.layout import Layout
from planner.verify.over_time import at_moment
from planner.verify.usage import free, further


def check(rule: Headroom, layout: Layout) -> Iterator[Violation]:
    """The selected hosts of the plan keep their share, or together room for so many replicas."""
    return _share(rule, layout) if rule.percent is not None else _further_replicas(rule, layout)


def _share(rule: Headroom, layout: Layout) -> Iterator[Violation]:
    share = Decimal(str(rule.percent)) / 100
    for stand, facts in layout.selected_stands(rule.hosts):
        for name in (CPU, MEMORY):
            for moment in range(len(layout.time.moments)):
                room = facts.allocatable[name] - at_moment(layout.taken(facts).get(name, 0), moment)
                left = Decimal(free(layout, stand, facts, name, moment) or 0)
                if left < room * share and room > 0:
                    used = f"{describe_amount(name, ceil(room - left))} of {describe_amount(name, room)} used"
                    shown = f"{used}{layout.time.said(moment)}, {rule.percent:g} % is to stay free"
                    yield Violation(rule.rule, stand.name, shown, rule.name)
                    break


def _further_replicas(rule: Headroom, layout: Layout) -> Iterator[Violation]:
    assert rule.requests is not None
    assert rule.replicas is not None
    shape = rule.requests.plus(Resources.of({PODS: 1})).amounts()
    fitting: dict[str, int | None] = defaultdict(int)
    for stand, facts in layout.selected_stands(rule.hosts):
        domain = "selected hosts" if rule.per is None else layout.domain(stand, rule.per)
        if domain is None:
            continue
        more, so_far = further(layout, stand, facts, shape), fitting[domain]
        fitting[domain] = None if more is None or so_far is None else so_far + more
    for domain, copies in fitting.items():
        if copies is not None and copies < rule.replicas:
            room = f"room for {counted(copies, 'further replica')} of {described(rule.requests.amounts())}"
            yield Violation(rule.rule, domain, f"{room}, {rule.replicas} wanted", rule.name)
