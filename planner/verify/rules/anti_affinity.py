"""No two replicas in one domain."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from models.reports import Violation
from models.rules import AntiAffinity
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: AntiAffinity, layout: Layout) -> Iterator[Violation]:
    """Replicas of each workload keep apart, or those of two groups from each other.

    A host outside any domain of the level conflicts with none (as Kubernetes treats a node
    without the topology key).
    """
    return _from_itself(rule, layout) if rule.away_from is None else _from_others(rule, layout)


def _from_itself(rule: AntiAffinity, layout: Layout) -> Iterator[Violation]:
    for w in layout.select(rule.workloads):
        for domain, count in layout.per_domain(w, rule.level).items():
            if domain is not None and count > 1:
                message = f"{counted(count, 'replica')} of {layout.workloads[w].name!r} in this {rule.level}, 1 allowed"
                yield Violation(rule.rule, domain, message, rule.name, count - 1)


def _from_others(rule: AntiAffinity, layout: Layout) -> Iterator[Violation]:
    """A domain holds a replica of one group and another replica of the other; the groups may overlap.

    Breaches are the replicas of the fewer side; of those on both sides, all but one.
    """
    assert rule.away_from is not None
    ours, theirs = set(layout.select(rule.workloads)), set(layout.select(rule.away_from))
    inside: dict[str, Counter[int]] = defaultdict(Counter)
    for w in sorted(ours | theirs):
        for domain, count in layout.per_domain(w, rule.level).items():
            if domain is not None:
                inside[domain][w] = count
    for domain, counts in inside.items():
        if counts.total() > 1 and not ours.isdisjoint(counts) and not theirs.isdisjoint(counts):
            there = ", ".join(f"{count} of {layout.workloads[w].name!r}" for w, count in counts.items())
            message = f"replicas that keep apart share this {rule.level}: {there}"
            yield Violation(rule.rule, domain, message, rule.name, _breaches(counts, ours, theirs))


def _breaches(counts: Counter[int], ours: set[int], theirs: set[int]) -> int:
    one_side, other_side, both = (
        sum(counts[w] for w in group) for group in (ours - theirs, theirs - ours, ours & theirs)
    )
    return min(one_side, other_side + both) + min(both, other_side) + max(0, both - 1)
