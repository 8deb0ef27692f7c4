"""A replica stays where its existing volume can be attached."""

from collections import defaultdict

from models.rules import VolumeLocality, rule_label
from models.topology import Level
from models.volume import Volume
from planner.problem.draft import Draft

HOST_MARK = "host "
"""Tells the name of a host from the path of a domain."""


def compile_rules(draft: Draft) -> None:
    """Bind replicas to their volumes' domains."""
    stated: dict[int, list[tuple[Level, str]]] = defaultdict(list)
    for rule in draft.rules(VolumeLocality):
        for w in draft.select(rule.workloads):
            stated[w].append((rule.level, rule_label(rule)))
    position = {workload.name: w for w, workload in enumerate(draft.scenario.spec.workloads)}
    bound: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for volume in draft.scenario.spec.volumes:
        w = position[volume.workload]
        places = [(_at_level(draft, volume, level), label) for level, label in stated[w]]
        for place, label in places or [(_in_scope(draft, volume), "volume_locality")]:
            if place:
                bound[w, place, label].add(volume.replica)
    for (w, place, label), ordinals in bound.items():
        host = place.removeprefix(HOST_MARK)
        admitted = draft.standing([host]) if place.startswith(HOST_MARK) else draft.within(place)
        draft.bind(label, w, tuple(sorted(ordinals)), admitted)


def _in_scope(draft: Draft, volume: Volume) -> str:
    """Where the volume can follow its container by its storage class; its zone if that is unknown.

    "" is everywhere; a volume on a host's disk stays on that host.
    """
    known = draft.catalog.storage_class_of.get(volume.storage_class or "")
    scope = known.scope if known else "zone"
    if volume.host is not None:
        return HOST_MARK + volume.host
    if scope == "any":
        return ""
    return volume.location or "" if scope == "host" else _at_level(draft, volume, scope)


def _at_level(draft: Draft, volume: Volume, level: Level) -> str:
    """The domain of a level that the volume stands in; its own place where the tree skips the level."""
    if volume.host is not None and level == "host":
        return HOST_MARK + volume.host
    location = volume.location or next(o.location for o in draft.offerings if o.host == volume.host)
    return draft.topology.ancestor(location, level) or location
