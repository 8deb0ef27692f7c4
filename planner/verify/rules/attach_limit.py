"""At most so many volumes attached to a host."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.resources import VOLUMES
from models.rules import AttachLimit
from planner.verify.amounts import counted
from planner.verify.layout import Layout
from planner.verify.over_time import peak, summed


def check(rule: AttachLimit, layout: Layout) -> Iterator[Violation]:
    """Volumes of replicas and of daemonsets count alike."""
    for stand, facts in layout.selected_stands(rule.hosts):
        together = summed(((stand.over_time, 1), (layout.taken(facts), 1)))
        attached = peak(together).get(VOLUMES, 0)
        if stand.counts and attached > rule.max_volumes:
            message = f"{counted(attached, 'volume')} attached, at most {rule.max_volumes} allowed"
            yield Violation(rule.rule, stand.name, message, rule.name)
