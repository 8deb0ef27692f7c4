"""What must survive the loss of a domain."""

from models.rules import Survive, rule_label
from planner.problem.draft import Draft, WorkloadForm
from planner.problem.extras import Survival


def compile_rules(draft: Draft) -> None:
    """A survival: no form that solvers see, but a promise that `takeover` tests."""
    for rule in draft.rules(Survive):
        selected = tuple(w for w in draft.select(rule.workloads) if draft.count(w))
        if selected:
            values = {"level": draft.level(rule.level), "rule": rule_label(rule)}
            draft.survivals.append(WorkloadForm(Survival, {"items": selected}, values))
