"""Rules: what a plan must keep to. One class each, told apart by `rule`.

Every rule speaks of `workloads` (all of them where it is left out) or of `hosts`, or both. What
a rule compiles to stands in `planner/problem/rules/`, how it is checked in `planner/verify/rules/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen
from models.host import Effect, Taint
from models.resources import Resources
from models.selectors import Hosts, Workloads, WorkloadSelector
from models.topology import Level
from models.units import Count

ALL = WorkloadSelector()


class _Rule(Frozen):
    name: str = Field(default="", description="how messages call the rule; its kind where left out")


class NodeSelector(_Rule):
    """The host must carry all these labels (Kubernetes `nodeSelector`)."""

    rule: Literal["node_selector"]
    workloads: Workloads = ALL
    labels: dict[str, str] = Field(min_length=1)


class Expression(Frozen):
    """One condition on a host's labels (Kubernetes `NodeSelectorRequirement`)."""

    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _values_fit(self) -> Expression:
        many = {"In": len(self.values) > 0, "NotIn": len(self.values) > 0, "Gt": _one_integer(self.values)}
        fits = {**many, "Lt": _one_integer(self.values), "Exists": not self.values, "DoesNotExist": not self.values}
        if not fits[self.operator]:
            wants = {"In": "at least one value", "NotIn": "at least one value", "Exists": "no values"}
            raise PydanticCustomError(
                "values", "found {found}, expected {expected} for operator {operator}",
                {
                    "found": list(self.values),
                    "expected": wants.get(self.operator, "no values" if self.operator[0] == "D" else "one integer"),
                    "operator": self.operator,
                },
            )  # fmt: skip
        return self

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a host with these labels meets the condition."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value in self.values
            case "NotIn":
                return value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
            case "Gt":
                return value is not None and value.isdigit() and int(value) > int(self.values[0])
            case "Lt":
                return value is not None and value.isdigit() and int(value) < int(self.values[0])


def _one_integer(values: tuple[str, ...]) -> bool:
    return len(values) == 1 and values[0].lstrip("-").isdigit()


class NodeAffinity(_Rule):
    """The host must meet all expressions of at least one term (Kubernetes required `nodeAffinity`)."""

    rule: Literal["node_affinity"]
    workloads: Workloads = ALL
    terms: tuple[tuple[Expression, ...], ...] = Field(min_length=1)

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a host with these labels is admitted."""
        return any(all(expression.holds(labels) for expression in term) for term in self.terms if term)


class Toleration(Frozen):
    """A taint that a workload puts up with; no key with `Exists` tolerates every taint."""

    key: str = ""
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Effect | None = None

    def covers(self, taint: Taint) -> bool:
        """Whether the taint is tolerated."""
        if self.effect is not None and self.effect != taint.effect:
            return False
        if not self.key:
            return self.operator == "Exists"
        return self.key == taint.key and (self.operator == "Exists" or self.value == taint.value)


class Tolerations(_Rule):
    """Taints that the workloads tolerate. Any other taint on a host keeps them off it."""

    rule: Literal["tolerations"]
    workloads: Workloads = ALL
    tolerations: tuple[Toleration, ...] = Field(min_length=1)


class AntiAffinity(_Rule):
    """No two replicas in one domain of `level`.

    Without `away_from`, the replicas of each selected workload keep away from each other. With it,
    no replica of `workloads` shares a domain with another replica of `away_from`.
    """

    rule: Literal["anti_affinity"]
    workloads: Workloads = ALL
    away_from: Workloads | None = None
    level: Level = "host"


class Affinity(_Rule):
    """Every domain of `level` with a replica of `workloads` holds one of `near`, too.

    A workload near itself keeps all of its replicas in one domain. `near` may not lead back to
    `workloads` over other affinity rules of the same or another level.
    """

    rule: Literal["affinity"]
    workloads: Workloads = ALL
    near: Workloads
    level: Level = "host"


class TopologySpread(_Rule):
    """Replicas of each selected workload differ by at most `max_skew` between domains of `level`.

    Counted in the final state over all eligible domains: those in which some host that the
    workload's node selectors, node affinities and allowed hosts admit stands or may be opened.
    With fewer than `min_domains` eligible domains, the smallest count is taken as 0. Taints do
    not make a domain ineligible. (Kubernetes `topologySpreadConstraints`, `DoNotSchedule`,
    nodeAffinityPolicy Honor, nodeTaintsPolicy Ignore.)
    """

    rule: Literal["topology_spread"]
    workloads: Workloads = ALL
    level: Level = "zone"
    max_skew: PositiveInt = 1
    min_domains: PositiveInt = 1


class Allow(_Rule):
    """The workloads may only run on these hosts."""

    rule: Literal["allow"]
    workloads: Workloads = ALL
    hosts: Hosts


class Forbid(_Rule):
    """The workloads may not run on these hosts."""

    rule: Literal["forbid"]
    workloads: Workloads = ALL
    hosts: Hosts


class Quota(_Rule):
    """At most this much may be in use over the selected hosts: hosts, or their capacity.

    `cpu`, `memory` and `gpu` count the whole host (as cloud quotas do), used or not.
    """

    rule: Literal["quota"]
    hosts: Hosts = Hosts()
    max_hosts: Count | None = None
    max_capacity: Resources | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Quota:
        if self.max_hosts is None and self.max_capacity is None:
            raise PydanticCustomError("quota", "found no limit, expected max_hosts or max_capacity", {})
        return self


class VolumeLocality(_Rule):
    """A replica stays where its existing volume can be attached: within the volume's `level`.

    In force for every existing volume by the scope of its storage class; the rule states another
    level for the selected workloads. A claim on a cloud's storage class needs hosts of that cloud.
    """

    rule: Literal["volume_locality"]
    workloads: Workloads = ALL
    level: Level


class AttachLimit(_Rule):
    """At most `max_volumes` volumes attached to each of the selected hosts.

    The catalog's own limit is always in force; this rule lowers it (a CSI driver's limit, say).
    """

    rule: Literal["attach_limit"]
    hosts: Hosts = Hosts()
    max_volumes: Count


class Headroom(_Rule):
    """Room that the plan leaves free.

    Either `percent` of the CPU and memory of each selected host, or room for `replicas` further
    replicas of `requests` on the selected hosts in use, in all of them together or (with `per`) in
    each domain of a level in which a selected host is in use.
    """

    rule: Literal["headroom"]
    hosts: Hosts = Hosts()
    percent: float | None = Field(default=None, gt=0, lt=100)
    replicas: PositiveInt | None = None
    requests: Resources | None = None
    per: Literal["cloud", "region", "zone", "site", "rack"] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Headroom:
        room = self.replicas is not None and self.requests is not None
        if (self.percent is not None) == room or (self.percent is None and not room):
            raise PydanticCustomError("headroom", "expected either percent, or replicas and requests", {})
        return self


class Pinned(_Rule):
    """The workloads stay on standing hosts: on those named, or where they run now."""

    rule: Literal["pinned"]
    workloads: Workloads
    hosts: tuple[str, ...] = ()


Rule = Annotated[
    NodeSelector | NodeAffinity | Tolerations | AntiAffinity | Affinity | TopologySpread
    | Allow | Forbid | Quota | VolumeLocality | AttachLimit | Headroom | Pinned,
    Field(discriminator="rule"),
]  # fmt: skip
"""Any rule, told apart by its `rule` key."""


def rule_label(rule: Any) -> str:
    """How messages call a rule: its own name, or its kind."""
    return str(rule.name or rule.rule)
