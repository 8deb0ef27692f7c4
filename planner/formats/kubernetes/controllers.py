"""Objects that make pods, read as pod sets."""

from __future__ import annotations

from collections.abc import Iterable

from models.schedule import times_of
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import Report
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.podset import Model, PodSet

GROUPS = frozenset({"", "apps", "batch", "extensions"})
_MODELS: dict[str, Model] = {
    "Deployment": "service",
    "ReplicaSet": "service",
    "ReplicationController": "service",
    "StatefulSet": "stateful_set",
    "DaemonSet": "daemon_set",
    "Job": "job",
    "CronJob": "job",
    "Pod": "service",
}
_UTC = frozenset({"", "UTC", "Etc/UTC"})
_WEEK = 7 * 24 * 60
KINDS = frozenset(_MODELS)
"""Kinds that ask for room."""


def read_pod_sets(objects: Iterable[Object], report: Report) -> list[PodSet]:
    """Read the objects that make pods, without those that another object of the input owns."""
    objects = list(objects)
    present = {(item.kind, item.namespace, item.name) for item in objects}
    scalers = _autoscaled(objects)
    sets = []
    for item in objects:
        if item.kind not in KINDS or item.group not in GROUPS:
            continue
        owner = item.owner
        if owner is not None and (owner[0], item.namespace, owner[1]) in present:
            continue  # its owner stands for it
        made = _pod_set(item, scalers.pop((item.kind, item.namespace, item.name), None), report)
        if made is not None:
            sets.append(made)
    for (kind, namespace, name), scaler in scalers.items():
        report.dropped(str(scaler), "autoscaling", f"its target {kind} {namespace}/{name} is not in the input")
    return sets


def _pod_set(item: Object, scaler: Object | None, report: Report) -> PodSet | None:
    spec = item.entry.get("spec")
    template = item.entry if item.kind == "Pod" else spec.get("template")
    replicas, completions, model, minutes = 1, 1, _MODELS[item.kind], 0
    if item.kind == "CronJob":
        spec = spec.get("jobTemplate", "spec")
        template = spec.get("template")
        model, minutes = _scheduled(item, spec, report)
    if item.kind in {"Job", "CronJob"}:
        if spec.get("suspend").flag() or item.entry.get("spec", "suspend").flag() or _is_empty(spec):
            report.dropped(str(item), "suspended, or without parallelism", "it asks for no room now")
            return None
        replicas = spec.get("parallelism").whole(1)
        completions = spec.get("completions").whole(replicas)
    elif item.kind in {"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"}:
        replicas = _replicas(item, scaler, report)
    elif item.kind == "DaemonSet":
        replicas = 0
    if not template.get("spec"):
        raise template.get("spec").refuse("a pod spec")
    return PodSet(
        kind=item.kind,
        namespace=item.namespace,
        name=item.name,
        model=model,
        templates=(template,),
        replicas=replicas,
        completions=completions,
        schedule=item.entry.get("spec", "schedule").text() if model == "cron_job" else "",
        minutes=minutes,
        claim_templates=tuple(spec.get("volumeClaimTemplates").items()) if item.kind == "StatefulSet" else (),
        annotations=item.annotations | template.get("metadata", "annotations").texts(),
    )


def _scheduled(item: Object, job: Entry, report: Report) -> tuple[Model, int]:
    """A cron job whose runs are known to end, and its minutes; else a job that keeps its room all the time."""
    entry = item.entry.get("spec")
    schedule, zone, seconds = (
        entry.get("schedule").text(), entry.get("timeZone").text(), job.get("activeDeadlineSeconds").whole(0)
    )  # fmt: skip
    minutes = -(-seconds // 60)
    why = ""
    if not minutes:
        why = "no activeDeadlineSeconds says how long a run takes at most"
    elif zone not in _UTC:
        why = f"its schedule is in the time zone {zone}"
    elif not _is_cron(schedule):
        why = f"its schedule {schedule!r} is not a cron schedule of five fields"
    elif entry.get("concurrencyPolicy").text() not in {"Forbid", "Replace"} and _overlaps(schedule, minutes):
        why = "its runs may overlap"
    if not why:
        return "cron_job", minutes
    report.approximated(str(item), "runs on a schedule", f"its room is kept free all the time: {why}")
    return "job", 0


def _is_cron(schedule: str) -> bool:
    try:
        times_of(schedule, 1)
    except ValueError:
        return False
    return True


def _overlaps(schedule: str, minutes: int) -> bool:
    """Whether one run may still go on when the next starts: spans that touch are joined."""
    return len(times_of(schedule, minutes).spans) < len(times_of(schedule, 1).spans) or minutes >= _WEEK


def _is_empty(job: Entry) -> bool:
    return job.get("parallelism").whole(1) == 0 or job.get("completions").whole(1) == 0


def _replicas(item: Object, scaler: Object | None, report: Report) -> int:
    stated = item.entry.get("spec", "replicas")
    if scaler is None:
        return stated.whole(1)
    least = scaler.entry.get("spec", "minReplicas").whole(1)
    most = scaler.entry.get("spec", "maxReplicas").whole(least)
    count = stated.whole(least)
    source = "the target's spec.replicas" if stated else "minReplicas"
    report.approximated(
        str(scaler), f"autoscaling from {least} to {most}", f"its target is planned with {count} replicas, {source}"
    )
    return count


def _autoscaled(objects: Iterable[Object]) -> dict[tuple[str, str, str], Object]:
    found = {}
    for item in objects:
        if item.kind == "HorizontalPodAutoscaler":
            target = item.entry.get("spec", "scaleTargetRef")
            found[target.get("kind").text(), item.namespace, target.get("name").text()] = item
    return found
