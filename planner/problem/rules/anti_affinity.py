"""No two replicas in one domain: of one workload, or between groups of workloads."""

from models.rules import AntiAffinity, rule_label
from planner.problem.draft import Draft
from planner.problem.forms import Apart, Limit


def compile_rules(draft: Draft) -> None:
    """A workload away from itself is a limit of one per domain; two groups are kept apart.

    A host without a domain at the level belongs to none, so nothing is kept off it (as
    Kubernetes treats a node without the topology key).
    """
    for rule in draft.rules(AntiAffinity):
        level, label = draft.level(rule.level), rule_label(rule)
        group = [w for w in draft.select(rule.workloads) if draft.count(w)]
        if rule.away_from is None:
            for w in group:
                if draft.count_in_release(w) > 1:
                    draft.add(Limit, {"items": (w,)}, level=level, most=1, rule=label)
            continue
        others = {w for w in draft.select(rule.away_from) if draft.count(w)}
        both = [w for w in group if w in others]
        one_sided = [w for w in group if w not in others]
        if len(both) > 1 or any(draft.count_in_release(w) > 1 for w in both):
            draft.add(Limit, {"items": both}, level=level, most=1, rule=label)
        draft.add(Apart, {"a": one_sided, "b": sorted(others)}, level=level, rule=label)
        draft.add(Apart, {"a": both, "b": sorted(others - set(both))}, level=level, rule=label)
