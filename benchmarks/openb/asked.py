"""The trace as a scenario: every kind of host may be rented without limit."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from benchmarks.openb.trace import Node, Pod
from models.base import Metadata
from models.scenario import Scenario

Goal = Literal["hosts", "cost"]
PER_CORE, PER_GIB = 0.0316, 0.0042
PER_GPU = {"": 0.0, "T4": 0.35, "A10": 0.75, "G2": 0.90, "G3": 1.20, "P100": 1.46, "V100M16": 2.48, "V100M32": 2.80}
"""$/h, invented for this benchmark after list prices of GCP: the trace has none, nor says what G2 and G3 are."""


def scenario_of(nodes: Counter[Node], pods: Counter[Pod], goal: Goal) -> Scenario:
    """One service for each kind of pod, named `pod-N` in the order of `sorted(pods)`.

    For the fewest hosts, every pod that can use the commonest kind of host (G2) keeps to that: of all
    kinds, the largest alone would do.
    """
    place: dict[str, Any] = {"cloud": "openb", "region": "site"}
    commonest = nodes.most_common(1)[0][0]
    at_home = [f"pod-{n}" for n, pod in enumerate(sorted(pods)) if pod.may_use(commonest)]
    kept = {"rule": "allow", "workloads": at_home, "hosts": {"host_types": [commonest.name]}}
    spec = {
        "workloads": [_service(n, pod, pods[pod]) for n, pod in enumerate(sorted(pods))],
        "pools": [{"name": "hosts", "locations": ["openb/site"], "platform": {"kind": "bare_metal"}}],
        "rules": [kept] if goal == "hosts" and at_home else [],
        "goals": ["unplaced", "hosts", "cost"] if goal == "hosts" else ["unplaced", "cost", "hosts"],
        "catalog": {
            "regions": [{"cloud": "openb", "name": "site", "zones": ["zone"]}],
            "host_types": [_host_type(node) for node in sorted(nodes)],
            "prices": [
                {**place, "host_type": node.name, "per_hour": f"{per_hour(node):.4f}", "as_of": "2026-11-01"}
                for node in sorted(nodes)
            ],
        },
    }
    return Scenario.model_validate({"metadata": Metadata(name=f"openb-{goal}"), "spec": spec})


def per_hour(node: Node) -> float:
    """What a host costs, $/h."""
    return node.cpu / 1000 * PER_CORE + node.memory / 1024 * PER_GIB + node.gpus * PER_GPU.get(node.model, 1.0)


def _service(n: int, pod: Pod, replicas: int) -> dict[str, Any]:
    requests = {"cpu": f"{pod.cpu}m", "memory": f"{pod.memory}Mi", "gpu": f"{pod.milli}m"}
    models = {"gpu_models": list(pod.models)} if pod.milli and pod.models else {}
    return {"name": f"pod-{n}", "replicas": replicas, "requests": requests, **models}


def _host_type(node: Node) -> dict[str, Any]:
    capacity = {"cpu": f"{node.cpu}m", "memory": f"{node.memory}Mi", "gpu": node.gpus}
    return {"cloud": "openb", "name": node.name, "capacity": capacity, "gpu_model": node.model or None}
