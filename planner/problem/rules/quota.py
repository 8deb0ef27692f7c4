"""Quotas on hosts or on their whole capacity, and the pools' own limits."""

import numpy as np

from models.rules import Quota, rule_label
from models.selectors import Hosts
from planner.problem.draft import Draft


def compile_rules(draft: Draft) -> None:
    """Add a quota for each limit: the weights of opened hosts sum to at most it."""
    for rule in draft.rules(Quota):
        selected = draft.hosts(rule.hosts)
        if rule.max_hosts is not None:
            draft.quota(selected.astype(np.int64), rule.max_hosts, rule_label(rule))
        for name, most in (rule.max_capacity.amounts() if rule.max_capacity else {}).items():
            weight = [
                offer.capacity[name] if chosen else 0 for offer, chosen in zip(draft.offerings, selected, strict=True)
            ]
            draft.quota(np.array(weight, dtype=np.int64), most, f"{rule_label(rule)} ({name})")
    for pool in draft.scenario.spec.pools:
        if pool.max_hosts is not None:
            opened = draft.hosts(Hosts(pools=(pool.name,))) & draft.mask("not standing", lambda o: not o.host)
            draft.quota(opened.astype(np.int64), pool.max_hosts, f"pool {pool.name}: max_hosts")
