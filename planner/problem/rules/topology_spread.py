"""Replicas spread over the domains of a level within a largest skew."""

from models.rules import TopologySpread, rule_label
from models.topology import LEVELS
from planner.problem.draft import Draft
from planner.problem.forms import Limit, Spread


def compile_rules(draft: Draft) -> None:
    """One spread per workload over the domains in which its place rules admit some host.

    With fewer replicas than domains the smallest count is 0 whatever the plan: the spread is a plain
    limit of `max_skew` per domain.

    `draft.eligible` holds those rules (nodeAffinityPolicy Honor, nodeTaintsPolicy Ignore). Over
    hosts, the minimum is taken as 0, as if one more empty host stood: at most `max_skew` a host.
    """
    for rule in draft.rules(TopologySpread):
        level, label = draft.level(rule.level), rule_label(rule)
        group = [w for w in draft.select(rule.workloads) if draft.count(w)]
        if level == len(LEVELS) - 1:
            for w in group:
                draft.add(Limit, {"items": (w,)}, level=level, most=rule.max_skew, rule=label)
            continue
        draft.narrow(label, group, draft.domain[:, level] >= 0)
        for w in group:
            domains = draft.eligible_domains((w,), level)
            too_few = len(domains) < rule.min_domains
            if not too_few and draft.count(w) < len(domains):
                draft.add(Limit, {"items": (w,)}, level=level, most=rule.max_skew, rule=label)
            elif len(domains) and (draft.count(w) > rule.max_skew or too_few):
                values = {"level": level, "max_skew": rule.max_skew, "domains": domains, "zero_minimum": too_few}
                draft.add(Spread, {"items": (w,)}, rule=label, **values)
