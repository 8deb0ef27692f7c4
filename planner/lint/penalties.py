"""Soft rules that cost nothing to break."""

from __future__ import annotations

from collections.abc import Iterator

from models.rules import SoftRule, rule_label
from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Soft rules with a penalty of 0."""
    for path, rule in ground.rules(SoftRule):
        if rule.penalty is not None and rule.penalty == 0:
            unwise = f"{rule_label(rule)}: a breach costs nothing, so the plan does not look at the rule"
            yield (*path, "penalty"), unwise, "state what a breach is worth in a month, or leave the rule out"
