"""Replicas that must stand beside others."""

from models.rules import Affinity, rule_label
from models.topology import LEVELS
from planner.problem.draft import Draft
from planner.problem.forms import Near, Together


def compile_rules(draft: Draft) -> None:
    """A workload near itself stands in one domain; near others, wherever one of them is.

    Where a workload is near itself and others, standing in one domain with a replica of its own
    meets the rule.
    """
    for rule in draft.rules(Affinity):
        level, label = draft.level(rule.level), rule_label(rule)
        group = [w for w in draft.select(rule.workloads) if draft.count(w)]
        near = [w for w in draft.select(rule.near) if draft.count(w)]
        if level < len(LEVELS) - 1:
            draft.narrow(label, group, draft.domain[:, level] >= 0)
        for w in group:
            if w in near:
                if draft.count(w) > 1:
                    draft.add(Together, {"items": (w,)}, level=level, rule=label)
            elif near:
                draft.add(Near, {"a": (w,), "b": near}, level=level, rule=label)
            else:
                draft.narrow(label, (w,), draft.mask("nowhere", lambda _: False))
