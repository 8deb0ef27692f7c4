"""The register: which check answers for which rule, and which are always in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from models.reports import Violation
from models.rules import (
    Affinity,
    Allow,
    AntiAffinity,
    AttachLimit,
    Forbid,
    Headroom,
    NodeAffinity,
    NodeSelector,
    Pinned,
    Quota,
    TopologySpread,
)
from planner.verify.layout import Layout
from planner.verify.rules import (
    affinity,
    anti_affinity,
    attach_limit,
    capacity,
    cost,
    document,
    figures,
    headroom,
    host,
    host_conditions,
    pinned,
    platform,
    quota,
    taints,
    tiers,
    topology_spread,
    volume_locality,
)

ALWAYS: tuple[Callable[[Layout], Iterator[Violation]], ...] = (
    document.check,
    host.check,
    capacity.check,
    platform.check,
    taints.check,
    volume_locality.check,
    cost.check,
    figures.check,
    tiers.check,
)
"""In force without being asked for. `taints` reads the Tolerations rules (they only permit),
`volume_locality` the VolumeLocality rules (they change the level of what is in force anyway)."""

BY_RULE: Mapping[type, Callable[[Any, Layout], Iterator[Violation]]] = {
    NodeSelector: host_conditions.check,
    NodeAffinity: host_conditions.check,
    Allow: host_conditions.check,
    Forbid: host_conditions.check,
    AntiAffinity: anti_affinity.check,
    Affinity: affinity.check,
    TopologySpread: topology_spread.check,
    Quota: quota.check,
    AttachLimit: attach_limit.check,
    Headroom: headroom.check,
    Pinned: pinned.check,
}
