"""How each rule compiles: one file a rule, found by the rule's class."""

from planner.problem.rules import (
    affinity,
    allow_forbid,
    anti_affinity,
    attach_limit,
    budget,
    colocation,
    commitments,
    exclusive,
    gpu_models,
    headroom,
    latency,
    licence,
    moves,
    node_affinity,
    parity,
    pinned,
    platform,
    quota,
    release_room,
    residency,
    resource_quota,
    share,
    spot,
    storage,
    survive,
    taints,
    topology_spread,
    traffic,
    volume_locality,
)

PLACES = (platform, gpu_models, allow_forbid, residency, node_affinity, taints, volume_locality, storage, pinned)
"""Rules that narrow where single replicas may go, in the order of the unplaced funnel."""
FORMS = (
    commitments,
    attach_limit,
    headroom,
    quota,
    budget,
    resource_quota,
    anti_affinity,
    affinity,
    topology_spread,
    share,
    colocation,
    exclusive,
    parity,
    spot,
    latency,
    traffic,
    survive,
    moves,
    release_room,
)
"""Rules that bind several replicas or hosts; they read what the first group has narrowed."""

__all__ = ["FORMS", "PLACES", "commitments", "licence", "node_affinity"]
