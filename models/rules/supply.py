"""Rules on hosts and money: quotas, budgets, room left free, licences, overload."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from models.catalog import Money
from models.resources import Resources
from models.rules.base import ALL, BaseRule, SoftRule
from models.selectors import Hosts, Workloads
from models.units import Count


class Quota(SoftRule):
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


class Budget(SoftRule):
    """Money per month, at most: what the selected hosts cost, or what the selected workloads are charged.

    Hosts: their price, whether used or not. Workloads (a team's, say): each replica is charged the
    price of its host times its dominant share of it, the largest of its requests over what the host
    can give (showback by dominant share).
    """

    rule: Literal["budget"]
    max_per_month: Money
    hosts: Hosts = Hosts()
    workloads: Workloads | None = None


class ResourceQuota(SoftRule):
    """At most this much may the placed replicas of the workloads request on the selected hosts.

    (Kubernetes `ResourceQuota`, over any selection of workloads and hosts.)
    """

    rule: Literal["resource_quota"]
    workloads: Workloads = ALL
    hosts: Hosts = Hosts()
    max_requests: Resources


class Spot(SoftRule):
    """At most this share of each selected workload's replicas runs on spot hosts; 0 forbids them."""

    rule: Literal["spot"]
    workloads: Workloads = ALL
    max_share: float = Field(default=0, ge=0, lt=1)

    def most(self, replicas: int) -> int:
        """The most of `replicas` replicas on spot hosts."""
        return int(replicas * self.max_share + 1e-9)


class AttachLimit(BaseRule):
    """At most `max_volumes` volumes attached to each of the selected hosts.

    The catalog's own limit is always in force; this rule lowers it (a CSI driver's limit, say).
    """

    rule: Literal["attach_limit"]
    hosts: Hosts = Hosts()
    max_volumes: Count


class Headroom(BaseRule):
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


class OverloadRisk(BaseRule):
    """On the selected hosts, replicas are placed by their usage instead of their requests.

    The chance that the replicas of a host together use more of a resource than it can give stays
    at or below `risk`. Usage is taken as normal and independent between replicas; a workload that
    states no `usage` of a resource counts with its request.
    """

    rule: Literal["overload_risk"]
    hosts: Hosts = Hosts()
    resources: tuple[Literal["cpu", "memory"], ...] = ("cpu",)
    risk: float = Field(default=0.01, gt=0, lt=0.5)


class Licence(BaseRule):
    """A licence is paid for every host (or for every core of it) that runs one of the workloads."""

    rule: Literal["licence"]
    workloads: Workloads
    per: Literal["host", "core"] = "host"
    per_month: Money
