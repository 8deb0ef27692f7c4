"""The placement problem as read-only integer arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from planner.problem.extras import Extras
from planner.problem.forms import HOST, Apart, Cap, Limit, Near, Quota, Room, Spread, Together

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
UNLIMITED = 2**40
"""Stands for "without limit" in capacities, counts of bins and limits."""
ROOM_PRIORITY = 2**40
"""Room that rules keep is placed before any workload: those rules are hard."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What solvers see: item types, bin types, which goes where, and the forms.

    Attributes
    ----------
    resources : tuple of str, length R
    size : int64[I, R]
        Demand of one copy, rounded up.
    count : int64[I]
        Copies to place.
    priority : int64[I]
        Higher is placed first where room is short; kept room (headroom) has the highest.
    capacity : int64[B, R]
        Room of one host for workloads, rounded down; `UNLIMITED` where it has no limit.
    price : int64[B]
        Micro-USD per hour.
    available : int64[B]
        The most hosts of each bin type.
    required : int64[B]
        The hosts of each bin type that stay whatever the plan (they are paid in any case).
    fits : bool[I, B]
        Rules and size admit a copy on an empty host.
    domain : int64[B, L]
        The domain of each bin type at the levels cloud, region, zone, site, rack; -1 where the
        topology skips the level. Levels that nothing asks about are all -1. Partitions that rules
        made up follow from column `HOST + 1` on.
    goals : tuple of GoalTier
    placing : int64[I, B] or None
        Micro-USD per hour that a copy costs on a bin type beside the host: storage, traffic to
        users, penalties, moves. None is nothing.
    moving : bool[I, B] or None
        Whether a copy there has left the host where it runs now.
    carbon : int64[B] or None
        Milligrams of CO2e per hour of one host.
    probe : int64[R] or None
        The container whose room `fragmentation` asks for.
    fixed : int
        Micro-USD per hour that any plan pays.
    extras : Extras
        What solvers do not see: parts of the cost and promises that are no sums over hosts. They
        are counted by `score`; the solver `steered` looks for plans that do well by them.
    relaxation : Problem or None
        Sizes that no plan can go below, where those of this problem are larger to be safe
        (shares of a GPU, usage at risk). Bounds and proofs are made there.
    device : int64[R] or None
        Units of one device, for resources that come in devices; 0 for others. A copy takes whole devices, and for the
        rest of its size a share of one more. Sizes of this problem are rounded so that whatever fits in sum fits on
        the devices; those of the relaxation are as they are. None where no share was rounded.
    """

    resources: tuple[str, ...]
    size: Ints
    count: Ints
    priority: Ints
    capacity: Ints
    price: Ints
    available: Ints
    required: Ints
    fits: Bools
    domain: Ints
    goals: tuple[GoalTier, ...]
    limits: tuple[Limit, ...] = ()
    apart: tuple[Apart, ...] = ()
    together: tuple[Together, ...] = ()
    near: tuple[Near, ...] = ()
    spreads: tuple[Spread, ...] = ()
    quotas: tuple[Quota, ...] = ()
    rooms: tuple[Room, ...] = ()
    caps: tuple[Cap, ...] = ()
    placing: Ints | None = None
    moving: Bools | None = None
    carbon: Ints | None = None
    probe: Ints | None = None
    fixed: int = 0
    extras: Extras = field(default_factory=Extras)
    relaxation: Problem | None = None
    device: Ints | None = None

    def __post_init__(self) -> None:
        items, bins, kinds = len(self.count), len(self.price), len(self.resources)
        shapes = {
            "size": (items, kinds), "count": (items,), "priority": (items,), "capacity": (bins, kinds),
            "price": (bins,), "available": (bins,), "required": (bins,), "fits": (items, bins),
            "domain": (bins, max(self.domain.shape[-1], HOST)), "placing": (items, bins), "moving": (items, bins),
            "carbon": (bins,), "probe": (kinds,), "device": (kinds,),
        }  # fmt: skip
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array is None:
                continue
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
            array.flags.writeable = False

    @property
    def items(self) -> int:
        """I, the number of item types."""
        return len(self.count)

    @property
    def bins(self) -> int:
        """B, the number of bin types."""
        return len(self.price)

    @property
    def core(self) -> Problem:
        """The problem without what solvers do not see."""
        return replace(self, extras=Extras()) if self.extras else self

    @cached_property
    def by_device(self) -> Problem:
        """The problem with true sizes of what comes in devices: for whoever asks device by device (`devices`)."""
        if self.device is None or self.relaxation is None:
            return self
        exact, loose = self.device > 0, self.relaxation
        size, capacity = np.where(exact, loose.size, self.size), np.where(exact, loose.capacity, self.capacity)
        return replace(self, size=size, capacity=capacity, relaxation=None)

    @property
    def is_rounded(self) -> bool:
        """Whether its relaxation has plans that `by_device` has not: what is proven of one is not of the other."""
        loose, exact = self.relaxation, self.by_device
        if loose is None:
            return False
        same = all(np.array_equal(getattr(loose, name), getattr(exact, name)) for name in ("size", "capacity", "fits"))
        return not same or loose.quotas is not self.quotas or loose.fixed != self.fixed

    @property
    def quota_weight(self) -> Ints:
        """int64[Q, B]: the weight of one host of each bin type in each quota."""
        return np.array([quota.weight for quota in self.quotas], dtype=np.int64).reshape(len(self.quotas), self.bins)

    @property
    def quota_most(self) -> Ints:
        """int64[Q]: the most that the weights may sum to."""
        return np.array([quota.most for quota in self.quotas], dtype=np.int64)

    @property
    def has_domain_forms(self) -> bool:
        """Whether any form but quotas and limits on single hosts binds several hosts."""
        levels = {limit.level for limit in self.limits} | {apart.level for apart in self.apart}
        levels |= {together.level for together in self.together} | {near.level for near in self.near}
        return bool(self.spreads or self.rooms or self.caps or levels - {HOST})

    def summary(self) -> str:
        """One line: how large it is."""
        forms = sum(len(getattr(self, f.name)) for f in fields(self) if f.name in _FORM_FIELDS)
        return (
            f"{int(self.count.sum()):,} replicas of {self.items:,} shapes, {self.bins:,} bin types, "
            f"{len(self.resources)} resources, {forms:,} forms"
        )


_FORM_FIELDS = ("limits", "apart", "together", "near", "spreads", "quotas", "rooms", "caps")
