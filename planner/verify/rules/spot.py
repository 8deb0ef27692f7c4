"""A share of each workload's replicas runs on spot hosts, at most."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.rules import Spot
from planner.verify.layout import Layout


def check(rule: Spot, layout: Layout) -> Iterator[Violation]:
    """Counted of the replicas asked for; a breach is a replica above the share."""
    for w in layout.select(rule.workloads):
        kinds = layout.kinds_of.get(w, {}).items()
        held = sum(stand.counts[w] for facts, stands in kinds if facts.purchase == "spot" for stand in stands)
        asked = layout.workloads[w].count
        if held > rule.most(asked):
            message = f"{held} of {asked} replicas on spot hosts, at most {rule.most(asked)} allowed"
            yield Violation(rule.rule, layout.workloads[w].name, message, rule.name, held - rule.most(asked))
