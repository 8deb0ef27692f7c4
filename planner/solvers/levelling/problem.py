"""The arrays of levelling: containers with curves, hosts whose cost grows convexly with their load.

Axis letters: I item types (applications), B bin types (kinds of host), H hosts, T time steps,
R other resources, C containers, E interference rules.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

NEVER = np.iinfo(np.int32).max
"""A limit that never binds."""
_SUMS = 2**30
"""Capacities stay below, so that the sum of a full host and one more container fits 32 bits."""


@dataclass(frozen=True)
class HostCost:
    """What a host in use costs: the mean over time of 1 + steepness * (exp(max(0, u - knee)) - 1).

    u is the share of the host's load capacity in use.

    Attributes
    ----------
    knee : float
        Utilisation up to which a host costs exactly 1.
    steepness : float
    """

    knee: float = 0.5
    steepness: float = 10.0

    def over(self, used: Floats) -> Floats:
        """Cost beyond 1 at each utilisation."""
        return self.steepness * np.expm1(np.maximum(0.0, used - self.knee))

    def slope(self, used: Floats) -> Floats:
        """Right-hand derivative of the cost at each utilisation."""
        return np.where(used >= self.knee, self.steepness * np.exp(used - self.knee), 0.0)


@dataclass(frozen=True)
class LevellingProblem:
    """Containers to place on hosts so that hosts are few and none is loaded much above the knee.

    Attributes
    ----------
    load : int32[I, T]
        What one container of the type loads at each time, in the unit of `power`.
    need : int32[I, R]
        What else it takes; a resource that changes over time has one column per time step.
    count : int32[I]
        Containers of the type.
    power : int32[B]
        Load that a host of the type can carry at any time.
    room : int32[B, R]
        What else it has.
    hosts : int32[B]
        Hosts of the type; hosts are numbered type after type.
    rules : int32[E, 3]
        (a, b, k): a host with a container of a holds at most k of b. Pairs appear once.
    cost : HostCost

    Raises
    ------
    ValueError
        If shapes do not agree, an amount is negative, a host has no power, or a capacity is too large for
        32-bit sums.
    """

    load: Ints
    need: Ints
    count: Ints
    power: Ints
    room: Ints
    hosts: Ints
    rules: Ints
    cost: HostCost = HostCost()

    def __post_init__(self) -> None:
        items, types = len(self.count), len(self.hosts)
        if len(self.load) != items or len(self.need) != items:
            raise ValueError(f"load and need must have {items} rows, one per item type")
        if len(self.power) != types or self.room.shape != (types, self.need.shape[1]):
            raise ValueError(f"power and room must have {types} rows, and room a column per column of need")
        if self.rules.shape[1:] != (3,):
            raise ValueError("rules must have three columns: a, b, k")
        for array in (self.load, self.need, self.count, self.power, self.room, self.hosts, self.rules):
            if array.dtype != np.int32:
                raise ValueError("arrays must be int32")
            if array.size and array.min() < 0:
                raise ValueError("amounts must not be negative")
            array.flags.writeable = False
        if self.power.min(initial=NEVER) < 1 or not types:
            raise ValueError("there must be a host type, and none without power")
        if max(self.power.max(initial=0), self.room.max(initial=0)) >= _SUMS:
            raise ValueError(f"capacities must be below {_SUMS}")

    @property
    def containers(self) -> int:
        """C, the number of containers."""
        return int(self.count.sum())

    @property
    def item_of(self) -> Ints:
        """int32[C]: the type of each container; equal ones follow each other."""
        return np.repeat(np.arange(len(self.count), dtype=np.int32), self.count)

    @property
    def type_of(self) -> Ints:
        """int32[H]: the type of each host."""
        return np.repeat(np.arange(len(self.hosts), dtype=np.int32), self.hosts)
