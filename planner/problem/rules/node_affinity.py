"""Node selectors and required node affinity: conditions on a host's labels."""

from functools import partial

from models.rules import NodeAffinity, NodeSelector, rule_label
from models.selectors import Hosts
from models.supply import Offering
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Narrow the selected workloads to the offerings whose labels meet the conditions."""
    for rule in draft.rules(NodeSelector, NodeAffinity):
        if isinstance(rule, NodeSelector):
            admitted = draft.hosts(Hosts(labels=rule.labels))
        elif isinstance(rule, NodeAffinity):
            admitted = draft.mask(f"terms {rule.terms!r}", partial(_holds, rule))
        else:
            continue
        draft.narrow(rule_label(rule), draft.select(rule.workloads), admitted)


def _holds(rule: NodeAffinity, offer: Offering) -> bool:
    return rule.holds(offer.labels)
