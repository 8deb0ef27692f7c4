"""Spot hosts under workloads that have nothing to fall back on."""

from __future__ import annotations

from collections.abc import Iterator

from models.rules import Spot
from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Stateful sets of one replica that may stand on a spot host, which leaves at two minutes' notice or less."""
    if not any(offer.purchase == "spot" for offer in ground.offers):
        return
    kept_off = {w for _, rule in ground.rules(Spot) for w in ground.select(rule.workloads) if rule.most(1) == 0}
    for w, (path, workload) in enumerate(ground.workloads):
        if workload.kind != "stateful_set" or workload.count != 1 or w in kept_off:
            continue
        if any(offer.purchase == "spot" and not ground.untolerated(w, offer) for offer in ground.admitting(w)):
            unwise = f"{workload.name}: its only replica may stand on a spot host, and is away when that is reclaimed"
            yield path, unwise, "forbid it there with a spot rule of max_share 0, or run a second replica"
