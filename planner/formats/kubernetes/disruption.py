"""How workloads may be disturbed: disruption budgets, and the room that rolling updates want."""

from __future__ import annotations

from collections.abc import Iterable

from models.release import DisruptionBudget, Rolling
from planner.formats.kubernetes.cluster import Cluster
from planner.formats.kubernetes.imported import Report
from planner.formats.kubernetes.neighbours import Neighbourhood
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.podset import PodSet


def budgets(items: Iterable[Object], hood: Neighbourhood, report: Report) -> dict[int, DisruptionBudget]:
    """The disruption budget of each set (by its position) that one selects.

    Kubernetes counts all pods that a budget selects together; here each workload has it for itself.
    """
    found: dict[int, DisruptionBudget] = {}
    for item in items:
        budget = _budget(item, report)
        if budget is None:
            continue
        chosen = hood.matching(item.entry.get("spec", "selector"), {item.namespace})
        placed = [at for at in chosen if hood.sets[at].model != "daemon_set"]
        if not placed:
            why = "a drain leaves daemonsets where they are" if chosen else "it selects no pods of the input"
            report.dropped(str(item), "disruption budget", why)
        if len(placed) > 1:
            names = ", ".join(hood.names[at] for at in placed)
            report.approximated(str(item), f"one disruption budget for {names}", "each of them has it for itself")
        for at in placed:
            count = hood.sets[at].replicas
            if at in found:
                report.approximated(hood.sets[at].place, "several disruption budgets", "the strictest counts")
            if at not in found or budget.allowed(count) < found[at].allowed(count):
                found[at] = budget
    return found


def _budget(item: Object, report: Report) -> DisruptionBudget | None:
    spec = item.entry.get("spec")
    least, most = spec.get("minAvailable"), spec.get("maxUnavailable")
    if not least and not most:
        report.dropped(str(item), "disruption budget without a number", "it allows everything")
        return None
    return spec.build(DisruptionBudget, min_available=least.value, max_unavailable=most.value)


def release(each: PodSet, cluster: Cluster) -> Rolling | None:
    """A Deployment's rolling update, if room is to be held for it; a recreated one needs none.

    (Kubernetes "Deployments", Strategy: surge and unavailability are 25 % where they are not stated.)
    """
    strategy = cluster.strategies.get((each.namespace, each.name)) if each.kind == "Deployment" else None
    if strategy is None or strategy.get("type").text("RollingUpdate") == "Recreate":
        return None
    stated = strategy.get("rollingUpdate")
    if not cluster.choices.release_room:
        if stated:
            cluster.report.assumed(each.place, "rolling update", "no room is held for it; --release-room holds it")
        return None
    numbers = {"max_surge": stated.get("maxSurge").value, "max_unavailable": stated.get("maxUnavailable").value}
    return stated.build(Rolling, **{key: value for key, value in numbers.items() if value is not None})
