"""At most so many volumes attached to a host."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.resources import VOLUMES
from models.rules import AttachLimit
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: AttachLimit, layout: Layout) -> Iterator[Violation]:
    """Volumes of replicas and of daemonsets count alike."""
    for stand, facts in layout.selected_stands(rule.hosts):
        attached = stand.used.get(VOLUMES, 0) + layout.taken(facts).get(VOLUMES, 0)
        if stand.counts and attached > rule.max_volumes:
            message = f"{counted(attached, 'volume')} attached, at most {rule.max_volumes} allowed"
            yield Violation(rule.rule, stand.name, message, rule.name)
