"""Virtual machines run on hypervisors, containers on hosts that run containers."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from planner.verify.layout import Layout


def check(layout: Layout) -> Iterator[Violation]:
    """The platform of each host runs the kinds of workload that it carries."""
    for w, kinds in layout.kinds_of.items():
        for facts, stands in kinds.items():
            if not layout.admission.platform_fits(w, facts):
                workload = layout.workloads[w]
                message = f"runs {workload.name!r}, a {workload.kind}, but its platform runs {facts.runs} only"
                for stand in stands:
                    yield Violation("platform", stand.name, message.replace("_", " "))
