"""A lower bound on the cost of every assignment."""

from __future__ import annotations

from planner.solvers.reassign.facts import Facts


def lower_bound(facts: Facts) -> int:
    """Load and balance costs that no assignment avoids; moving may cost nothing.

    A charge costs ``sum over machines of max(0, level)``, which is convex: it is at least
    ``max(0, sum of the levels)``, and that sum is the same wherever processes run (Jensen's inequality; for loads
    and balances apart: W. Jaskowski, M. Szubert, P. Gawron, "A hybrid MIP-based large neighborhood search heuristic
    for solving the machine reassignment problem", Annals of Operations Research 242, 2016, section 2.3).
    """
    levels = facts.empty_level.sum(axis=0) + facts.raises.sum(axis=0)
    return int(levels.clip(min=0).sum())
