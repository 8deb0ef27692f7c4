"""Pods that are alike: what a Deployment, StatefulSet, Job or the owner of running pods stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from planner.formats.kubernetes.entry import Entry

Model = Literal["service", "stateful_set", "job", "cron_job", "daemon_set"]
NAMESPACE_LABEL = "kubernetes.io/metadata.namespace"
"""The label that tells a workload's namespace."""

PER_POD_LABELS = frozenset(
    {
        "pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "job-name",
        "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
    }
)  # fmt: skip
"""Labels that controllers write on pods; they tell pods of one set apart, not sets."""


@dataclass(frozen=True)
class PodSet:
    """Replicas of one pod template.

    Attributes
    ----------
    kind, namespace, name : str
        Of the object in Kubernetes.
    model : {"service", "stateful_set", "job", "cron_job", "daemon_set"}
        The kind of workload it becomes.
    templates : tuple of Entry
        Mappings with `metadata` and `spec`: the pod template, or every pod that runs.
    replicas : int
        How many run at the same time; 0 for a daemonset.
    completions : int
        Of a job.
    schedule, minutes : str, int
        When a cron job runs (UTC), and for how long each time.
    claim_templates : tuple of Entry
        Volume claim templates of a StatefulSet.
    annotations : dict
        The object's own and the template's.
    """

    kind: str
    namespace: str
    name: str
    model: Model
    templates: tuple[Entry, ...]
    replicas: int = 1
    completions: int = 1
    schedule: str = ""
    minutes: int = 0
    claim_templates: tuple[Entry, ...] = ()
    annotations: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """How reports call it."""
        return f"{self.kind} {self.namespace}/{self.name}"

    @property
    def spec(self) -> Entry:
        """The pod spec that its rules are read from."""
        return self.templates[0].get("spec")

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        labels = self.templates[0].get("metadata", "labels").texts()
        return {key: value for key, value in labels.items() if key not in PER_POD_LABELS}


def workload_names(sets: Sequence[PodSet]) -> list[str]:
    """A name for each set: its own, with the namespace where there are several, and with its kind if still shared."""
    several = len({each.namespace for each in sets}) > 1
    names = [f"{each.namespace}/{each.name}" if several else each.name for each in sets]
    shared = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name}-{each.kind.lower()}" if name in shared else name for each, name in zip(sets, names, strict=True)]
