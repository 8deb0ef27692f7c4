"""The plan speaks of the scenario's replicas, each once, and owns up to those left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from models.reports import Violation
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(layout: Layout) -> Iterator[Violation]:
    """Names and ordinals are known, none stands twice, and the unplaced ones add up."""
    yield from _scenario(layout)
    yield from _replicas(layout)
    yield from _unplaced(layout)


def _scenario(layout: Layout) -> Iterator[Violation]:
    mine, theirs = layout.scenario.name, layout.plan.spec.scenario
    if mine != theirs:
        yield Violation("document", theirs or "(no scenario)", f"the plan is for this scenario, not for {mine!r}")


def _replicas(layout: Layout) -> Iterator[Violation]:
    unknown = {name for planned in layout.plan.spec.hosts for name in planned.runs} - layout.position.keys()
    if not unknown and all(len(ordinals) == len(layout.placed[w]) for w, ordinals in layout.listed.items()):
        return  # each one listed is valid and stands once: only what is wrong is worth looking for host by host
    seen: dict[str, dict[int, str]] = defaultdict(dict)
    for planned in layout.plan.spec.hosts:
        for name, ordinals in planned.runs.items():
            if name not in layout.position:
                yield Violation("document", planned.name, f"runs {name!r}, which the scenario does not know")
                continue
            workload = layout.workloads[layout.position[name]]
            count, there = workload.count, seen[name]
            for ordinal in ordinals:
                if not 0 <= ordinal < count:
                    asked = "a daemonset is not placed" if workload.kind == "daemon_set" else f"it has {count}"
                    yield Violation("document", planned.name, f"runs replica {ordinal} of {name!r}; {asked}")
                elif ordinal in there:
                    where = there[ordinal]
                    yield Violation("document", planned.name, f"runs replica {ordinal} of {name!r}; so does {where}")
                else:
                    there[ordinal] = planned.name


def _unplaced(layout: Layout) -> Iterator[Violation]:
    status = layout.plan.status
    declared: Counter[str] = Counter()
    for entry in status.unplaced_workloads:
        declared[entry.workload] += entry.replicas
    total = 0
    for w, workload in enumerate(layout.workloads):
        missing = layout.missing(w)
        total += missing
        if declared[workload.name] != missing:
            nowhere = f"{counted(missing, 'replica')} of {workload.count} stand nowhere"
            yield Violation("document", workload.name, f"{nowhere}, {declared[workload.name]} declared")
    for name in declared.keys() - layout.position.keys():
        yield Violation("document", name, "is declared as unplaced, but the scenario does not know it")
    if status.unplaced != total:
        yield Violation("document", "unplaced", f"the status says {status.unplaced}, {total} stand nowhere")
