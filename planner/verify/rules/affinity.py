"""Replicas that stand beside others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from models.reports import Violation
from models.rules import Affinity
from planner.verify.layout import Layout


def check(rule: Affinity, layout: Layout) -> Iterator[Violation]:
    """Every domain with a replica of `workloads` holds one of `near`.

    A workload near itself stands in one domain; where `near` names others beside it, its own
    replicas there are near enough. A host outside any domain of the level is beside nothing.
    Breaches are replicas outside any domain, and beside that those apart from most of their
    workload, or from all that they should be near.
    """
    near = layout.select(rule.near)
    domains = {w: layout.per_domain(w, rule.level) for w in {*near, *layout.select(rule.workloads)}}
    homes = {domain for w in near for domain in domains[w]}
    for w in layout.select(rule.workloads):
        outside = domains[w][None]
        if outside:
            message = f"{outside} of its replicas stand outside any {rule.level}"
            yield Violation(rule.rule, layout.workloads[w].name, message, rule.name, outside)
        yield from _scattered(rule, layout, w, domains[w]) if w in near else _alone(rule, layout, w, domains[w], homes)


def _scattered(rule: Affinity, layout: Layout, w: int, held: Counter[str | None]) -> Iterator[Violation]:
    """A workload near itself stands in more than one domain."""
    if len(+held) > 1:
        places = ", ".join(sorted(domain or f"outside any {rule.level}" for domain in +held))
        message = f"near itself, but spread over {len(+held)} {rule.level}s: {places}"
        apart = held.total() - max(held.values())
        yield Violation(rule.rule, layout.workloads[w].name, message, rule.name, apart)


def _alone(
    rule: Affinity, layout: Layout, w: int, held: Counter[str | None], homes: set[str | None]
) -> Iterator[Violation]:
    """Replicas of a workload stand in domains without any that it should be near."""
    names = [layout.workloads[other].name for other in layout.select(rule.near)[:3]]
    wanted = ", ".join(map(repr, names)) or "anything"
    for domain, count in (+held).items():
        if domain not in homes:
            where = f"in {domain}" if domain else f"outside any {rule.level}"
            message = f"{count} of its replicas {where} without a replica of {wanted} there"
            yield Violation(rule.rule, layout.workloads[w].name, message, rule.name, count)
