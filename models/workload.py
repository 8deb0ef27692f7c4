"""Workloads: what asks for room."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, PositiveInt, Tag
from typing_extensions import override

from models.base import Frozen
from models.resources import IOPS, MBPS, PODS, VOLUMES, Resources
from models.units import Bytes, Count

Name = Annotated[str, Field(min_length=1, max_length=253)]


class VolumeClaim(Frozen):
    """A volume that every replica of a workload brings with it.

    `iops` and `mbps` are the load it puts on the host's volume path (operations/s, MB/s).
    """

    name: Name = "data"
    storage_class: str | None = None
    size: Bytes
    iops: Count = 0
    mbps: Count = 0


class _Workload(Frozen):
    name: Name
    requests: Resources = Resources()
    limits: Resources | None = None
    priority: int = Field(default=0, description="higher is placed first when room is short")
    labels: dict[str, str] = Field(default_factory=dict)
    environment: str | None = None
    team: str | None = None
    volumes: tuple[VolumeClaim, ...] = ()

    @property
    def count(self) -> int:
        """How many replicas ask for room at the same time (0 for a daemonset: one per host)."""
        raise NotImplementedError

    def demand(self) -> Resources:
        """What one replica takes of a host: its requests, one pod slot, and its volumes."""
        attached = {
            PODS: 1,
            VOLUMES: len(self.volumes),
            IOPS: sum(claim.iops for claim in self.volumes),
            MBPS: sum(claim.mbps for claim in self.volumes),
        }
        return self.requests.plus(Resources.of(attached))


class Service(_Workload):
    """Equal replicas without identity (a Kubernetes Deployment or ReplicaSet)."""

    kind: Literal["service"] = "service"
    replicas: Count = 1

    @property
    @override
    def count(self) -> int:
        return self.replicas


class StatefulSet(_Workload):
    """Replicas with an ordinal and, as a rule, volumes of their own."""

    kind: Literal["stateful_set"]
    replicas: Count = 1

    @property
    @override
    def count(self) -> int:
        return self.replicas


class Job(_Workload):
    """Work that ends: `completions` runs, at most `parallelism` of them at once."""

    kind: Literal["job"]
    completions: PositiveInt = 1
    parallelism: PositiveInt = 1

    @property
    @override
    def count(self) -> int:
        return min(self.completions, self.parallelism)


class DaemonSet(_Workload):
    """One replica on every host whose labels and taints admit it, taken off the host's room."""

    kind: Literal["daemon_set"]

    @property
    @override
    def count(self) -> int:
        return 0


class VirtualMachine(_Workload):
    """A whole virtual machine; it needs a host whose platform runs virtual machines."""

    kind: Literal["virtual_machine"]
    replicas: Count = 1

    @property
    @override
    def count(self) -> int:
        return self.replicas


def _kind(value: Any) -> str:
    kind = value.get("kind", "service") if isinstance(value, dict) else getattr(value, "kind", "service")
    return str(kind)


Workload = Annotated[
    Annotated[Service, Tag("service")]
    | Annotated[StatefulSet, Tag("stateful_set")]
    | Annotated[Job, Tag("job")]
    | Annotated[DaemonSet, Tag("daemon_set")]
    | Annotated[VirtualMachine, Tag("virtual_machine")],
    Discriminator(_kind),
]
"""Any workload; `kind` may be left out for a service."""
