"""What is the same in several environments runs on the same kind of host."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from models.reports import Violation
from models.rules import Parity
from planner.verify.layout import Layout


def check(rule: Parity, layout: Layout) -> Iterator[Violation]:
    """All hosts of a group are equal in `on`; breaches are the replicas on any but the most usual kind."""
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for w in layout.select(rule.workloads):
        value = layout.workloads[w].labels.get(rule.match)
        if value is not None:
            for facts, stands in layout.kinds_of.get(w, {}).items():
                kinds[value][getattr(facts, rule.on)] += sum(stand.counts[w] for stand in stands)
    for value, held in kinds.items():
        if len(held) > 1:
            shown = ", ".join(f"{count} on {kind}" for kind, count in held.most_common())
            message = f"replicas of {rule.match} {value!r} run on several kinds of {rule.on.replace('_', ' ')}: {shown}"
            yield Violation(rule.rule, value, message, rule.name, held.total() - max(held.values()))
