"""Resource quotas: what placed replicas may request in all, on the selected hosts."""

import numpy as np

from models.rules import ResourceQuota, rule_label
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """A cap for each resource: replicas weigh what they take, on the selected hosts."""
    for rule in draft.rules(ResourceQuota):
        selected = draft.hosts(rule.hosts)
        workloads = [w for w in draft.select(rule.workloads) if draft.count(w)]
        for name, most in rule.max_requests.amounts().items():
            taken = np.array([draft.scenario.spec.workloads[w].demand()[name] for w in workloads], dtype=np.int64)
            draft.cap(workloads, taken[:, None] * selected[None, :], most, f"{rule_label(rule)} ({name})")
