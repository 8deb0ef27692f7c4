"""Domains with a replica of the selected workloads hold nothing else."""

from models.rules import Exclusive, rule_label
from planner.problem.draft import Draft
from planner.problem.forms import Apart


def compile_rules(draft: Draft) -> None:
    """Each group of equal `by` is kept apart from the groups after it and from all that is not selected.

    So every pair of groups meets once, which is also how breaches are counted. Daemonsets have no
    replicas here: they run beside everybody.
    """
    everybody = [w for w in range(len(draft.scenario.spec.workloads)) if draft.count(w)]
    for rule in draft.rules(Exclusive):
        selected = [w for w in draft.select(rule.workloads) if draft.count(w)]
        groups: dict[str | None, list[int]] = {}
        for w in selected:
            groups.setdefault(rule.told_apart_by(draft.scenario.spec.workloads[w]), []).append(w)
        rest = set(everybody)
        for group in groups.values():
            rest -= set(group)
            draft.add(Apart, {"a": group, "b": sorted(rest)}, level=draft.level(rule.level), rule=rule_label(rule))
