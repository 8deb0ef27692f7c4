"""Platform profiles: what of a host's capacity is left for workloads (its allocatable).

allocatable = capacity - kube-reserved - system-reserved - hard eviction threshold.

Sources: EKS, awslabs/amazon-eks-ami nodeadm `kubelet/config.go` and `eni_max_pods.go`
(2026-07); GKE, kubernetes/autoscaler `cloudprovider/gce/gce_reserved.go` and "Plan node sizes";
AKS, MicrosoftDocs azure-aks-docs `node-resource-reservations.md` (2026-08); plain Kubernetes,
"Reserve Compute Resources for System Daemons".
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from typing_extensions import override

from models.base import Frozen
from models.catalog import HostType
from models.resources import CPU, EPHEMERAL_STORAGE, MEMORY, PODS, VOLUMES, Capacity, Resources
from models.units import Bytes, Count

MIB = 2**20
GIB = 2**30
Runs = Literal["containers", "virtual_machines"]


def bracket_cpu(cpu: int, percents: tuple[float, float, float, float]) -> int:
    """Millicores reserved of `cpu` millicores: a share of core 1, core 2, cores 3-4, and the rest."""
    total, low = 0.0, 0
    for high, percent in zip((1000, 2000, 4000, cpu), percents, strict=True):
        total += max(0, min(cpu, high) - low) * percent / 100
        low = high
    return round(total)


def gke_memory_reserved(memory: int) -> int:
    """Bytes GKE reserves: 255 MiB up to 1 GiB, else 25/20/10/6/2 % of 4/4/8/112/the rest GiB."""
    if memory <= GIB:
        return 255 * MIB
    total, low = 0, 0
    for high, percent in ((4, 25), (8, 20), (16, 10), (128, 6), (2**20, 2)):
        total += max(0, min(memory, high * GIB) - low * GIB) * percent // 100
        low = high
    return total


def aks_memory_reserved(memory: int, max_pods: int, unit: int = MIB) -> int:
    """Bytes AKS 1.29 and later reserves: min(20 MB x max pods + 50 MB, 25 % of memory)."""
    return min((20 * max_pods + 50) * unit, memory // 4)


class _Platform(Frozen):
    runs: Runs = "containers"
    reserved: Resources = Field(default=Resources(), description="system-reserved, beyond the platform's own")

    def max_pods(self, host: HostType) -> int | None:
        """The most pods on a host; None is without limit."""
        return host.capacity.pods

    def kube_reserved(self, host: HostType) -> Resources:
        """What the platform's own agents take (kube-reserved and hard eviction)."""
        return Resources()

    def allocatable(self, host: HostType, boot_disk: int | None = None) -> Capacity:
        """What is left for workloads of a host type with a boot disk of `boot_disk` bytes."""
        has = host.capacity.amounts()
        if boot_disk is not None and EPHEMERAL_STORAGE not in has:
            has[EPHEMERAL_STORAGE] = boot_disk
        if host.volumes_share_nics and VOLUMES in has:
            has[VOLUMES] = max(0, has[VOLUMES] - (host.nics or 1))
        pods = self.max_pods(host)
        if pods is not None:
            has[PODS] = pods
        sized = host.model_copy(update={"capacity": Capacity.of(has)})
        return sized.capacity.minus(self.kube_reserved(sized).plus(self.reserved))


class _Kubelet(_Platform):
    """A platform with a kubelet: an eviction threshold on memory and on the boot disk."""

    eviction_memory: Bytes = 100 * MIB
    eviction_disk_percent: float = Field(default=10, ge=0, le=100)

    def _evicted(self, host: HostType) -> Resources:
        disk = host.capacity.ephemeral_storage or 0
        threshold = int(disk * self.eviction_disk_percent / 100)
        return Resources.of({MEMORY: self.eviction_memory, EPHEMERAL_STORAGE: threshold})


class Kubernetes(_Kubelet):
    """Plain Kubernetes: the reservations are those one states."""

    kind: Literal["kubernetes"] = "kubernetes"
    kube: Resources = Field(default=Resources(), description="kube-reserved")
    pods: Count = 110

    @override
    def max_pods(self, host: HostType) -> int:
        return min(self.pods, host.capacity.pods or self.pods)

    @override
    def kube_reserved(self, host: HostType) -> Resources:
        return self.kube.plus(self._evicted(host))


class Eks(_Kubelet):
    """Amazon EKS with the VPC CNI."""

    kind: Literal["eks"]
    network: Literal["secondary_ip", "prefix_delegation"] = "secondary_ip"

    @override
    def max_pods(self, host: HostType) -> int:
        if not host.nics or not host.addresses_per_nic:
            return 110
        if self.network == "secondary_ip":
            return host.nics * (host.addresses_per_nic - 1) + 2
        most = host.nics * (host.addresses_per_nic - 1) * 16 + 2
        return min(most, 250 if host.capacity.cpu > 30_000 else 110)

    @override
    def kube_reserved(self, host: HostType) -> Resources:
        own = {
            CPU: bracket_cpu(host.capacity.cpu, (6, 1, 0.5, 0.25)),
            MEMORY: (255 + 11 * self.max_pods(host)) * MIB,
            EPHEMERAL_STORAGE: GIB,
        }
        return Resources.of(own).plus(self._evicted(host))


class Gke(_Kubelet):
    """Google GKE Standard."""

    kind: Literal["gke"]
    pods: Count = Field(default=110, le=256)

    @override
    def max_pods(self, host: HostType) -> int:
        return self.pods

    @override
    def kube_reserved(self, host: HostType) -> Resources:
        shared_core = host.name in {"e2-micro", "e2-small", "e2-medium"}
        disk = host.capacity.ephemeral_storage or 0
        own = {
            CPU: 1060 if shared_core else bracket_cpu(host.capacity.cpu, (6, 1, 0.5, 0.25)),
            MEMORY: gke_memory_reserved(host.capacity.memory),
            EPHEMERAL_STORAGE: min(disk // 2, disk * 35 // 100 + 6 * GIB, 100 * GIB),
        }
        return Resources.of(own).plus(self._evicted(host))


class Aks(_Kubelet):
    """Azure AKS; `before_1_29` brings back the older, larger memory reservation."""

    kind: Literal["aks"]
    network: Literal["overlay", "pod_subnet", "kubenet", "node_subnet"] = "overlay"
    before_1_29: bool = False

    @override
    def max_pods(self, host: HostType) -> int:
        return {"overlay": 250, "pod_subnet": 110, "kubenet": 110, "node_subnet": 30}[self.network]

    @override
    def kube_reserved(self, host: HostType) -> Resources:
        memory = host.capacity.memory
        if self.before_1_29:
            reserved = gke_memory_reserved(memory) + 650 * MIB  # eviction at 750 MiB instead of 100
        else:
            reserved = aks_memory_reserved(memory, self.max_pods(host))
        own = {CPU: bracket_cpu(host.capacity.cpu, (6, 4, 2, 1)), MEMORY: reserved}
        return Resources.of(own).plus(self._evicted(host))


class BareMetal(_Platform):
    """Containers straight on the machine: nothing is reserved but what one states."""

    kind: Literal["bare_metal"]


class Hypervisor(_Platform):
    """A host for whole virtual machines; CPU and memory may be promised more than once.

    What the hypervisor takes for itself is `reserved`; what it takes for every machine is the
    workload's `overhead`.
    """

    kind: Literal["hypervisor"]
    runs: Runs = "virtual_machines"
    cpu_overcommit: float = Field(default=1.0, ge=1.0, description="virtual CPUs per CPU")
    memory_overcommit: float = Field(default=1.0, ge=1.0, description="memory promised per memory there")

    @override
    def allocatable(self, host: HostType, boot_disk: int | None = None) -> Capacity:
        left = super().allocatable(host, boot_disk)
        promised = {CPU: int(left.cpu * self.cpu_overcommit), MEMORY: int(left.memory * self.memory_overcommit)}
        return Capacity.of({**left.amounts(), **promised})


class Docker(_Platform):
    """A host with a Docker engine, containers started by hand or by Compose.

    A bridge network hands out addresses to so many containers: a /24 has room for 253.
    """

    kind: Literal["docker"]
    containers: Count | None = Field(default=253, description="the most on one bridge network; none: host network")

    @override
    def max_pods(self, host: HostType) -> int | None:
        return _smaller(self.containers, host.capacity.pods)


class Swarm(_Platform):
    """A node of a Docker Swarm; `manager` is what the Raft store and the ingress of a manager take."""

    kind: Literal["swarm"]
    containers: Count | None = Field(default=None, description="the most tasks; an overlay /24 has room for 252")
    manager: Resources = Resources()

    @override
    def max_pods(self, host: HostType) -> int | None:
        return _smaller(self.containers, host.capacity.pods)

    @override
    def kube_reserved(self, host: HostType) -> Resources:
        return self.manager


class Mesos(_Platform):
    """A Mesos agent: it offers what the agent itself leaves; parts may be reserved for roles.

    `reservations` keep resources for the workloads of one role; those of other roles, or of none,
    share what is unreserved (Mesos "Reservation", static and dynamic alike). An agent leaves 1 GiB
    or half of the memory to the system, whichever is less, and 5 GiB or half of the disk (Mesos
    "Agent configuration", `--resources`).
    """

    kind: Literal["mesos"]
    reservations: dict[str, Resources] = Field(default_factory=dict)

    @override
    def kube_reserved(self, host: HostType) -> Resources:
        disk = host.capacity.ephemeral_storage or 0
        memory = host.capacity.memory
        return Resources.of({MEMORY: min(GIB, memory // 2), EPHEMERAL_STORAGE: min(5 * GIB, disk // 2)})


class Registry(Frozen):
    """Where a containers-as-a-service keeps its images, and how fast hosts can pull from it."""

    name: str
    location: str
    mbps: Count = Field(default=1000, description="Mbit/s that one host pulls")


class Caas(_Platform):
    """A containers-as-a-service: managed hosts, images from its own registry."""

    kind: Literal["caas"]
    registry: Registry
    agent: Resources = Resources()
    containers: Count | None = None

    @override
    def max_pods(self, host: HostType) -> int | None:
        return _smaller(self.containers, host.capacity.pods)

    @override
    def kube_reserved(self, host: HostType) -> Resources:
        return self.agent


def _smaller(one: int | None, other: int | None) -> int | None:
    stated = [value for value in (one, other) if value is not None]
    return min(stated, default=None)


def reservations_of(platform: Any) -> dict[str, Resources]:
    """What a platform reserves for roles; only Mesos does."""
    return platform.reservations if isinstance(platform, Mesos) else {}


def _named(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


Platform = Annotated[
    Annotated[
        Kubernetes | Eks | Gke | Aks | BareMetal | Hypervisor | Docker | Swarm | Mesos | Caas,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_named),
]
"""A platform profile, written as its kind (`eks`) or as a mapping with its parameters."""
