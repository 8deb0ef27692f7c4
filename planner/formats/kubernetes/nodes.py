"""Nodes, read as hosts that stand today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.catalog import Purchase
from models.host import Host, Taint
from models.platforms import Aks, Eks, Gke, Kubernetes
from models.resources import PODS, VOLUMES, Capacity, Resources
from planner.formats.kubernetes.cluster import Cluster
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import Report
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.places import Places, modern_labels
from planner.formats.kubernetes.podset import PodSet
from planner.formats.kubernetes.requests import pod_request
from planner.formats.kubernetes.selectors import HOSTNAME

UNSCHEDULABLE = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")
_PLATFORMS = {"aws": Eks(kind="eks"), "gcp": Gke(kind="gke"), "azure": Aks(kind="aks")}
_ONE_POD = Resources.of({PODS: 1})
_INSTANCE_TYPE = "node.kubernetes.io/instance-type"
_ROLES = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_POOL_LABELS = (
    "karpenter.sh/nodepool", "eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
)  # fmt: skip
_SPOT = {
    ("karpenter.sh/capacity-type", "spot"), ("eks.amazonaws.com/capacityType", "SPOT"),
    ("cloud.google.com/gke-spot", "true"), ("cloud.google.com/gke-preemptible", "true"),
    ("cloud.google.com/gke-provisioning", "spot"), ("kubernetes.azure.com/scalesetpriority", "spot"),
}  # fmt: skip


@dataclass(frozen=True)
class Nodes:
    """The nodes of the input.

    Attributes
    ----------
    hosts : mapping of str to Host
        By node name.
    places : Places
        The domains they stand in.
    by_hostname : mapping of str to str
        Node names by the label `kubernetes.io/hostname`, as local volumes name them.
    """

    hosts: Mapping[str, Host]
    places: Places
    by_hostname: Mapping[str, str]

    @classmethod
    def of(cls, objects: Iterable[Object], report: Report) -> Nodes:
        """Read all nodes."""
        objects = list(objects)
        attach = {item.name: limit for item in objects if (limit := _attach_limit(item)) is not None}
        places, hosts, hostnames = Places(), {}, {}
        for item in objects:
            if item.kind != "Node" or item.group:
                continue
            host = _host(item, attach.get(item.name), places, report)
            if host is not None:
                hosts[host.name] = host
                hostnames[host.labels.get(HOSTNAME, host.name)] = host.name
        return cls(hosts, places, hostnames)

    def with_bound_pods(self, sets: Sequence[PodSet], cluster: Cluster) -> tuple[tuple[Host, ...], list[PodSet]]:
        """Hosts less the bare pods that name them as their node, and the sets that are left to place."""
        bound: list[PodSet] = []
        free: list[PodSet] = []
        for each in sets:
            (bound if each.spec.get("nodeName").text() in self.hosts else free).append(each)
        taken = [(each.spec.get("nodeName").text(), self.room_of(each, cluster)) for each in bound]
        for each in bound:
            what = f"pod bound to node {each.spec.get('nodeName').text()}"
            cluster.report.approximated(each.place, what, "it stays there: its room is taken off that host")
        return self.less(taken), free

    def room_of(self, each: PodSet, cluster: Cluster) -> Resources:
        """What one pod of a set takes of its host."""
        request = pod_request(each.spec, cluster.defaults, each.place, cluster.report)
        return request.plus(cluster.overhead(each)).plus(_ONE_POD)

    def less(
        self, taken: Iterable[tuple[str, Resources]], runs: Mapping[str, Mapping[str, int]] | None = None
    ) -> tuple[Host, ...]:
        """All hosts with what is taken of them as overhead, and with what runs on them."""
        overhead: dict[str, Resources] = {}
        for name, request in taken:
            overhead[name] = overhead.get(name, Resources()).plus(request)
        return tuple(
            host.model_copy(
                update={"overhead": overhead.get(name, Resources()), "runs": dict((runs or {}).get(name, {}))}
            )
            for name, host in self.hosts.items()
        )


def _host(item: Object, attach: int | None, places: Places, report: Report) -> Host | None:
    entry, labels = item.entry, modern_labels(item.labels)
    allocatable = _capacity(entry.get("status", "allocatable"), attach)
    capacity = _capacity(entry.get("status", "capacity"), attach)
    if allocatable is None and capacity is None:
        report.dropped(str(item), "node without status.allocatable", "its size is not known: it is left out")
        return None
    location, assumed = places.of_node(labels, entry.get("spec", "providerID").text())
    if assumed:
        report.assumed(str(item), "location", assumed)
    cloud = location.split("/")[0]
    architecture = labels.get("kubernetes.io/arch", "amd64")
    if architecture not in {"amd64", "arm64"}:
        report.approximated(str(item), f"architecture {architecture}", "known by its label only")
        architecture = "amd64"
    control_plane = any(role in labels for role in _ROLES)
    if control_plane:
        report.assumed(str(item), "control-plane node", "it stays, whatever the plan")
    return entry.build(
        Host,
        name=item.name,
        location=location,
        host_type=labels.get(_INSTANCE_TYPE),
        architecture=architecture,
        capacity=None if allocatable else capacity,
        allocatable=allocatable,
        platform=_PLATFORMS.get(cloud, Kubernetes()),
        pool=next((labels[label] for label in _POOL_LABELS if label in labels), ""),
        purchase=_purchase(labels, cloud),
        labels=labels,
        taints=_taints(entry.get("spec")),
        releasable=not control_plane,
    )


def _capacity(entry: Entry, attach: int | None) -> Capacity | None:
    if not entry:
        return None
    amounts = {}
    for key, value in entry.mapping().items():
        if key in {"cpu", "memory", "ephemeral-storage", "pods"} or "/" in key:
            amounts[key] = value
        elif key.startswith("attachable-volumes-"):
            amounts[VOLUMES] = value
    if attach is not None:
        amounts[VOLUMES] = attach
    return entry.build(Capacity, **amounts)


def _attach_limit(item: Object) -> int | None:
    """The most volumes that a node can attach, by the drivers of its CSINode."""
    if item.kind != "CSINode":
        return None
    counts = [driver.get("allocatable", "count") for driver in item.entry.get("spec", "drivers").items()]
    return min((count.whole() for count in counts if count), default=None)


def _taints(spec: Entry) -> tuple[Taint, ...]:
    taints = [
        item.build(Taint, key=item.get("key").text(), value=item.get("value").text(), effect=item.get("effect").text())
        for item in spec.get("taints").items()
    ]
    if spec.get("unschedulable").flag() and not any(taint.key == UNSCHEDULABLE.key for taint in taints):
        taints.append(UNSCHEDULABLE)
    return tuple(taints)


def _purchase(labels: Mapping[str, str], cloud: str) -> Purchase:
    if any(labels.get(key) == value for key, value in _SPOT):
        return "spot"
    return "owned" if cloud == "onprem" else "on_demand"
