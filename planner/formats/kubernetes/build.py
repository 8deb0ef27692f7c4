"""Pod sets to workloads and rules: the part that manifests and snapshots share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.release import DisruptionBudget
from models.resources import GPU, Resources
from models.rules import ALL, Affinity, AntiAffinity, Rule
from models.selectors import WorkloadSelector
from models.workload import CronJob, DaemonSet, Job, Service, StatefulSet, Workload
from planner.formats.kubernetes.cluster import Cluster
from planner.formats.kubernetes.disruption import budgets, release
from planner.formats.kubernetes.neighbours import Neighbourhood, neighbour_rules, port_rules, without_cycles
from planner.formats.kubernetes.podset import NAMESPACE_LABEL, PodSet, workload_names
from planner.formats.kubernetes.requests import largest, pod_limits, pod_request
from planner.formats.kubernetes.selectors import host_rules

_GPU_MEMORY = "alibabacloud.com/gpu-mem"
_GPU_COUNT = "alibabacloud.com/gpu-count"
_LOCAL_STORAGE = "simon/"


def workloads_and_rules(sets: Sequence[PodSet], cluster: Cluster) -> tuple[tuple[Workload, ...], tuple[Rule, ...]]:
    """Translate pod sets, each with a name of its own.

    Parameters
    ----------
    sets : sequence of PodSet
    cluster : Cluster
        What the pod specs refer to, and the report that takes the losses.
    """
    names = workload_names(sets)
    hood = Neighbourhood(sets, names, cluster.namespaces)
    drained = budgets(cluster.budgets, hood, cluster.report)
    workloads = tuple(
        _workload(each, name, drained.get(at), cluster) for at, (each, name) in enumerate(zip(sets, names, strict=True))
    )
    rules: list[Rule] = []
    for at, (each, name) in enumerate(zip(sets, names, strict=True)):
        spec = cluster.scheduled(each.spec)
        daemon = each.model == "daemon_set"
        rules.extend(host_rules(spec, name, each.place, cluster.report, cluster.choices, daemon=daemon))
        rules.extend(neighbour_rules(at, hood, cluster.report, cluster.choices))
    rules.extend(port_rules(hood, cluster.report))
    return workloads, tuple(_joined(without_cycles(rules, cluster.report)))


def _workload(each: PodSet, name: str, budget: DisruptionBudget | None, cluster: Cluster) -> Workload:
    asked = [
        pod_request(template.get("spec"), cluster.defaults, each.place, cluster.report) for template in each.templates
    ]
    requests = largest(*asked)
    if any(one != requests for one in asked):
        cluster.report.approximated(each.place, "pods with unequal requests", "all are counted with the largest")
    stated = each.templates[0].get("metadata", "namespace") or each.namespace != "default"
    common = {
        "name": name,
        "requests": _with_shared_gpu(each, requests, cluster),
        "limits": pod_limits(each.spec, each.place, cluster.report),
        "overhead": cluster.overhead(each),
        "priority": cluster.priority(each),
        "labels": each.labels | ({NAMESPACE_LABEL: each.namespace} if stated else {}),
        "volumes": cluster.claims.of(each),
        "release": release(each, cluster),
        "disruption_budget": budget,
    }
    _say_what_has_no_model(each, cluster)
    entry = each.templates[0]
    match each.model:
        case "service":
            return entry.build(Service, replicas=each.replicas, **common)
        case "stateful_set":
            return entry.build(StatefulSet, kind="stateful_set", replicas=each.replicas, **common)
        case "job":
            sizes = {"parallelism": each.replicas, "completions": each.completions}
            return entry.build(Job, kind="job", **sizes, **common)
        case "cron_job":
            times = {"schedule": each.schedule, "minutes": each.minutes}
            return entry.build(CronJob, kind="cron_job", parallelism=each.replicas, **times, **common)
        case "daemon_set":
            return entry.build(DaemonSet, kind="daemon_set", **common)


def _with_shared_gpu(each: PodSet, requests: Resources, cluster: Cluster) -> Resources:
    """Count whole devices for pods that ask for part of a GPU's memory by annotation."""
    memory = each.annotations.get(_GPU_MEMORY)
    if memory is None or requests[GPU]:
        return requests
    count = each.annotations.get(_GPU_COUNT, "1")
    devices = int(count) if count.isdigit() else 1
    what = f"annotation for {memory} of the memory of {devices} GPU"
    cluster.report.approximated(each.place, what, f"counted as {devices} whole GPU, never too little")
    return requests.plus(Resources.of({GPU: devices * 1000}))


def _say_what_has_no_model(each: PodSet, cluster: Cluster) -> None:
    for key in sorted(each.annotations):
        if key.startswith(_LOCAL_STORAGE):
            cluster.report.dropped(each.place, f"annotation {key}", "local storage by annotation is not planned")
    for gate in each.spec.get("schedulingGates").items():
        what = f"scheduling gate {gate.get('name').text()}"
        cluster.report.dropped(each.place, what, "planned as if the gate were open")
    for key in ("resourceClaims",):
        if each.spec.get(key):
            cluster.report.dropped(each.place, key, "devices by dynamic resource allocation are not planned")


def _joined(rules: Iterable[Rule]) -> list[Rule]:
    """One rule for all workloads that state the same, where each workload is meant by itself."""
    kept: dict[str, Rule] = {}
    for rule in rules:
        by_pairs = isinstance(rule, Affinity) or (isinstance(rule, AntiAffinity) and rule.away_from is not None)
        key = rule.model_dump_json(exclude=None if by_pairs else {"workloads"})
        known = kept.get(key)
        kept[key] = rule if by_pairs or known is None else _for_both(known, rule)
    return list(kept.values())


def _for_both(rule: Rule, other: Rule) -> Rule:
    names = dict.fromkeys(name for each in (rule, other) for name in getattr(each, "workloads", ALL).names)
    return rule.model_copy(update={"workloads": WorkloadSelector(names=tuple(names))})
