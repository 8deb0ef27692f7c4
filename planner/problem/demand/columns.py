"""Array resources: what every asker takes of each, and what every offering has of it.

A resource is one column, or several where one number is not enough: one for each moment that is harder
than others, one for each tangent of usage at risk, one for each set of roles with reservations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.resources import IN_BYTES, plain_resource
from planner.problem.demand.devices import Devices
from planner.problem.demand.rooms import NO_LIMIT, Rooms
from planner.problem.demand.timeline import Timeline
from planner.problem.draft import Draft
from planner.problem.problem import UNLIMITED

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MIB = 2**20


@dataclass(frozen=True, eq=False)
class Asking:
    """All that columns are made from.

    Attributes
    ----------
    replicas : int64[A]
        How many replicas each asker has, those of daemonsets not counted.
    """

    draft: Draft
    line: Timeline
    rooms: Rooms
    devices: Devices
    replicas: Ints


@dataclass(frozen=True, eq=False)
class Column:
    """One array resource, in the units of arrays.

    Attributes
    ----------
    name : str
    size : int64[A]
        What a replica of each asker takes.
    room : int64[O]
        What each offering has for replicas; `UNLIMITED` where this does not limit them.
    least, most : int64[A] and int64[O], or None
        The same for bounds, where they differ: no plan goes below such sizes in such rooms.
    device : int
        Units of one device where `least` and `most` are to be had device by device; 0 elsewhere.
    """

    name: str
    size: Ints
    room: Ints
    least: Ints | None = None
    most: Ints | None = None
    device: int = 0


def column(name: str, asked: Ints, room: Ints) -> Column:
    """A column of amounts in the models' units: demand rounds up, room rounds down."""
    if plain_resource(name) in IN_BYTES:
        asked, room = -(-asked // MIB), np.where(room == NO_LIMIT, NO_LIMIT, room // MIB)
    return Column(name, asked, limited(room))


def limited(room: Ints) -> Ints:
    """Room of arrays: `UNLIMITED` where there is no limit."""
    return np.where(room >= UNLIMITED, UNLIMITED, room)


def told_apart(columns: Iterable[Column]) -> list[Column]:
    """The columns with a number behind names that come up again (two rules that say the same of the same hosts)."""
    seen: Counter[str] = Counter()
    found = []
    for each in columns:
        seen[each.name] += 1
        found.append(each if seen[each.name] == 1 else replace(each, name=f"{each.name} ({seen[each.name]})"))
    return found
