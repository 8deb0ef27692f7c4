"""Objects as manifests: what one would apply to a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.formats.kubernetes.build import workloads_and_rules
from planner.formats.kubernetes.cluster import Cluster
from planner.formats.kubernetes.controllers import GROUPS, KINDS, read_pod_sets
from planner.formats.kubernetes.imported import NO_CHOICES, Choices, Defaults, Imported, Report
from planner.formats.kubernetes.nodes import Nodes
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.storage import read_storage_class
from planner.formats.kubernetes.volumes import existing_volumes

_BUILT_IN_GROUPS = GROUPS | {
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "autoscaling",
    "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io", "events.k8s.io", "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io", "node.k8s.io", "policy", "rbac.authorization.k8s.io", "scheduling.k8s.io", "storage.k8s.io",
}  # fmt: skip
_UNDERSTOOD = KINDS | {
    "HorizontalPodAutoscaler", "Namespace", "Node", "CSINode", "PersistentVolume", "PersistentVolumeClaim",
    "PodDisruptionBudget", "PriorityClass", "RuntimeClass", "StorageClass",
}  # fmt: skip
_LIMITS = {
    "LimitRange": "default requests and limits of a namespace are not filled in",
    "ResourceQuota": "the quota of a namespace is not planned",
    "NetworkPolicy": "traffic is not planned",
}


def manifests(objects: Sequence[Object], defaults: Defaults, report: Report, choices: Choices = NO_CHOICES) -> Imported:
    """Read objects as manifests."""
    cluster = Cluster.of(objects, defaults, report, choices)
    nodes = Nodes.of(objects, report)
    placed, sets = nodes.with_bound_pods(read_pod_sets(objects, report), cluster)
    workloads, rules = workloads_and_rules(sets, cluster)
    existing = existing_volumes(objects, sets, nodes, cluster)
    defined = [read_storage_class(item, report) for item in objects if item.kind == "StorageClass"]
    known = {item.name for item in defined}
    say_the_rest(objects, report)
    return Imported(
        workloads=workloads,
        rules=rules,
        storage_classes=(*defined, *(item for item in existing.storage_classes if item.name not in known)),
        volumes=existing.volumes,
        hosts=placed,
        topology=nodes.places.trees(),
        losses=report.losses,
    )


def say_the_rest(objects: Iterable[Object], report: Report) -> None:
    """Name everything that asks for no room, once per kind, and everything that is not understood."""
    harmless: dict[str, list[str]] = {}
    for item in objects:
        if item.group not in _BUILT_IN_GROUPS:
            what = f"{item.kind} of {item.group}"
            report.dropped(str(item), what, "a custom kind: if it makes pods, they are missing from the plan")
        elif item.kind in _LIMITS:
            report.dropped(str(item), item.kind, _LIMITS[item.kind])
        elif item.kind not in _UNDERSTOOD:
            harmless.setdefault(item.kind, []).append(item.name)
    for kind, names in sorted(harmless.items()):
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        report.assumed(shown, kind, "asks for no room on a host")
