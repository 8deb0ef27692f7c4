"""At most so many replicas of the selected workloads together."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.rules import Colocation
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: Colocation, layout: Layout) -> Iterator[Violation]:
    """No domain holds more than `most`; a breach is a replica above it. Hosts outside any domain hold none."""
    for domain, count in layout.per_domain_of(layout.select(rule.workloads), rule.level).items():
        if domain is not None and count > rule.most:
            message = f"{counted(count, 'replica')} of the selected workloads together, at most {rule.most} allowed"
            yield Violation(rule.rule, domain, message, rule.name, count - rule.most)
