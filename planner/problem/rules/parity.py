"""What is the same in several environments runs on the same kind of host."""

from collections import defaultdict

import numpy as np

from models.rules import Parity, rule_label
from planner.problem.draft import Draft
from planner.problem.forms import Together


def compile_rules(draft: Draft) -> None:
    """Each group of equal label stands together in one class of the partition of offerings by `on`."""
    for rule in draft.rules(Parity):
        groups: dict[str, list[int]] = defaultdict(list)
        for w in draft.select(rule.workloads):
            value = draft.scenario.spec.workloads[w].labels.get(rule.match)
            if value is not None and draft.count(w):
                groups[value].append(w)
        several = [group for group in groups.values() if sum(draft.count(w) for w in group) > 1]
        if not several or not draft.offerings:
            continue
        classes = np.unique([getattr(offer, rule.on) for offer in draft.offerings], return_inverse=True)[1]
        level = draft.partition(classes.reshape(-1).astype(np.int64))
        for group in several:
            draft.add(Together, {"items": group}, level=level, rule=rule_label(rule))
