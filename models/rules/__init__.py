"""Rules: what a plan must keep to. One class each, told apart by `rule`.

Every rule speaks of `workloads` (all of them where it is left out) or of `hosts`, or both. What
a rule compiles to stands in `planner/problem/rules/`, how it is checked in `planner/verify/rules/`.
"""

from typing import Annotated

from pydantic import Field

from models.rules.base import ALL, BaseRule, SoftRule, rule_label, told_apart
from models.rules.groups import Affinity, AntiAffinity, Colocation, Exclusive, Latency, Parity, Share, TopologySpread
from models.rules.places import (
    Allow,
    Expression,
    Forbid,
    NodeAffinity,
    NodeSelector,
    Pinned,
    Residency,
    Toleration,
    Tolerations,
    VolumeLocality,
)
from models.rules.promises import Moves, ReleaseRoom, Survive
from models.rules.supply import AttachLimit, Budget, Headroom, Licence, OverloadRisk, Quota, ResourceQuota, Spot

Rule = Annotated[
    NodeSelector | NodeAffinity | Tolerations | Allow | Forbid | Residency | VolumeLocality | Pinned
    | AntiAffinity | Affinity | TopologySpread | Share | Colocation | Exclusive | Parity | Latency
    | Quota | Budget | ResourceQuota | Spot | AttachLimit | Headroom | OverloadRisk | Licence
    | Survive | ReleaseRoom | Moves,
    Field(discriminator="rule"),
]  # fmt: skip
"""Any rule, told apart by its `rule` key."""

__all__ = [
    "ALL",
    "Affinity",
    "Allow",
    "AntiAffinity",
    "AttachLimit",
    "BaseRule",
    "Budget",
    "Colocation",
    "Exclusive",
    "Expression",
    "Forbid",
    "Headroom",
    "Latency",
    "Licence",
    "Moves",
    "NodeAffinity",
    "NodeSelector",
    "OverloadRisk",
    "Parity",
    "Pinned",
    "Quota",
    "ReleaseRoom",
    "Residency",
    "ResourceQuota",
    "Rule",
    "Share",
    "SoftRule",
    "Spot",
    "Survive",
    "Toleration",
    "Tolerations",
    "TopologySpread",
    "VolumeLocality",
    "rule_label",
    "told_apart",
]
