"""Objects as a snapshot: what runs in a cluster now (`kubectl get nodes,pods,pv,pvc,pdb -A -o json`)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from planner.formats.kubernetes.build import workloads_and_rules
from planner.formats.kubernetes.cluster import Cluster
from planner.formats.kubernetes.controllers import KINDS
from planner.formats.kubernetes.imported import NO_CHOICES, Choices, Defaults, Imported, Report
from planner.formats.kubernetes.manifests import say_the_rest
from planner.formats.kubernetes.nodes import Nodes
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.podset import Model, PodSet, workload_names
from planner.formats.kubernetes.storage import read_storage_class
from planner.formats.kubernetes.volumes import existing_volumes

_MODELS: dict[str, Model] = {"StatefulSet": "stateful_set", "DaemonSet": "daemon_set", "Job": "job", "CronJob": "job"}
_STATIC_SOURCES = {"file", "http"}
_ORDINAL = re.compile(r"^(.*?)-?(\d+)$")
_SCHEDULED_JOB = re.compile(r"^(.+)-\d{7,}$")


def is_snapshot(objects: Iterable[Object]) -> bool:
    """Whether objects come from a cluster: some pod has a phase."""
    return any(item.kind == "Pod" and item.entry.get("status", "phase") for item in objects)


def snapshot(objects: Sequence[Object], defaults: Defaults, report: Report, choices: Choices = NO_CHOICES) -> Imported:
    """Read objects as the present state of a cluster."""
    cluster = Cluster.of(objects, defaults, report, choices)
    nodes = Nodes.of(objects, report)
    pods = _alive([item for item in objects if item.kind == "Pod" and not item.group], report)
    static = [item for item in pods if _is_static(item) and _node(item) in nodes.hosts]
    taken = [(_node(item), nodes.room_of(_alone(item), cluster)) for item in static]
    _say_static(static, report)
    sets = _grouped([item for item in pods if not _is_static(item)])
    names = workload_names(sets)
    workloads, rules = workloads_and_rules(sets, cluster)
    existing = existing_volumes(objects, sets, nodes, cluster)
    defined = [read_storage_class(item, report) for item in objects if item.kind == "StorageClass"]
    known = {item.name for item in defined}
    runs = _runs(sets, names, nodes, report)
    _say_controllers(objects, report)
    say_the_rest(objects, report)
    return Imported(
        workloads=workloads,
        rules=rules,
        storage_classes=(*defined, *(item for item in existing.storage_classes if item.name not in known)),
        volumes=existing.volumes,
        hosts=nodes.less(taken, runs),
        topology=nodes.places.trees(),
        losses=report.losses,
    )


def _alive(pods: Sequence[Object], report: Report) -> list[Object]:
    """Pods that run or wait; those that have ended or are ending ask for no room."""
    alive, gone = [], Counter[str]()
    for item in pods:
        phase = item.entry.get("status", "phase").text("Pending")
        if phase in {"Succeeded", "Failed"}:
            gone[phase.lower()] += 1
        elif item.entry.get("metadata", "deletionTimestamp"):
            gone["terminating"] += 1
        else:
            alive.append(item)
    for state, count in gone.items():
        report.assumed("snapshot", f"{count} {state} pods", "they ask for no room")
    return alive


def _is_static(pod: Object) -> bool:
    """Whether the node's own kubelet runs a pod, and no scheduler moves it."""
    marks = pod.annotations
    by_file = marks.get("kubernetes.io/config.source") in _STATIC_SOURCES
    return by_file or "kubernetes.io/config.mirror" in marks or (pod.owner or ("",))[0] == "Node"


def _say_static(static: Sequence[Object], report: Report) -> None:
    if static:
        hosts = len({_node(item) for item in static})
        what = f"{len(static)} static pods on {hosts} nodes"
        report.approximated("snapshot", what, "they stay: their room is taken off their hosts")


def _say_controllers(objects: Sequence[Object], report: Report) -> None:
    kinds = Counter(item.kind for item in objects if item.kind in KINDS - {"Pod"})
    for kind, count in kinds.items():
        report.assumed("snapshot", f"{count} {kind} objects", "the pods that exist are counted, not what they ask for")


def _grouped(pods: Sequence[Object]) -> list[PodSet]:
    groups: dict[tuple[str, str, str], list[Object]] = defaultdict(list)
    for item in pods:
        kind, name = _maker(item)
        groups[item.namespace, kind, name].append(item)
    return [_pod_set(key, sorted(members, key=_order)) for key, members in groups.items()]


def _maker(pod: Object) -> tuple[str, str]:
    """Kind and name of what keeps a pod running: a ReplicaSet's Deployment, a Job's CronJob."""
    kind, name = pod.owner or ("Pod", pod.name)
    if kind == "ReplicaSet":
        revision = pod.labels.get("pod-template-hash", "")
        if revision and name.endswith(f"-{revision}"):
            return "Deployment", name.removesuffix(f"-{revision}")
    if kind == "Job":
        scheduled = _SCHEDULED_JOB.match(name)
        if scheduled:
            return "CronJob", scheduled.group(1)
    return kind, name


def _order(pod: Object) -> tuple[str, int]:
    match = _ORDINAL.match(pod.name)
    return (match.group(1), int(match.group(2))) if match else (pod.name, 0)


def _pod_set(key: tuple[str, str, str], pods: list[Object]) -> PodSet:
    namespace, kind, name = key
    model = _MODELS.get(kind, "service")
    return PodSet(
        kind=kind,
        namespace=namespace,
        name=name,
        model=model,
        templates=tuple(item.entry for item in pods),
        replicas=0 if model == "daemon_set" else len(pods),
        completions=len(pods),
        annotations=pods[0].annotations,
    )


def _alone(pod: Object) -> PodSet:
    return _pod_set((pod.namespace, "Pod", pod.name), [pod])


def _node(pod: Object) -> str:
    return pod.entry.get("spec", "nodeName").text()


def _runs(sets: Sequence[PodSet], names: Sequence[str], nodes: Nodes, report: Report) -> dict[str, dict[str, int]]:
    """Replicas by host and workload; daemonsets are on every host and not counted."""
    runs: dict[str, Counter[str]] = defaultdict(Counter)
    for each, name in zip(sets, names, strict=True):
        for pod in each.templates if each.model != "daemon_set" else ():
            node = pod.get("spec", "nodeName").text()
            if node in nodes.hosts:
                runs[node][name] += 1
            elif node:
                what = f"pods on node {node}, which is not in the snapshot"
                report.dropped(each.place, what, "they are replicas without a host")
    return {host: dict(counts) for host, counts in runs.items()}
