"""At most a share of each workload's replicas runs on spot hosts."""

import numpy as np

from models.rules import Spot, rule_label
from planner.problem.draft import Draft
from planner.problem.forms import Limit


def compile_rules(draft: Draft) -> None:
    """A limit over a partition whose only domain are the spot hosts; who may have none keeps off them."""
    spot = draft.mask("spot", lambda offer: offer.purchase == "spot")
    group = np.where(spot, 0, -1).astype(np.int64)
    for rule in draft.rules(Spot):
        label = rule_label(rule)
        most = {w: rule.most(draft.count(w)) for w in draft.select(rule.workloads) if draft.count(w)}
        draft.narrow(label, [w for w, copies in most.items() if not copies], ~spot)
        if spot.any():
            level = draft.partition(group)
            for w, copies in most.items():
                if copies:
                    draft.add(Limit, {"items": (w,)}, level=level, most=copies, rule=label)
