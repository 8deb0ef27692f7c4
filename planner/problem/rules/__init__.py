"""How each rule compiles: one file a rule, found by the rule's class."""

from planner.problem.rules import (
    affinity,
    allow_forbid,
    anti_affinity,
    attach_limit,
    headroom,
    node_affinity,
    pinned,
    platform,
    quota,
    taints,
    topology_spread,
    volume_locality,
)

PLACES = (platform, allow_forbid, node_affinity, taints, volume_locality, pinned)
"""Rules that narrow where single replicas may go, in the order of the unplaced funnel."""
FORMS = (attach_limit, headroom, quota, anti_affinity, affinity, topology_spread)
"""Rules that bind several replicas or hosts; they read what the first group has narrowed."""

__all__ = ["FORMS", "PLACES"]
