"""Conditions on the single host: node selector, node affinity, allowed and forbidden hosts, residency."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from planner.verify.admission import HostRule
from planner.verify.layout import Layout


def check(rule: HostRule, layout: Layout) -> Iterator[Violation]:
    """Every host that carries one of the rule's workloads meets its condition; a breach is a replica elsewhere."""
    refusals = layout.admission.refusals(rule)
    for w in layout.select(rule.workloads):
        for facts, stands in layout.kinds_of.get(w, {}).items():
            why = refusals[facts]
            if why:
                for stand in stands:
                    message = f"{layout.workloads[w].name!r} runs on {stand.name}: {why}"
                    yield Violation(rule.rule, layout.workloads[w].name, message, rule.name, stand.counts[w])
