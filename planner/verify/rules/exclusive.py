"""Domains of the selected workloads hold nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from models.reports import Violation
from models.rules import Exclusive
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: Exclusive, layout: Layout) -> Iterator[Violation]:
    """A selected workload shares no domain with others, nor (by `by`) with a selected one that differs in it.

    Group by group in the scenario's order, breaches are the replicas of the fewer: its own, or
    those of the groups after it and of all that is not selected. Daemonsets do not count.
    """
    party = _parties(rule, layout)
    inside: dict[str, Counter[int]] = defaultdict(Counter)
    for w in range(len(layout.workloads)):
        for domain, count in layout.per_domain(w, rule.level).items():
            if domain is not None and layout.workloads[w].kind != "daemon_set":
                inside[domain][party.get(w, len(layout.workloads))] += count
    for domain, counts in inside.items():
        held = sorted(counts.items())
        for n, (group, own) in enumerate(held):
            others = sum(count for _, count in held[n + 1 :])
            if group < len(layout.workloads) and others:
                whom = f" of {rule.by} {rule.told_apart_by(layout.workloads[group]) or '(none)'!r}" if rule.by else ""
                message = f"{counted(own, 'replica')}{whom} and {counted(others, 'other')} share this {rule.level}"
                yield Violation(rule.rule, domain, message, rule.name, min(own, others))


def _parties(rule: Exclusive, layout: Layout) -> dict[int, int]:
    """By selected workload, the number of its group: that of the first workload that is equal in `by`."""
    first: dict[str | None, int] = {}
    chosen = [w for w in layout.select(rule.workloads) if layout.workloads[w].count]
    return {w: first.setdefault(rule.told_apart_by(layout.workloads[w]), w) for w in chosen}
