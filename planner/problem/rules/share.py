"""No domain holds more than a share of the replicas, or at least so many domains hold some."""

from collections.abc import Sequence

import numpy as np

from models.rules import Share, rule_label
from models.topology import LEVELS
from planner.problem.draft import Draft
from planner.problem.forms import Limit, Spread


def compile_rules(draft: Draft) -> None:
    """A largest share is a limit per domain, counted of the replicas asked for.

    At least n domains: with at most `rule.most(replicas)` in each, n - 1 of them cannot hold all.
    Where there are n domains or more, but so few that this limit does not let all replicas in (four in
    three zones, one in each), the same follows from a spread of that skew: an empty domain lets no
    other hold more than the skew, and with none empty n are in use. Domains are counted as
    those of a topology spread.
    """
    for rule in draft.rules(Share):
        level, label = draft.level(rule.level), rule_label(rule)
        chosen = [w for w in draft.select(rule.workloads) if draft.count(w)]
        if rule.at_least is not None and level < len(LEVELS) - 1:
            draft.narrow(label, chosen, draft.domain[:, level] >= 0)
        for group in [chosen] if rule.together else [[w] for w in chosen]:
            replicas = sum(draft.count(w) for w in group)
            most = rule.most(replicas)
            domains = _domains(draft, group, level) if rule.at_least else np.empty(0, dtype=np.int64)
            if most >= sum(map(draft.count_in_release, group)):
                continue
            if rule.at_least and rule.at_least <= len(domains) and most * len(domains) < replicas:
                values = {"level": level, "max_skew": most, "domains": domains, "zero_minimum": False}
                draft.add(Spread, {"items": group}, rule=label, **values)
            else:
                draft.add(Limit, {"items": group}, level=level, most=most, rule=label)


def _domains(draft: Draft, group: Sequence[int], level: int) -> np.typing.NDArray[np.int64]:
    """The domains of a level in which some of the workloads may stand; none of single hosts."""
    return np.empty(0, dtype=np.int64) if level == len(LEVELS) - 1 else draft.eligible_domains(group, level)
