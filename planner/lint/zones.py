"""Azure's zone `0`: hosts that stand in no zone, told as if it were one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from models.rules import AntiAffinity, Share, Survive, TopologySpread
from planner.lint.ground import Ground, Path
from planner.lint.words import few


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Rules over zones whose workloads may stand in a zone `0`.

    Azure labels nodes outside all zones so: two of them may share a building, or not. It is no domain
    that fails by itself.
    """

    @cache
    def zoneless(domains: frozenset[str]) -> frozenset[str]:
        return frozenset(path for path in domains if path.startswith("azure/") and path.endswith("/0"))

    for path, rule in ground.rules(AntiAffinity, TopologySpread, Share, Survive):
        if rule.level == "zone":
            zones = (zoneless(ground.domains(w, "zone") or frozenset()) for w in ground.select(rule.workloads))
            found = sorted(frozenset().union(*zones))
            if found:
                unwise = f"counts {few(found)} as a zone; in Azure those are hosts without a zone"
                yield path, unwise, "keep these workloads off it with a forbid rule, or offer hosts in zones 1 to 3"
