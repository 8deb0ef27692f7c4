"""Rules on single hosts: where a workload may run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen
from models.host import Effect, Taint
from models.rules.base import ALL, BaseRule, SoftRule
from models.selectors import HostFacts, Hosts, Workloads
from models.topology import Level, is_within


class NodeSelector(SoftRule):
    """The host must carry all these labels (Kubernetes `nodeSelector`)."""

    rule: Literal["node_selector"]
    workloads: Workloads = ALL
    labels: dict[str, str] = Field(min_length=1)

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether a host with these labels is admitted."""
        return all(labels.get(key) == value for key, value in self.labels.items())


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


class NodeAffinity(SoftRule):
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


class Tolerations(BaseRule):
    """Taints that the workloads tolerate. Any other taint on a host keeps them off it."""

    rule: Literal["tolerations"]
    workloads: Workloads = ALL
    tolerations: tuple[Toleration, ...] = Field(min_length=1)


class Allow(SoftRule):
    """The workloads may only run on these hosts."""

    rule: Literal["allow"]
    workloads: Workloads = ALL
    hosts: Hosts


class Forbid(SoftRule):
    """The workloads may not run on these hosts."""

    rule: Literal["forbid"]
    workloads: Workloads = ALL
    hosts: Hosts


class Residency(SoftRule):
    """The workloads, and so their volumes, stay in these countries, or inside these domains.

    `countries` are names as the regions of the catalog carry them (`Switzerland`; a domain of the
    scenario's own topology states its `country`). A host without a known country is outside.
    """

    rule: Literal["residency"]
    workloads: Workloads = ALL
    countries: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_where(self) -> Residency:
        if not self.countries and not self.locations:
            raise PydanticCustomError("residency", "found neither, expected countries or locations", {})
        return self

    def admits(self, host: HostFacts) -> bool:
        """Whether a host stands where the workloads may be."""
        return host.country in self.countries or any(is_within(host.location, outer) for outer in self.locations)


class VolumeLocality(BaseRule):
    """A replica stays where its existing volume can be attached: within the volume's `level`.

    In force for every existing volume by the scope of its storage class; the rule states another
    level for the selected workloads. A claim on a cloud's storage class needs hosts of that cloud.
    """

    rule: Literal["volume_locality"]
    workloads: Workloads = ALL
    level: Level


class Pinned(BaseRule):
    """The workloads stay on standing hosts: on those named, or where they run now."""

    rule: Literal["pinned"]
    workloads: Workloads
    hosts: tuple[str, ...] = ()
