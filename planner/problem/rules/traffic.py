"""Traffic between workloads and to users: what it costs is counted by `extras/egress.py`."""

from __future__ import annotations

import numpy as np

from models.egress import EgressTariff, Tariffs
from models.supply import Offering
from planner.problem.draft import Draft
from planner.problem.extras.egress import Egress, Flow


def compile_rules(draft: Draft) -> None:
    """Lay the scenario's traffic over places between which it makes a difference.

    A place is a zone where traffic between the zones of its region costs something, and a region
    elsewhere: the fewer places, the more offerings are alike. The flows still speak of workloads.
    """
    flows = _flows(draft)
    if not flows:
        return
    tariffs = Tariffs(draft.catalog.egress, draft.topology)
    between = any(flow.b is not None for flow in flows)
    place = [_place(draft, tariffs, offer, between) for offer in draft.offerings]
    first: dict[str, str] = {}
    for path, offer in zip(place, draft.offerings, strict=True):
        first.setdefault(path, offer.location)
    number = {path: n for n, path in enumerate(first)}
    lines: dict[int, int] = {}
    rows: list[EgressTariff] = []
    crossings: list[tuple[int, int, int]] = []

    def charge(here: int, there: int, row: EgressTariff | None) -> None:
        if row is not None and not row.free:
            if id(row) not in lines:
                lines[id(row)] = len(rows)
                rows.append(row)
            crossings.extend([(here, there, lines[id(row)])] * row.times)

    for here, a in enumerate(first.values()):
        charge(here, len(first), tariffs.to_users(a))
        for there, b in enumerate(first.values() if between else ()):
            charge(here, there, tariffs.between(a, b))
    if not crossings:
        return
    draft.egress = Egress(
        level=draft.partition(np.array([number[path] for path in place], dtype=np.int64)),
        places=len(first),
        flows=flows,
        crossings=np.array(crossings, dtype=np.int64).reshape(-1, 3),
        lines=tuple(rows),
    )


def _flows(draft: Draft) -> tuple[Flow, ...]:
    """The stated traffic between workloads that have replicas; daemonsets, which stand everywhere, have none."""
    made = []
    for flow in draft.scenario.spec.traffic:
        source = [w for w in draft.select(flow.source) if draft.count(w)]
        target = None if flow.target is None else [w for w in draft.select(flow.target) if draft.count(w)]
        if flow.gb_per_month and source and target != []:
            b = None if target is None else np.array(target, dtype=np.int64)
            made.append(Flow(np.array(source, dtype=np.int64), b, flow.gb_per_month))
    return tuple(made)


def _place(draft: Draft, tariffs: Tariffs, offer: Offering, between: bool) -> str:
    """The zone of an offering if traffic between zones is paid there, else its region."""
    region = draft.topology.ancestor(offer.location, "region") or offer.location
    zone = draft.topology.ancestor(offer.location, "zone")
    if zone is None or not between:
        return region
    row = tariffs.across_zones(offer.location)
    return zone if row is not None and not row.free else region
