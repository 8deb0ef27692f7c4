"""Pinned workloads stay on standing hosts."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.rules import Pinned
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: Pinned, layout: Layout) -> Iterator[Violation]:
    """On the named hosts only, or as many replicas on each host as run there now."""
    for w in layout.select(rule.workloads):
        yield from _on_named(rule, layout, w) if rule.hosts else _where_they_run(rule, layout, w)


def _on_named(rule: Pinned, layout: Layout, w: int) -> Iterator[Violation]:
    for stand in layout.stands_of.get(w, ()):
        if not (stand.planned.standing and stand.name in rule.hosts):
            message = f"{counted(stand.counts[w], 'replica')} on {stand.name}, pinned to {', '.join(rule.hosts)}"
            yield Violation(rule.rule, layout.workloads[w].name, message, rule.name)


def _where_they_run(rule: Pinned, layout: Layout, w: int) -> Iterator[Violation]:
    """Replicas that run now keep their hosts; those missing there may only be ones left unplaced."""
    name = layout.workloads[w].name
    stay = {stand.name: stand.counts[w] for stand in layout.stands_of.get(w, ()) if stand.planned.standing}
    today = layout.today.get(name, {})
    gone = {host: now - stay.get(host, 0) for host, now in today.items() if now > stay.get(host, 0)}
    if sum(gone.values()) > layout.missing(w):
        lost = ", ".join(f"{count} from {host}" for host, count in gone.items())
        yield Violation(rule.rule, name, f"replicas left the hosts they are pinned to: {lost}", rule.name)
