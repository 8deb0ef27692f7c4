"""Taints keep off every workload that does not tolerate them."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from planner.verify.layout import Layout


def check(layout: Layout) -> Iterator[Violation]:
    """Every NoSchedule and NoExecute taint of a host is tolerated by all that it carries."""
    for w, kinds in layout.kinds_of.items():
        for facts, stands in kinds.items():
            for taint in layout.admission.untolerated(w, facts) if facts.taints else ():
                for stand in stands:
                    message = f"runs {layout.workloads[w].name!r}, which does not tolerate the taint {taint}"
                    yield Violation("taints", stand.name, message)
