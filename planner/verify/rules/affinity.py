"""Replicas that stand beside others."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.rules import Affinity
from planner.verify.layout import Layout


def check(rule: Affinity, layout: Layout) -> Iterator[Violation]:
    """Every domain with a replica of `workloads` holds one of `near`.

    A workload near itself stands in one domain; where `near` names others beside it, its own
    replicas there are near enough. A host outside any domain of the level is beside nothing.
    """
    near = layout.select(rule.near)
    domains = {w: layout.per_domain(w, rule.level) for w in {*near, *layout.select(rule.workloads)}}
    homes = {domain for w in near for domain in domains[w]}
    for w in layout.select(rule.workloads):
        name = layout.workloads[w].name
        if None in domains[w]:
            message = f"{domains[w][None]} of its replicas stand outside any {rule.level}"
            yield Violation(rule.rule, name, message, rule.name)
        if w in near:
            inside = sorted(domain for domain in domains[w] if domain is not None)
            if len(inside) > 1:
                message = f"near itself, but spread over {len(inside)} {rule.level}s: {', '.join(inside)}"
                yield Violation(rule.rule, name, message, rule.name)
            continue
        for domain, count in domains[w].items():
            if domain is not None and domain not in homes:
                wanted = ", ".join(repr(layout.workloads[other].name) for other in near[:3]) or "anything"
                message = f"{count} of its replicas in {domain} without a replica of {wanted} there"
                yield Violation(rule.rule, name, message, rule.name)
