"""Rules that spread replicas over more domains than there are, or over one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from models.rules import AntiAffinity, Colocation, Share, TopologySpread
from planner.lint.ground import Ground, Path
from planner.lint.words import few


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Replicas against the domains that they may use times the most that a rule lets into each."""
    for path, rule in ground.rules(AntiAffinity, TopologySpread, Share, Colocation):
        if rule.mode != "hard" or getattr(rule, "away_from", None) is not None:
            continue
        groups: list[tuple[int, ...]] = [(w,) for w in ground.select(rule.workloads)]
        if isinstance(rule, Colocation) or getattr(rule, "together", False):
            groups = [ground.select(rule.workloads)]
        yield from _crowded(ground, path, rule, groups)
        if isinstance(rule, TopologySpread):
            yield from _no_choice(ground, path, rule)


def _crowded(ground: Ground, path: Path, rule: Any, groups: list[tuple[int, ...]]) -> Iterator[tuple[Path, str, str]]:
    """Groups with more replicas than all their domains may hold."""
    workloads = ground.scenario.spec.workloads
    over: list[str] = []
    worst = (0, 0, 0)
    for group in groups:
        replicas = sum(workloads[w].count for w in group)
        domains = _domains(ground, rule, group)
        if domains is None or not domains or not replicas:
            continue
        each = _most(rule, replicas, domains)
        if each is not None and replicas > each * domains:
            over.append(few([workloads[w].name for w in group]))
            worst = max(worst, (replicas - each * domains, domains, each))
    if over:
        short, domains, each = worst
        unwise = (
            f"{few(over)}: {each:,} in one {rule.level}, {domains:,} to choose from: "
            f"{short:,} of the replicas find no place"
        )
        yield path, unwise, f"offer a further {rule.level}, run fewer replicas, or set mode soft with a penalty"


def _domains(ground: Ground, rule: Any, group: tuple[int, ...]) -> int | None:
    found: set[str] = set()
    for w in group:
        domains = ground.domains(w, rule.level)
        if domains is None:
            return None
        found |= domains
    return len(found)


def _most(rule: Any, replicas: int, domains: int) -> int | None:
    """The most replicas in one domain; None where only their differences count."""
    match rule:
        case TopologySpread():
            held = rule.level == "host" or domains < rule.min_domains
            return rule.max_skew if held else None
        case Share():
            enough = rule.at_least is not None and rule.at_least <= domains
            return None if enough else rule.most(replicas)
        case Colocation():
            return rule.most
    return 1


def _no_choice(ground: Ground, path: Path, rule: TopologySpread) -> Iterator[tuple[Path, str, str]]:
    """Workloads with a single domain: nothing is spread."""
    workloads = ground.scenario.spec.workloads
    alone = [
        workloads[w].name
        for w in ground.select(rule.workloads)
        if workloads[w].count > 1 and _domains(ground, rule, (w,)) == 1
    ]
    if alone and rule.min_domains == 1 and rule.level != "host":
        unwise = f"{few(alone)}: only one {rule.level} to choose from, so nothing is spread"
        yield path, unwise, f"offer hosts in a further {rule.level}, or leave the rule out"
