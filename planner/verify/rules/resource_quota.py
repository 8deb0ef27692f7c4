"""At most so much may the placed replicas of some workloads request on some hosts."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.resources import describe_amount
from models.rules import ResourceQuota
from planner.verify.amounts import started_percent
from planner.verify.layout import Layout


def check(rule: ResourceQuota, layout: Layout) -> Iterator[Violation]:
    """Requests with overhead, pod slots and volumes; over by the percent, or by the piece where all take one."""
    selected = [w for w in layout.select(rule.workloads) if layout.workloads[w].count]
    counts = {w: sum(stand.counts.get(w, 0) for stand, _ in layout.selected_stands(rule.hosts)) for w in selected}
    for name, most in rule.max_requests.amounts().items():
        each = {w: layout.workloads[w].demand()[name] for w in selected}
        asked = sum(each[w] * count for w, count in counts.items())
        if asked > most:
            message = f"{describe_amount(name, asked)} requested, at most {describe_amount(name, most)} allowed"
            pieces = max(each.values()) <= 1
            yield Violation(
                rule.rule, name, message, rule.name, asked - most if pieces else started_percent(asked, most)
            )
