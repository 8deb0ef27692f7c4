"""At most so many replicas of all the selected workloads together in one domain."""

import numpy as np

from models.rules import Colocation, rule_label
from models.topology import LEVELS
from planner.problem.draft import Draft
from planner.problem.forms import Limit


def compile_rules(draft: Draft) -> None:
    """One limit over all of them; at most none keeps them out of every domain of the level."""
    for rule in draft.rules(Colocation):
        level, label = draft.level(rule.level), rule_label(rule)
        group = [w for w in draft.select(rule.workloads) if draft.count(w)]
        if rule.most == 0:
            hosts = level == len(LEVELS) - 1
            outside = np.zeros(len(draft.offerings), dtype=bool) if hosts else draft.domain[:, level] < 0
            draft.narrow(label, group, outside)
        elif sum(map(draft.count_in_release, group)) > rule.most:
            draft.add(Limit, {"items": group}, level=level, most=rule.most, rule=label)
