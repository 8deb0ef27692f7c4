"""Room for releases: beside what runs, the replicas that a release brings find room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from models.reports import Violation
from models.resources import describe_amount
from models.rules import ReleaseRoom
from planner.verify.amounts import counted, total
from planner.verify.beside import Beside
from planner.verify.carries import goes_beside, may_go
from planner.verify.layout import Layout, Stand
from planner.verify.usage import free, further


def check(rule: ReleaseRoom, layout: Layout) -> Iterator[Violation]:
    """One at a time: so many more replicas of each workload fit. All at once: so many are held.

    Either way where the workload may go, and within its limits on hosts. A workload of which no replica is
    placed is not released.
    """
    beside = Beside(layout)
    for w in layout.select(rule.workloads):
        workload = layout.workloads[w]
        wanted = workload.release.room(workload.count) if workload.release else 0
        if not wanted or not layout.placed[w]:
            continue
        if rule.at_once == "all":
            there = sum(stand.planned.held.get(workload.name, 0) for stand in layout.stands)
            verb = "held"
        else:
            there = sum(_more(layout, beside, stand, w, wanted) for stand in layout.stands)
            verb = "left"
        if there < wanted:
            room = f"room for {counted(there, 'further replica')} is {verb}, a release needs it for {wanted}"
            yield Violation(rule.rule, workload.name, room, rule.name)


def check_held(layout: Layout) -> Iterator[Violation]:
    """Room that the plan says it holds is there, all of it at once, where the workloads may go."""
    holding = [stand for stand in layout.stands if any(stand.planned.held.values())]
    beside = Beside(layout) if holding else None
    for stand in holding:
        known = {layout.position[name]: n for name, n in stand.planned.held.items() if name in layout.position and n}
        for name in stand.planned.held.keys() - layout.position.keys():
            yield Violation("release_room", stand.name, f"holds room for {name!r}, which the scenario does not know")
        for w, copies in known.items():
            if stand.facts and not may_go(layout, w, stand.facts):
                message = f"holds room for {layout.workloads[w].name!r}, which may not run there"
                yield Violation("release_room", stand.name, message)
            most = beside.more(w, stand.counts) if beside else None
            if most is not None and copies > most:
                further_ones = counted(copies, "further replica")
                message = f"holds room for {further_ones} of {layout.workloads[w].name!r}, its rules allow {most}"
                yield Violation("release_room", stand.name, message)
        yield from _too_much(layout, stand, known)


def _too_much(layout: Layout, stand: Stand, held: dict[int, int]) -> Iterator[Violation]:
    """Room is held at every moment, for the peak of what is held."""
    facts = stand.facts
    if facts is None:
        return
    for name, wanted in total((layout.demand[w], copies) for w, copies in held.items()).items():
        moments = range(len(layout.time.moments)) if wanted else ()
        rooms = [room for n in moments if (room := free(layout, stand, facts, name, n)) is not None]
        if rooms and min(rooms) < wanted:
            there = f"{describe_amount(name, max(0, int(min(rooms))))} are left"
            yield Violation("release_room", stand.name, f"{describe_amount(name, wanted)} are held, {there}")
    if not goes_beside(layout, stand, Counter(stand.counts) + Counter(held)):
        message = "what is held does not fit GPU by GPU, or takes what is reserved for others"
        yield Violation("release_room", stand.name, message)


def _more(layout: Layout, beside: Beside, stand: Stand, w: int, wanted: int) -> int:
    """How many further replicas of a workload a host takes at any moment, `wanted` at most."""
    if stand.facts is None or not may_go(layout, w, stand.facts):
        return 0
    limits = (further(layout, stand, stand.facts, layout.demand[w]), beside.more(w, stand.counts), wanted)
    copies = min(limit for limit in limits if limit is not None)
    while copies and not goes_beside(layout, stand, Counter(stand.counts) + Counter({w: copies})):
        copies -= 1
    return copies
