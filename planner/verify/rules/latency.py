"""Replicas near others, or near users, by round-trip time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement

from models.latency import Latencies, clusters
from models.reports import Violation
from models.rules import Latency
from planner.verify.amounts import counted
from planner.verify.layout import Layout

Held = Counter[str]
"""Replicas by location."""


def check(rule: Latency, layout: Layout) -> Iterator[Violation]:
    """Every replica has users, or one of `to`, within `max_ms`; a workload near itself all its other replicas.

    Where the rule may be broken, near is who stands in the same group of places (`clusters` of
    all places where hosts stand or may be opened): breaches are replicas at places in no group, and
    beside that those without one of `to` in their group, or apart from most of their workload.
    """
    latencies = Latencies(layout.scenario.spec.latencies, layout.topology)
    if rule.users is not None:
        yield from _far_from_users(rule, layout, latencies)
    elif rule.mode == "hard":
        yield from _far_from_others(rule, layout, latencies)
    else:
        yield from _out_of_group(rule, layout, latencies)


def _held(layout: Layout, w: int) -> Held:
    held: Held = Counter()
    for stand in layout.stands_of.get(w, ()):
        held[stand.location] += stand.counts[w]
    return held


def _far_from_users(rule: Latency, layout: Layout, latencies: Latencies) -> Iterator[Violation]:
    assert rule.users is not None
    for w in layout.select(rule.workloads):
        for location, count in _held(layout, w).items():
            time = latencies.to_users(location, rule.users)
            if time.ms > rule.max_ms:
                message = f"{counted(count, 'replica')} in {location}, {time} from {rule.users.name}"
                yield _violation(rule, layout, w, message, count)


def _far_from_others(rule: Latency, layout: Layout, latencies: Latencies) -> Iterator[Violation]:
    chosen, others = _sides(rule, layout)
    beside = {location for other in others for location in _held(layout, other)}
    for w in chosen:
        held = _held(layout, w)
        if w in others:
            yield from _far_from_itself(rule, layout, latencies, w, held)
            continue
        for location, count in held.items():
            time = min((latencies.round_trip(location, there) for there in beside), key=lambda t: t.ms, default=None)
            if time is None or time.ms > rule.max_ms:
                away = f"{time} from the nearest of" if time else "without any of"
                names = ", ".join(repr(layout.workloads[other].name) for other in others[:3])
                message = f"{counted(count, 'replica')} in {location}, {away} {names or 'nothing'}"
                yield _violation(rule, layout, w, message, count)


def _far_from_itself(rule: Latency, layout: Layout, latencies: Latencies, w: int, held: Held) -> Iterator[Violation]:
    for here, there in combinations_with_replacement(sorted(held), 2):
        time = latencies.round_trip(here, there)
        if time.ms > rule.max_ms and (here != there or held[here] > 1):
            message = f"replicas in {here} and in {there} are {time} from each other"
            yield _violation(rule, layout, w, message, min(held[here], held[there]))


def _out_of_group(rule: Latency, layout: Layout, latencies: Latencies) -> Iterator[Violation]:
    chosen, others = _sides(rule, layout)
    groups = clusters(latencies, rule.max_ms, layout.places, layout.places)
    at = {spot: n for n, group in enumerate(groups) for spot in group}

    def grouped(w: int) -> Counter[int]:
        found: Counter[int] = Counter()
        for location, count in _held(layout, w).items():
            found[at.get(latencies.spot(location), -1)] += count
        return found

    beside = {group for other in others for group in grouped(other)}
    for w in chosen:
        held = grouped(w)
        outside = held[-1] if others else 0
        if w not in others:
            alone = sum(count for group, count in held.items() if group not in beside)
        else:
            alone = held.total() - max(held.values(), default=0)
        if alone + outside and (w not in others or layout.workloads[w].count > 1):
            message = f"{counted(alone + outside, 'replica')} in groups of places without one that is near"
            yield _violation(rule, layout, w, message, alone + outside)


def _sides(rule: Latency, layout: Layout) -> tuple[Sequence[int], Sequence[int]]:
    assert rule.to is not None
    chosen, others = layout.select(rule.workloads), layout.select(rule.to)
    return [w for w in chosen if layout.workloads[w].count], [w for w in others if layout.workloads[w].count]


def _violation(rule: Latency, layout: Layout, w: int, message: str, amount: int) -> Violation:
    message = f"{message}; at most {rule.max_ms:g} ms allowed"
    return Violation(rule.rule, layout.workloads[w].name, message, rule.name, amount)
