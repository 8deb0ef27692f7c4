"""Commitments that cover nothing."""

from __future__ import annotations

from collections.abc import Iterator

from planner.lint.ground import Ground, Path


def check(ground: Ground) -> Iterator[tuple[Path, str, str]]:
    """Commitments that select no host that stands or may be opened on demand: paid, and never used."""
    for i, commitment in enumerate(ground.scenario.spec.commitments):
        if not any(offer.purchase == "on_demand" and commitment.hosts.selects(offer) for offer in ground.offers):
            unwise = f"{commitment.name}: selects no on-demand host, and costs {commitment.per_hour} an hour"
            yield (
                ("spec", "commitments", i, "hosts"),
                unwise,
                "correct its hosts, or offer such hosts on demand",
            )
