"""Whether a host can carry replicas that a plan does not put there: those of a release, or of a lost domain."""

from __future__ import annotations

from collections.abc import Mapping

from models.resources import GPU
from models.supply import Offering
from planner.verify.layout import Layout, Stand
from planner.verify.rules import capacity, roles
from planner.verify.usage import exceeds, quantile


def may_go(layout: Layout, workload: int, facts: Offering) -> bool:
    """Whether rules on single hosts and GPU models let a workload onto a host."""
    return layout.workloads[workload].takes_gpu(facts.gpu_model) and layout.admission.admitted(workload, facts)


def goes_beside(layout: Layout, stand: Stand, counts: Mapping[int, int]) -> bool:
    """Whether so many replicas by workload fit GPU by GPU, and leave what is reserved to its roles.

    That each resource suffices in sum is for the caller to see to.
    """
    facts = stand.facts
    assert facts is not None
    shared = facts.allocatable[GPU] > 0 and any(layout.demand[w].get(GPU) for w in counts)
    if not (shared or facts.reservations):
        return True
    laid = layout.carrying(stand, counts)
    broken = (shared and any(capacity.devices(layout, laid, facts))) or any(roles.overdrawn(layout, laid, facts))
    return not broken


def within_risk(layout: Layout, stand: Stand, counts: Mapping[int, int]) -> bool:
    """Whether so many replicas by workload stay within the risk of overload at every moment."""
    facts = stand.facts
    assert facts is not None
    for name, risk in layout.at_risk(facts).items():
        limit = facts.allocatable.limit(name)
        moments = range(len(layout.time.moments))
        if limit is not None and any(exceeds(quantile(layout, counts, facts, name, risk, n), limit) for n in moments):
            return False
    return True
