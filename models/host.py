"""Hosts that stand today, and pools from which further hosts may be opened."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen, Name
from models.catalog import Architecture, Money, Purchase
from models.ownership import Ownership
from models.platforms import Kubernetes, Platform
from models.resources import CPU, GPU, MEMORY, Capacity, Resources, describe_amount
from models.units import Bytes, Count

Effect = Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]


class Taint(Frozen):
    """A mark on a host that keeps off every workload that does not tolerate it.

    `PreferNoSchedule` is a wish; it keeps nothing off.
    """

    key: Name
    value: str = ""
    effect: Effect = "NoSchedule"

    def __str__(self) -> str:
        return f"{self.key}={self.value}:{self.effect}" if self.value else f"{self.key}:{self.effect}"


class HostPool(Frozen):
    """Hosts that may be opened: host types of the catalog, at locations, under a platform.

    A host can be opened at every leaf of the topology inside `locations` (a zone, or a rack where
    racks are known), of every type in `host_types` that the catalog prices there, at most
    `max_hosts` in all. `overhead` is what agents that are not modelled as daemonsets take of
    each host.
    """

    name: Name
    locations: tuple[str, ...] = Field(min_length=1)
    host_types: tuple[str, ...] = ("*",)
    architectures: tuple[Architecture, ...] = ()
    purchases: tuple[Purchase, ...] = ("on_demand",)
    platform: Platform = Kubernetes()
    max_hosts: Count | None = None
    owned: Ownership | None = Field(default=None, description="what its hosts cost under purchase owned")
    boot_disk: Bytes = 100 * 2**30
    overhead: Resources = Resources()
    labels: dict[str, str] = Field(default_factory=dict)
    taints: tuple[Taint, ...] = ()

    @model_validator(mode="after")
    def _may_own(self) -> HostPool:
        if self.owned is not None and "owned" not in self.purchases:
            raise PydanticCustomError("owned", "found owned without the purchase owned, expected it in purchases", {})
        return self


class Host(Frozen):
    """A host that stands today, with what runs on it.

    Either `host_type` names a type of the catalog, or `capacity` says what the machine has, or
    `allocatable` says what is left for workloads (as a node reports it). `per_hour` or `owned`
    override the catalog's price. `releasable` false: it stays, and is paid, whatever the plan.
    """

    name: Name
    location: str
    host_type: str | None = None
    architecture: Architecture = "amd64"
    capacity: Capacity | None = None
    allocatable: Capacity | None = None
    platform: Platform = Kubernetes()
    pool: str = ""
    purchase: Purchase = "on_demand"
    per_hour: Money | None = None
    owned: Ownership | None = Field(default=None, description="what the host costs, in place of per_hour")
    boot_disk: Bytes = 100 * 2**30
    overhead: Resources = Resources()
    labels: dict[str, str] = Field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    releasable: bool = True
    runs: dict[str, Count] = Field(default_factory=dict, description="replicas that run here now, by workload")

    @property
    def type_name(self) -> str:
        """Its host type; where it has none, its sizes in words: `16 CPU, 64 GiB memory`."""
        sizes = self.capacity or self.allocatable
        if self.host_type or sizes is None:
            return self.host_type or ""
        return ", ".join(describe_amount(name, sizes[name]) for name in (CPU, MEMORY, GPU) if sizes[name])

    @model_validator(mode="after")
    def _one_price(self) -> Host:
        if self.owned is not None and self.per_hour is not None:
            raise PydanticCustomError("owned", "found both owned and per_hour, expected one of them", {})
        return self
