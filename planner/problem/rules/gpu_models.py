"""Workloads that name GPU models run on hosts with one of them."""

from collections import defaultdict

import numpy as np

from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Narrow workloads to offerings with a GPU that will do; those that name the same models together."""
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    workloads = draft.scenario.spec.workloads
    for w, workload in enumerate(workloads):
        if workload.gpu_models:
            alike[workload.gpu_models].append(w)
    for members in alike.values():
        takes_gpu = workloads[members[0]].takes_gpu
        draft.narrow(
            "gpu_models", members, np.array([takes_gpu(offer.gpu_model) for offer in draft.offerings], dtype=bool)
        )
