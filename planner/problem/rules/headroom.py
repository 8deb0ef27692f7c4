"""Room that the plan leaves free: a share of each host, or room for further replicas."""

from fractions import Fraction

import numpy as np

from models.resources import PODS, Resources
from models.rules import Headroom, rule_label
from planner.problem.draft import Draft, KeptRoom


def compile_rules(draft: Draft) -> None:
    """Take the share off every host's room, or keep room of the stated shape."""
    for rule in draft.rules(Headroom):
        selected = draft.hosts(rule.hosts)
        if rule.percent is not None:
            share = Fraction(str(rule.percent)) / 100
            for o in np.flatnonzero(selected):
                draft.reserved_share[o] = max(draft.reserved_share[o], share)
        elif rule.requests is not None and rule.replicas is not None:
            shape = rule.requests.plus(Resources.of({PODS: 1}))
            level = None if rule.per is None else draft.level(rule.per)
            draft.rooms.append(KeptRoom(rule_label(rule), shape, rule.replicas, selected, level))
