"""Replicas spread evenly over domains."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.rules import TopologySpread
from planner.verify.layout import Layout


def check(rule: TopologySpread, layout: Layout) -> Iterator[Violation]:
    """Placed replicas of each workload differ by at most `max_skew` between eligible domains.

    Breaches are replicas outside any domain, and those above the smallest domain and the skew. Where
    a rule over hosts may be broken, they are counted as if one more empty host stood.
    """
    for w in layout.select(rule.workloads):
        counts = layout.per_domain(w, rule.level)
        if not counts:
            continue
        name = layout.workloads[w].name
        if None in counts:
            message = f"{counts[None]} replicas stand outside any {rule.level}"
            yield Violation(rule.rule, name, message, rule.name, counts[None])
        one_more = rule.level == "host" and rule.mode != "hard"
        eligible = frozenset(counts) - {None} if one_more else layout.eligible_domains(w, rule.level)
        if not eligible:
            continue
        from_zero = one_more or len(eligible) < rule.min_domains
        least = 0 if from_zero else min(counts[domain] for domain in eligible)
        fullest = max(eligible, key=lambda domain: (counts[domain], domain))
        if counts[fullest] - least > rule.max_skew:
            message = (
                f"{counts[fullest]} replicas in {fullest} against a minimum of {least} over {len(eligible)} eligible "
                f"{rule.level}s: skew {counts[fullest] - least}, {rule.max_skew} allowed"
            )
            over = sum(max(0, counts[domain] - least - rule.max_skew) for domain in eligible)
            yield Violation(rule.rule, name, message, rule.name, over)
