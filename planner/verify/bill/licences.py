"""Licences for the hosts that run licensed workloads."""

from __future__ import annotations

from decimal import Decimal

from models.rules import Licence
from planner.verify.layout import Layout, Stand


def per_month(layout: Layout) -> Decimal:
    """Every licence rule, over the hosts that run one of its workloads, daemonsets included."""
    return sum((_cost(rule, layout) for rule in layout.scenario.spec.rules_of(Licence)), Decimal(0))


def _cost(rule: Licence, layout: Layout) -> Decimal:
    selected = frozenset(layout.select(rule.workloads))
    running = [stand for stand in layout.stands if stand.facts and selected & _runs(layout, stand)]
    counted = len(running) if rule.per == "host" else sum(map(_cores, running))
    return rule.per_month * counted


def _runs(layout: Layout, stand: Stand) -> set[int]:
    """Workload positions on a host."""
    assert stand.facts is not None
    return {*stand.counts, *layout.daemonsets_on(stand.facts)}


def _cores(stand: Stand) -> int:
    """Cores of the whole host: its vCPU, a started one counted in full."""
    return -(-stand.facts.capacity.cpu // 1000) if stand.facts else 0
