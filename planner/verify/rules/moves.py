"""Replicas that leave the host where they run now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from models.reports import Violation
from models.rules import Moves
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: Moves, layout: Layout) -> Iterator[Violation]:
    """Of all selected workloads together, at most so many move."""
    moving = {layout.workloads[w].name: moved(layout, w) for w in layout.select(rule.workloads)}
    total = sum(moving.values())
    if rule.at_most is not None and total > rule.at_most:
        who = ", ".join(f"{count} of {name!r}" for name, count in moving.items() if count)
        message = f"{counted(total, 'replica')} leave their host ({who}), at most {rule.at_most} may"
        yield Violation(rule.rule, "moves", message, rule.name)


def moved(layout: Layout, workload: int) -> int:
    """Replicas of a workload that move: those fewer on each host than run there now, less those left out.

    Equal replicas have no identity: it is the smallest number for which the plan can be told.
    """
    carrying = layout.stands_of.get(workload, ())
    stays = {stand.name: stand.counts[workload] for stand in carrying if stand.planned.standing}
    left = sum(max(0, now - stays.get(host, 0)) for host, now in _today(layout, workload).items())
    return max(0, left - layout.missing(workload))


def moves(layout: Layout) -> int | None:
    """Replicas of all workloads that move; None where nothing runs today."""
    running = [w for w in range(len(layout.workloads)) if any(_today(layout, w).values())]
    return sum(moved(layout, w) for w in running) if running else None


def _today(layout: Layout, workload: int) -> Mapping[str, int]:
    """By standing host, how many replicas run there now; daemonsets come and go with their hosts."""
    known = layout.workloads[workload]
    return {} if known.kind == "daemon_set" else layout.today.get(known.name, {})
