"""Replicas near others, or near users, by round-trip time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations_with_replacement

import numpy as np

from models.latency import Latencies, clusters
from models.rules import Latency, rule_label
from models.supply import Offering
from planner.problem.draft import Draft
from planner.problem.forms import Near, Together


def compile_rules(draft: Draft) -> None:
    """Near users is a narrowing; near others is `Near` over a partition of the places into groups.

    In a group every place of the workloads is within `max_ms` of every place of those they must be
    near, so that one of these anywhere in the group will do: enough, and stricter than the rule
    where being near is not transitive. A workload near itself stands together in one group in which
    all places are near each other. Users come first, as they narrow the places to be grouped.
    """
    latencies = Latencies(draft.scenario.spec.latencies, draft.topology)
    for rule in draft.rules(Latency):
        if rule.users is not None:
            _to_users(draft, latencies, rule)
    for rule in draft.rules(Latency):
        if rule.to is not None:
            _to_others(draft, latencies, rule)


def _to_users(draft: Draft, latencies: Latencies, rule: Latency) -> None:
    users, most = rule.users, rule.max_ms
    assert users is not None

    def near(offer: Offering) -> bool:
        return latencies.to_users(offer.location, users).ms <= most

    admitted = draft.mask(f"{most} ms to {users.latitude}, {users.longitude}", near)
    draft.narrow(rule_label(rule), [w for w in draft.select(rule.workloads) if draft.count(w)], admitted)
    draft.warnings.append(f"{rule_label(rule)}: round-trip times to {users.name} are estimates by distance")


def _to_others(draft: Draft, latencies: Latencies, rule: Latency) -> None:
    assert rule.to is not None
    label = rule_label(rule)
    chosen = [w for w in draft.select(rule.workloads) if draft.count(w)]
    others = [w for w in draft.select(rule.to) if draft.count(w)]
    for w in sorted(set(chosen) & set(others)):
        if draft.count(w) > 1:
            places = _places(draft, rule, [w])
            level = _grouped(draft, latencies, rule, [w], places, places)
            draft.add(Together, {"items": (w,)}, level=level, rule=label)
    rest = [w for w in chosen if w not in others]
    if rest and others:
        ends = _places(draft, rule, rest), _places(draft, rule, others)
        level = _grouped(draft, latencies, rule, rest, *ends)
        for w in rest:
            draft.add(Near, {"a": (w,), "b": others}, level=level, rule=label)
    elif rest:
        draft.narrow(label, rest, draft.mask("nowhere", lambda _: False))


def _places(draft: Draft, rule: Latency, workloads: Sequence[int]) -> list[str]:
    """Where the workloads may stand; everywhere for a rule that may be broken, so that breaches are as verified."""
    admitted = draft.admits[list(workloads)].any(axis=0) | (rule.mode != "hard")
    return list(dict.fromkeys(draft.offerings[o].location for o in np.flatnonzero(admitted)))


def _grouped(
    draft: Draft, latencies: Latencies, rule: Latency, workloads: Sequence[int],
    sources: Collection[str], targets: Collection[str],
) -> int:  # fmt: skip
    """The level of the groups of places; the workloads keep to these, and estimates are called estimates."""
    groups = clusters(latencies, rule.max_ms, sources, targets)
    at = {spot: n for n, group in enumerate(groups) for spot in group}
    located = {location: at.get(latencies.spot(location), -1) for location in {o.location for o in draft.offerings}}
    partition = np.array([located[offer.location] for offer in draft.offerings], dtype=np.int64)
    draft.narrow(rule_label(rule), workloads, partition >= 0)
    ends = (ends for group in groups for ends in combinations_with_replacement(sorted(group), 2))
    times = [time for time in (latencies.round_trip(*pair) for pair in ends) if time.ms <= rule.max_ms]
    guessed = sum(time.estimated for time in times)
    if guessed:
        found = f"{guessed} of {len(times)} round-trip times between places that it groups are estimates"
        draft.warnings.append(f"{rule_label(rule)}: {found}; state `latencies` to plan by measured ones")
    return draft.partition(partition)
