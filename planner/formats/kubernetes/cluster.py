"""What pod specs refer to: claims, classes of priority and runtime, namespaces, budgets; and the defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from models.resources import Resources
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import NO_CHOICES, Choices, Defaults, Report
from planner.formats.kubernetes.objects import Object
from planner.formats.kubernetes.podset import PodSet
from planner.formats.kubernetes.requests import NOTHING
from planner.formats.kubernetes.storage import ClaimReader, default_class

_BUILT_IN_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}


@dataclass(frozen=True)
class Cluster:
    """The surroundings in which pod specs are read."""

    defaults: Defaults
    report: Report
    claims: ClaimReader
    priorities: Mapping[str, int] = field(default_factory=dict)
    usual_priority: int = 0
    runtimes: Mapping[str, Entry] = field(default_factory=dict)
    namespaces: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    budgets: Sequence[Object] = ()
    strategies: Mapping[tuple[str, str], Entry] = field(default_factory=dict)
    choices: Choices = NO_CHOICES

    @classmethod
    def of(
        cls, objects: Iterable[Object], defaults: Defaults, report: Report, choices: Choices = NO_CHOICES
    ) -> Cluster:
        """Gather what pods may refer to from all objects."""
        by_kind: dict[str, list[Object]] = {}
        for item in objects:
            by_kind.setdefault(item.kind, []).append(item)
        classes = by_kind.get("PriorityClass", [])
        usual = [item.entry.get("value").number() for item in classes if item.entry.get("globalDefault").flag()]
        claims = {(item.namespace, item.name): item for item in by_kind.get("PersistentVolumeClaim", [])}
        return cls(
            defaults=defaults,
            report=report,
            claims=ClaimReader(claims, default_class(by_kind.get("StorageClass", [])), report),
            priorities=_BUILT_IN_PRIORITIES | {item.name: item.entry.get("value").number() for item in classes},
            usual_priority=usual[0] if usual else 0,
            runtimes={item.name: item.entry for item in by_kind.get("RuntimeClass", [])},
            namespaces={item.name: item.labels for item in by_kind.get("Namespace", [])},
            budgets=[item for item in by_kind.get("PodDisruptionBudget", []) if item.group == "policy"],
            strategies={
                (item.namespace, item.name): item.entry.get("spec", "strategy")
                for item in by_kind.get("Deployment", [])
            },
            choices=choices,
        )

    def priority(self, each: PodSet) -> int:
        """The priority of a set's pods; what the API server resolved wins."""
        resolved = each.spec.get("priority")
        name = each.spec.get("priorityClassName").text()
        if resolved or not name:
            return resolved.number(self.usual_priority)
        if name not in self.priorities:
            self.report.assumed(each.place, f"priority class {name}, which is not in the input", "priority 0")
        return self.priorities.get(name, 0)

    def overhead(self, each: PodSet) -> Resources:
        """What the runtime class of a set adds to each pod."""
        stated = each.spec.get("overhead")
        name = each.spec.get("runtimeClassName").text()
        if not stated and name:
            if name not in self.runtimes:
                what = f"runtime class {name}, which is not in the input"
                self.report.assumed(each.place, what, "no overhead for its pods")
                return NOTHING
            stated = self.runtimes[name].get("overhead", "podFixed")
        return stated.build(Resources, **stated.mapping())

    def scheduled(self, spec: Entry) -> Entry:
        """The pod spec with the node selector and tolerations that its runtime class adds."""
        name = spec.get("runtimeClassName").text()
        added = self.runtimes[name].get("scheduling") if name in self.runtimes else None
        if not added:
            return spec
        both = {**added.get("nodeSelector").mapping(), **spec.get("nodeSelector").mapping()}
        tolerations = [item.value for item in (*spec.get("tolerations").items(), *added.get("tolerations").items())]
        return Entry(spec.source, spec.path, {**spec.mapping(), "nodeSelector": both, "tolerations": tolerations})
