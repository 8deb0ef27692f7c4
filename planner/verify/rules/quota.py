"""At most so many hosts, or so much of their capacity, over the selected hosts."""

from __future__ import annotations

from collections.abc import Iterator

from models.reports import Violation
from models.resources import describe_amount
from models.rules import Quota
from planner.verify.amounts import counted, started_percent
from planner.verify.layout import Layout


def check(rule: Quota, layout: Layout) -> Iterator[Violation]:
    """The plan's hosts count whole, used or not.

    Breaches are hosts above the most, or each started percent of capacity above it (each unit
    where nothing is allowed).
    """
    chosen = [facts for _, facts in layout.selected_stands(rule.hosts)]
    if rule.max_hosts is not None and len(chosen) > rule.max_hosts:
        message = f"{counted(len(chosen), 'host')} in the plan, at most {rule.max_hosts} allowed"
        yield Violation(rule.rule, "hosts", message, rule.name, len(chosen) - rule.max_hosts)
    for name, most in (rule.max_capacity.amounts() if rule.max_capacity else {}).items():
        has = sum(facts.capacity[name] for facts in chosen)
        if has > most:
            shown = f"{describe_amount(name, has)} on {counted(len(chosen), 'host')}"
            message = f"{shown}, at most {describe_amount(name, most)} allowed"
            yield Violation(rule.rule, name, message, rule.name, started_percent(has, most))
