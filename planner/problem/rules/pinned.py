"""Pinned workloads stay on standing hosts."""

from models.rules import Pinned, rule_label
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Bind workloads to the named hosts, or each running replica to the host it runs on.

    Equal replicas have no identity before they are placed, so the replicas that run today are
    taken as ordinals 0, 1, … in the order of the scenario's hosts, past those that volumes bind.
    """
    for rule in draft.rules(Pinned):
        label = rule_label(rule)
        if rule.hosts:
            draft.narrow(label, draft.select(rule.workloads), draft.standing(rule.hosts))
            continue
        for w in draft.select(rule.workloads):
            for ordinals, o in draft.homes(w):
                draft.bind(label, w, ordinals, draft.standing([draft.offerings[o].host]))
