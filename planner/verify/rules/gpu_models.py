"""Workloads that name GPU models run on hosts with one of them."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from planner.verify.layout import Layout


def check(layout: Layout) -> Iterator[Violation]:
    """The GPU model of each host will do for all that it carries."""
    for w, kinds in layout.kinds_of.items():
        workload = layout.workloads[w]
        for facts, stands in kinds.items():
            if not workload.takes_gpu(facts.gpu_model):
                has = f"has {facts.gpu_model}" if facts.gpu_model else "has no GPU of a known model"
                for stand in stands:
                    message = f"runs {workload.name!r}, which asks for {' or '.join(workload.gpu_models)}; it {has}"
                    yield Violation("gpu_models", stand.name, message)
