"""Node selectors and required node affinity: conditions on a host's labels."""

from functools import partial

from models.rules import NodeAffinity, NodeSelector, rule_label
from models.supply import Offering
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Narrow the selected workloads to the offerings whose labels meet the conditions."""
    for rule in draft.rules(NodeSelector, NodeAffinity):
        says = rule.model_dump_json(include={"rule", "labels", "terms"})
        draft.narrow(rule_label(rule), draft.select(rule.workloads), draft.mask(says, partial(_holds, rule)))


def _holds(rule: NodeSelector | NodeAffinity, offer: Offering) -> bool:
    return rule.holds(offer.labels)
