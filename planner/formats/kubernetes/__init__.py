"""Kubernetes objects, read as workloads, rules, hosts and volumes."""

from planner.formats.kubernetes.imported import Choices, Defaults, Imported
from planner.formats.kubernetes.pools import parse_pool
from planner.formats.kubernetes.reading import read_kubernetes, read_manifests, read_snapshot
from planner.formats.kubernetes.scenario import to_scenario

__all__ = [
    "Choices",
    "Defaults",
    "Imported",
    "parse_pool",
    "read_kubernetes",
    "read_manifests",
    "read_snapshot",
    "to_scenario",
]
