"""What stands behind the arrays: replicas behind item types, offerings behind bin types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.catalog import Catalog
from models.resources import Capacity, Resources
from models.scenario import Scenario
from models.supply import Offering
from models.topology import Topology


@dataclass(frozen=True)
class Part:
    """Replicas of one workload that may go to the same places: most often all of them."""

    workload: int
    ordinals: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Narrowing:
    """A rule that ruled out offerings for some workloads: one step of the unplaced funnel.

    Attributes
    ----------
    rule : str
    workloads : frozenset of int
    admitted : bool[O]
        The offerings it leaves.
    ordinals : tuple of int or None
        Only these replicas, where it does not speak of all.
    """

    rule: str
    workloads: frozenset[int]
    admitted: npt.NDArray[np.bool_]
    ordinals: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class Names:
    """The dictionary between a `Problem` and its scenario.

    Attributes
    ----------
    offerings : tuple of Offering, length O
    allocatable : tuple of Capacity, length O
        Room for workloads after daemonsets, exact.
    capacity : int64[O, R]
        Room of one host of each offering, as in `Problem.capacity`; some are of no bin type.
    over_time : tuple of mapping, length W
        By workload, what a replica takes: of a resource, or of it at each moment that matters (`cpu@03:00`).
    gpu_units : int
        Units of arrays for one GPU: 1000, or more where shares ask for it.
    parts : tuple of tuple of Part, length I
        The replicas merged into each item type, in the order in which they are handed out; empty
        for room kept free.
    members : tuple of tuple of int, length B
        The offerings merged into each bin type.
    domains : tuple of str
        Domain paths by id.
    narrowings : tuple of Narrowing
        In the order in which rules were applied.
    room : mapping of item type to (rule, shape)
        Item types that are room kept free.
    held : mapping of item type to workload
        Of these, such as are held for further replicas of a workload.
    """

    scenario: Scenario
    catalog: Catalog
    topology: Topology
    offerings: tuple[Offering, ...]
    allocatable: tuple[Capacity, ...]
    capacity: npt.NDArray[np.int64]
    over_time: tuple[Mapping[str, int], ...]
    gpu_units: int
    parts: tuple[tuple[Part, ...], ...]
    members: tuple[tuple[int, ...], ...]
    domains: tuple[str, ...]
    narrowings: tuple[Narrowing, ...]
    room: Mapping[int, tuple[str, Resources]]
    held: Mapping[int, int]
    warnings: tuple[str, ...] = ()
