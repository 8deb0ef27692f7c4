"""Residency: workloads, and so their volumes, stay in some countries or domains."""

from models.rules import Residency, rule_label
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Narrow the selected workloads to the offerings that stand there."""
    for rule in draft.rules(Residency):
        admitted = draft.mask(f"residency {rule.countries!r} {rule.locations!r}", rule.admits)
        draft.narrow(rule_label(rule), draft.select(rule.workloads), admitted)
