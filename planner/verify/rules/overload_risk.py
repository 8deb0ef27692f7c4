"""On some hosts usage counts instead of requests, with a chance of overload of at most so much."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from models.reports import Violation
from models.resources import describe_amount
from models.rules import OverloadRisk
from planner.verify.layout import Layout
from planner.verify.usage import exceeds, quantile


def check(rule: OverloadRisk, layout: Layout) -> Iterator[Violation]:
    """The 1 - risk quantile of what a selected host carries is within what it can give, whenever that is."""
    for stand, facts in layout.selected_stands(rule.hosts):
        for name in rule.resources if stand.counts else ():
            limit = facts.allocatable.limit(name)
            if limit is None:
                continue
            moments = range(len(layout.time.moments))
            used, moment = max((quantile(layout, stand.counts, facts, name, rule.risk, n), -n) for n in moments)
            if exceeds(used, limit):
                chance = f"with a chance of more than {rule.risk * 100:g} % over {describe_amount(name, limit)}"
                shown = f"{chance}{layout.time.said(-moment)}: {describe_amount(name, ceil(used))} at that chance"
                yield Violation(rule.rule, stand.name, shown, rule.name)
