"""Allowed and forbidden hosts: clouds, regions, zones, types, architectures, purchase options."""

from models.rules import Allow, Forbid, rule_label
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Narrow the selected workloads to (or away from) the selected hosts."""
    for rule in draft.rules(Allow, Forbid):
        selected = draft.hosts(rule.hosts)
        draft.narrow(rule_label(rule), draft.select(rule.workloads), ~selected if type(rule) is Forbid else selected)
