"""Columns of what is requested, moment by moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.resources import CPU, GPU, MEMORY, VOLUMES
from models.rules import AttachLimit, OverloadRisk
from planner.problem.demand.columns import Asking, Column, column
from planner.problem.demand.rooms import NO_LIMIT

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def requested(asking: Asking) -> Iterator[Column]:
    """CPU and memory, then everything else that replicas ask for and some host or rule limits."""
    for resource in limited_resources(asking):
        kept = asking.line.hardest(resource)
        for moment in kept:
            name, asked = asking.line.name(resource, moment, kept), asking.line.asked(resource, moment)
            if resource == GPU:
                yield _shared(asking, name, asked)
            else:
                room = asking.rooms.left(resource, asked)
                yield column(name, asked, np.where(at_risk(asking, resource), NO_LIMIT, room))


def limited_resources(asking: Asking) -> list[str]:
    """Resources that a replica asks for and a host or a rule limits; always CPU and memory."""
    lowered = bool(asking.draft.scenario.spec.rules_of(AttachLimit))
    found = [
        name
        for name, asked in asking.line.flat.items()
        if asked[asking.replicas > 0].any() or asked[len(asking.draft.scenario.spec.workloads) :].any()
        if (asking.rooms.limit(name) < NO_LIMIT).any() or (name == VOLUMES and lowered)
    ]
    return list(dict.fromkeys((CPU, MEMORY, *found)))


def at_risk(asking: Asking, resource: str) -> Bools:
    """bool[O]: hosts on which a rule counts usage in place of requests."""
    draft = asking.draft
    rules = draft.scenario.spec.rules_of(OverloadRisk)
    masks = [draft.hosts(rule.hosts) for rule in rules if resource in rule.resources]
    return np.asarray(np.logical_or.reduce([np.zeros(len(draft.offerings), dtype=bool), *masks]), dtype=bool)


def _shared(asking: Asking, name: str, milli: Ints) -> Column:
    """GPUs: with shares that fill devices without a remainder, and as they are for bounds."""
    devices = asking.devices
    rounded, exact = devices.rounded(milli), devices.exact(milli)
    limit = devices.exact(asking.rooms.limit(GPU))

    def room(asked: Ints) -> Ints:
        return np.asarray(np.maximum(0, limit - asking.rooms.daemons(asked)), dtype=np.int64)

    column_ = column(name, rounded, room(rounded))
    if (rounded == exact).all():
        return column_
    honest = column(name, exact, room(exact))
    return replace(column_, least=honest.size, most=honest.room, device=devices.units if devices.known else 0)
