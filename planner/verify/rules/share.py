"""Replicas keep to a share of each domain, or stand in so many domains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from models.reports import Violation
from models.rules import Share
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: Share, layout: Layout) -> Iterator[Violation]:
    """Each workload by itself, or all of them as one; counted of the replicas asked for.

    Breaches are replicas above the share. Of `at_least`, they are replicas outside any domain and
    those above the largest number with which an even split is in so many domains.
    """
    chosen = layout.select(rule.workloads)
    for group in [chosen] if rule.together else [(w,) for w in chosen]:
        asked = sum(layout.workloads[w].count for w in group)
        held = layout.per_domain_of(group, rule.level)
        name = layout.workloads[group[0]].name if len(group) == 1 else "the selected workloads"
        if rule.max_share is not None:
            yield from _share(rule, name, asked, held)
        else:
            yield from _at_least(rule, layout, name, group, held)


def _share(rule: Share, name: str, asked: int, held: Counter[str | None]) -> Iterator[Violation]:
    most = rule.most(asked)
    for domain, count in held.items():
        if domain is not None and count > most:
            message = f"{count} of {asked} replicas in {domain}, at most {most} allowed ({rule.max_share:.0%})"
            yield Violation(rule.rule, name, message, rule.name, count - most)


def _at_least(
    rule: Share, layout: Layout, name: str, group: Sequence[int], held: Counter[str | None]
) -> Iterator[Violation]:
    """Placed in full, replicas stand in so many domains; with some left out, none holds too many either."""
    assert rule.at_least is not None
    asked = sum(layout.workloads[w].count for w in group)
    outside, used = held[None], len(+held) - (held[None] > 0)
    if outside:
        yield Violation(rule.rule, name, f"{outside} replicas stand outside any {rule.level}", rule.name, outside)
    wanted, most = min(rule.at_least, asked), rule.most(asked)
    over = _over_even(rule, layout, group, held)
    broken = over > 0
    if rule.mode == "hard":
        left = any(layout.missing(w) for w in group)
        fullest = max((count for domain, count in held.items() if domain is not None), default=0)
        broken = held.total() > 0 and used < wanted and (not left or fullest > most)
    if broken:
        message = f"replicas in {counted(used, rule.level)}, {wanted} or more wanted: at most {most} of {asked} in each"
        yield Violation(rule.rule, name, message, rule.name, max(1, over))


def _over_even(rule: Share, layout: Layout, group: Sequence[int], held: Counter[str | None]) -> int:
    """Replicas above the most in one domain; where the few domains must hold more, in each as many more."""
    assert rule.at_least is not None
    asked = sum(layout.workloads[w].count for w in group)
    most, places = rule.most(asked), frozenset(held) - {None}
    open_to = frozenset[str]() if rule.level == "host" else _eligible(rule, layout, group)
    if rule.at_least <= len(open_to) and most * len(open_to) < asked:
        most, places = most + min(held[domain] for domain in open_to), open_to
    return sum(max(0, held[domain] - most) for domain in places)


def _eligible(rule: Share, layout: Layout, group: Sequence[int]) -> frozenset[str]:
    running = [w for w in group if layout.workloads[w].count]
    return frozenset().union(*(layout.eligible_domains(w, rule.level) for w in running))
