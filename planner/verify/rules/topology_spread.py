"""Replicas spread evenly over domains."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.rules import TopologySpread
from planner.verify.layout import Layout


def check(rule: TopologySpread, layout: Layout) -> Iterator[Violation]:
    """Placed replicas of each workload differ by at most `max_skew` between eligible domains."""
    for w in layout.select(rule.workloads):
        counts = layout.per_domain(w, rule.level)
        if not counts:
            continue
        name = layout.workloads[w].name
        if None in counts:
            yield Violation(rule.rule, name, f"{counts[None]} replicas stand outside any {rule.level}", rule.name)
        eligible = layout.eligible_domains(w, rule.level)
        if not eligible:
            continue
        least = min(counts[domain] for domain in eligible) if len(eligible) >= rule.min_domains else 0
        fullest = max(eligible, key=lambda domain: (counts[domain], domain))
        if counts[fullest] - least > rule.max_skew:
            message = (
                f"{counts[fullest]} replicas in {fullest} against a minimum of {least} over {len(eligible)} eligible "
                f"{rule.level}s: skew {counts[fullest] - least}, {rule.max_skew} allowed"
            )
            yield Violation(rule.rule, name, message, rule.name)
