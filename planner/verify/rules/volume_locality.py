"""A replica stays where its existing volume can be attached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

from models.reports import Violation
from models.rules import VolumeLocality
from models.topology import Level, is_within
from models.volume import Volume
from planner.verify.layout import Layout, Stand

Reach = Level | Literal["any"]


def check(layout: Layout) -> Iterator[Violation]:
    """Existing volumes are within reach of the hosts that their replicas run on."""
    homes = _homes(layout, {volume.workload for volume in layout.scenario.spec.volumes})
    for volume, reaches in existing(layout):
        for stand in homes.get((volume.workload, volume.replica), ()):
            for reach, label in reaches:
                if not within_reach(layout, volume, stand, reach):
                    there = volume.host or volume.location
                    message = (
                        f"replica {volume.replica} of {volume.workload!r} runs on {stand.name} in {stand.location}, "
                        f"but its volume is in {there} and follows within its {reach} only"
                    )
                    yield Violation("volume_locality", volume.name, message, label)


def existing(layout: Layout) -> Iterator[tuple[Volume, list[tuple[Reach, str]]]]:
    """Every volume that exists, with how far it follows its replica, and the name of the rule that says so."""
    rules = _rules(layout) if layout.scenario.spec.volumes else {}
    for volume in layout.scenario.spec.volumes:
        stated = rules.get(layout.position[volume.workload], [])
        reaches: list[tuple[Reach, str]] = [(rule.level, rule.name) for rule in stated]
        yield volume, reaches or [(_scope(layout, volume), "")]


def _rules(layout: Layout) -> dict[int, list[VolumeLocality]]:
    found: dict[int, list[VolumeLocality]] = defaultdict(list)
    for rule in layout.scenario.spec.rules_of(VolumeLocality):
        for w in layout.select(rule.workloads):
            found[w].append(rule)
    return found


def _homes(layout: Layout, names: set[str]) -> Mapping[tuple[str, int], list[Stand]]:
    homes: dict[tuple[str, int], list[Stand]] = defaultdict(list)
    for stand in layout.stands:
        for name in names & stand.planned.runs.keys():
            for ordinal in stand.planned.runs[name]:
                homes[name, ordinal].append(stand)
    return homes


def _scope(layout: Layout, volume: Volume) -> Reach:
    """How far the volume follows its replica: a local disk not at all, others by their class."""
    if volume.host is not None:
        return "host"
    known = layout.catalog.storage_class_of.get(volume.storage_class or "")
    return known.scope if known else "zone"


def within_reach(layout: Layout, volume: Volume, stand: Stand, reach: Reach) -> bool:
    """Whether the host lies in the volume's domain; a level that the topology skips is the volume's own place."""
    if reach == "any":
        return True
    if reach == "host" and volume.host is not None:
        return stand.planned.standing and stand.name == volume.host
    place = volume.location or layout.lookup.hosts[volume.host or ""].location
    return is_within(stand.location, layout.domain_of(place, reach) or place)
