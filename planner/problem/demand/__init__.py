"""What everyone asks for and what there is, as arrays.

Askers are the workloads of a scenario in their order, then the rooms that headroom rules keep free.
Axis `A`; `O` offerings, `R` array resources.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.resources import GPU, Capacity
from planner.problem.demand.at_risk import overload
from planner.problem.demand.columns import Asking, told_apart
from planner.problem.demand.devices import Devices, devices_for
from planner.problem.demand.requests import requested
from planner.problem.demand.roles import reserved
from planner.problem.demand.rooms import Rooms
from planner.problem.demand.timeline import Timeline, timeline
from planner.problem.draft import Draft
from planner.problem.rules.storage import shown_demand

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Demand:
    """Sizes and rooms of a draft.

    Attributes
    ----------
    resources : tuple of str, length R
    size : int64[A, R]
    room : int64[O, R]
    least, most : int64[A, R] and int64[O, R], or None
        Sizes and rooms for bounds, where they differ (see `Problem.relaxation`).
    device : int64[R] or None
        Units of one device (see `Problem.device`).
    over_time : tuple of mapping, length W
        By workload, what a replica states that it takes, in the models' units: of a resource, or of a
        resource at each moment that matters (`cpu@03:00`).
    allocatable : tuple of Capacity, length O
    gpu_units : int
        Units of arrays for one GPU.
    """

    resources: tuple[str, ...]
    size: Ints
    room: Ints
    least: Ints | None
    most: Ints | None
    device: Ints | None
    over_time: tuple[Mapping[str, int], ...]
    allocatable: tuple[Capacity, ...]
    gpu_units: int


def demand_of(draft: Draft) -> Demand:
    """Lay out demand over time, take daemonsets off every host, and make the columns of all resources.

    A host on which the daemonsets alone do not fit takes no workload.

    Raises
    ------
    InputError
        If profiles and schedules, or reservations, make more columns than can be planned with.
    """
    line = timeline(draft)
    rooms = Rooms(draft, line)
    workloads = draft.scenario.spec.workloads
    if rooms.crowded.any():
        others = [w for w, workload in enumerate(workloads) if workload.kind != "daemon_set"]
        draft.narrow("daemonsets", others, ~rooms.crowded)
    counts = [*(workload.count for workload in workloads), *(kept.copies for kept in draft.rooms)]
    replicas = np.array(counts, dtype=np.int64)
    asking = Asking(draft, line, rooms, _devices(draft, line, replicas), replicas)
    columns = told_apart([*requested(asking), *overload(asking), *reserved(asking)])
    loose = any(column.least is not None for column in columns)
    return Demand(
        resources=tuple(column.name for column in columns),
        size=np.column_stack([column.size for column in columns]),
        room=np.column_stack([column.room for column in columns]),
        least=np.column_stack([_or(column.least, column.size) for column in columns]) if loose else None,
        most=np.column_stack([_or(column.most, column.room) for column in columns]) if loose else None,
        device=np.array([column.device for column in columns]) if any(column.device for column in columns) else None,
        over_time=_over_time(draft, line),
        allocatable=rooms.allocatable(),
        gpu_units=asking.devices.units,
    )


def _or(array: Ints | None, other: Ints) -> Ints:
    return other if array is None else array


def _devices(draft: Draft, line: Timeline, replicas: Ints) -> Devices:
    """How GPU shares are rounded, with a warning for each workload whose share is planned so."""
    if GPU not in line.flat:
        return Devices()
    shares: Counter[int] = Counter()
    workloads = draft.scenario.spec.workloads
    daemons, mixed = [w for w, workload in enumerate(workloads) if workload.kind == "daemon_set"], False
    for moment in line.hardest(GPU):
        asked = line.asked(GPU, moment)
        mixed |= bool((asked[daemons] % 1000).any())
        for milli, copies in zip(asked.tolist(), replicas.tolist(), strict=True):
            if milli % 1000:
                shares[milli % 1000] += max(1, copies)
    devices = replace(devices_for(shares), known=not mixed)
    for w, workload in enumerate(workloads if mixed else ()):
        milli = int(line.flat[GPU][w])
        if milli % 1000 and devices.rounded(np.array([milli])) != devices.exact(np.array([milli])):
            share = "a whole device" if devices.part(milli) == 1 else f"1/{devices.part(milli)} of a device"
            why = "beside daemonsets with shares of their own"
            draft.warnings.append(f"{workload.name}: {milli % 1000}m GPU is planned as {share}, {why}")
    return devices


def _over_time(draft: Draft, line: Timeline) -> tuple[Mapping[str, int], ...]:
    """What workloads state, by resource; at each moment that matters where it changes for any of them."""
    found = [shown_demand(workload, draft.catalog) for workload in draft.scenario.spec.workloads]
    for resource in line.varying:
        moments = line.hardest(resource)
        over_time = [(line.name(resource, moment, moments), line.asked(resource, moment)) for moment in moments]
        for w, shown in enumerate(found):
            drafted = int(line.flat[resource][w]) - shown.pop(resource, 0)
            shown.update({name: int(asked[w]) - drafted for name, asked in over_time if asked[w] > drafted})
    return tuple(found)
