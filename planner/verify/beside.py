"""Who may stand beside whom on one host: what rules over replicas say of a single host."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from models.rules import AntiAffinity, Colocation, Exclusive, Share
from planner.verify.layout import Layout

Group = frozenset[int]
"""Workload positions."""


class Beside:
    """The hard rules of level `host`, workload by workload.

    Topology spread is none of them: over hosts, too, it compares domains with each other.

    Attributes
    ----------
    limits : dict of int to list of (group, most)
        By workload position, groups it is in, and how many of each one host may hold.
    apart : dict of int to set of int
        By workload position, those that may not share a host with it.
    """

    def __init__(self, layout: Layout) -> None:
        self.limits: dict[int, list[tuple[Group, int]]] = defaultdict(list)
        self.apart: dict[int, set[int]] = defaultdict(set)
        for rule in layout.scenario.spec.rules_in_force:
            if getattr(rule, "level", "") == "host" and getattr(rule, "mode", "hard") == "hard":
                self._read(rule, layout)

    def more(self, workload: int, counts: Mapping[int, int]) -> int | None:
        """How many further replicas the rules let stand beside these; None is without limit."""
        if any(counts.get(other) for other in self.apart.get(workload, ())):
            return 0
        left = (most - sum(counts.get(w, 0) for w in group) for group, most in self.limits.get(workload, ()))
        return max(0, min(left, default=0)) if workload in self.limits else None

    def _read(self, rule: Any, layout: Layout) -> None:
        chosen = frozenset(layout.select(rule.workloads)) if hasattr(rule, "workloads") else frozenset()
        match rule:
            case AntiAffinity() if rule.away_from is None:
                for w in chosen:
                    self._limit(frozenset((w,)), 1)
            case AntiAffinity(away_from=others_meant) if others_meant is not None:
                others = frozenset(layout.select(others_meant))
                self._limit(chosen & others, 1)
                self._part(chosen, others - chosen)
                self._part(chosen & others, chosen - others)
            case Colocation():
                self._limit(chosen, rule.most)
            case Share():
                for group in [chosen] if rule.together else [frozenset((w,)) for w in chosen]:
                    self._limit(group, rule.most(sum(layout.workloads[w].count for w in group)))
            case Exclusive():
                for group in _alike(rule, chosen, layout):
                    self._part(group, frozenset(range(len(layout.workloads))) - group)

    def _limit(self, group: Group, most: int) -> None:
        for w in group:
            self.limits[w].append((group, most))

    def _part(self, one: Group, other: Group) -> None:
        for w in one:
            self.apart[w] |= other
        for w in other:
            self.apart[w] |= one


def _alike(rule: Exclusive, chosen: Group, layout: Layout) -> Iterator[Group]:
    """The selected workloads in groups that are equal in what the rule tells apart."""
    groups: dict[str | None, set[int]] = defaultdict(set)
    for w in chosen:
        groups[rule.told_apart_by(layout.workloads[w])].add(w)
    yield from map(frozenset, groups.values())
