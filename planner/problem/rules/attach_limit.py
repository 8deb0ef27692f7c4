"""At most so many volumes on a host, below the host type's own limit."""

import numpy as np

from models.rules import AttachLimit
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Lower the volume capacity of the selected hosts."""
    for rule in draft.rules(AttachLimit):
        selected = draft.hosts(rule.hosts)
        draft.volume_limit[selected] = np.minimum(draft.volume_limit[selected], rule.max_volumes)
