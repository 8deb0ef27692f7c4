"""At most so many hosts, or so much of their capacity, over the selected hosts."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.resources import describe_amount
from models.rules import Quota
from planner.verify.amounts import counted
from planner.verify.layout import Layout


def check(rule: Quota, layout: Layout) -> Iterator[Violation]:
    """The plan's hosts count whole, used or not."""
    chosen = [facts for _, facts in layout.selected_stands(rule.hosts)]
    if rule.max_hosts is not None and len(chosen) > rule.max_hosts:
        message = f"{counted(len(chosen), 'host')} in the plan, at most {rule.max_hosts} allowed"
        yield Violation(rule.rule, "hosts", message, rule.name)
    for name, most in (rule.max_capacity.amounts() if rule.max_capacity else {}).items():
        has = sum(facts.capacity[name] for facts in chosen)
        if has > most:
            shown = f"{describe_amount(name, has)} on {counted(len(chosen), 'host')}"
            yield Violation(rule.rule, name, f"{shown}, at most {describe_amount(name, most)} allowed", rule.name)
