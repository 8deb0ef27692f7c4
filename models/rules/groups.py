"""Rules between replicas: who stands beside whom, and how they spread."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, PositiveInt, model_validator
from pydantic_core import PydanticCustomError

from models.rules.base import ALL, SoftRule
from models.selectors import Selectable, Workloads
from models.topology import Level
from models.traffic import Users
from models.units import Count


class AntiAffinity(SoftRule):
    """No two replicas in one domain of `level`.

    Without `away_from`, the replicas of each selected workload keep away from each other. With it,
    no replica of `workloads` shares a domain with another replica of `away_from`.
    """

    rule: Literal["anti_affinity"]
    workloads: Workloads = ALL
    away_from: Workloads | None = None
    level: Level = "host"


class Affinity(SoftRule):
    """Every domain of `level` with a replica of `workloads` holds one of `near`, too.

    A workload near itself keeps all of its replicas in one domain. `near` may not lead back to
    `workloads` over other affinity rules of the same or another level.
    """

    rule: Literal["affinity"]
    workloads: Workloads = ALL
    near: Workloads
    level: Level = "host"


class TopologySpread(SoftRule):
    """Replicas of each selected workload differ by at most `max_skew` between domains of `level`.

    Counted in the final state over all eligible domains: those in which some host that the
    workload's node selectors, node affinities, residency and allowed hosts admit stands or may be opened.
    With fewer than `min_domains` eligible domains, the smallest count is taken as 0. Taints do
    not make a domain ineligible. (Kubernetes `topologySpreadConstraints`, `DoNotSchedule`,
    nodeAffinityPolicy Honor, nodeTaintsPolicy Ignore.)
    """

    rule: Literal["topology_spread"]
    workloads: Workloads = ALL
    level: Level = "zone"
    max_skew: PositiveInt = 1
    min_domains: PositiveInt = 1


class Share(SoftRule):
    """No domain of `level` holds more than a share of the replicas, or at least so many domains hold some.

    Counted for each selected workload by itself, or with `together` for all of them as one, and
    of the replicas asked for, placed or not. `at_least` n: replicas stand in n domains or more; where
    fewer than n are asked for, each in one of its own. A host outside any domain of the level counts
    for no domain: `max_share` lets any number of replicas stand there, `at_least` none.
    """

    rule: Literal["share"]
    workloads: Workloads = ALL
    level: Level = "cloud"
    max_share: float | None = Field(default=None, gt=0, lt=1, description="0.6: at most 60 % in one domain")
    at_least: PositiveInt | None = Field(default=None, description="so many domains hold a replica")
    together: bool = False

    @model_validator(mode="after")
    def _one_form(self) -> Share:
        if (self.max_share is None) == (self.at_least is None):
            raise PydanticCustomError("share", "expected either max_share or at_least", {})
        return self

    def most(self, replicas: int) -> int:
        """The most of `replicas` replicas in one domain.

        `at_least` n keeps the largest domain so small that n - 1 of them could not hold all. For n = 2
        that is just what the rule says; for more it is stricter, as an even split is asked for.
        """
        if self.max_share is not None:
            return max(1, int(replicas * self.max_share + 1e-9))
        if self.at_least is None or self.at_least <= 1 or replicas < self.at_least:
            return replicas if self.at_least == 1 else 1
        return -(-replicas // (self.at_least - 1)) - 1


class Colocation(SoftRule):
    """At most `most` replicas of all the selected workloads together in one domain of `level`.

    For groups that disturb each other: noisy neighbours, heavy readers of one disk.
    """

    rule: Literal["colocation"]
    workloads: Workloads
    most: Count
    level: Level = "host"


class Exclusive(SoftRule):
    """Domains of `level` with a replica of the selected workloads hold nothing else.

    With `by`, the selected workloads are also kept from each other where they differ in it:
    in their `team`, their `environment`, or a label of that name; those that state none are alike.
    Daemonsets run beside everybody. A host outside any domain of the level shares none.
    """

    rule: Literal["exclusive"]
    workloads: Workloads = ALL
    by: str | None = None
    level: Level = "host"

    def told_apart_by(self, workload: Selectable) -> str | None:
        """What the workload has in `by`."""
        match self.by:
            case None:
                return None
            case "team":
                return workload.team
            case "environment":
                return workload.environment
            case _:
                return workload.labels.get(self.by)


class Parity(SoftRule):
    """What is the same in several environments runs on the same kind of host.

    The selected workloads with equal value of the label `match` form a group; all replicas of a
    group run on hosts that are equal in `on`. Workloads without that label are left as they are.
    """

    rule: Literal["parity"]
    workloads: Workloads = ALL
    match: str = "app"
    on: Literal["architecture", "cloud", "host_type", "platform"] = "architecture"


class Latency(SoftRule):
    """Every replica of `workloads` has one of `to`, or the users, within `max_ms` milliseconds.

    A workload that is among `to` itself keeps all of its replicas that near each other. Round-trip
    times are between places: the scenario's measured `latencies`, or what is known of zones and
    regions, or else an estimate by distance (`models.latency`). Users need coordinates.

    Plans are made a little stricter than this: places are grouped so that all who talk within a
    group are near enough, and who must be near another finds it in its own group. Where p is near
    q and q near r, but p not near r, a plan may so miss a pair that would do.
    """

    rule: Literal["latency"]
    workloads: Workloads = ALL
    to: Workloads | None = None
    users: Users | None = None
    max_ms: float = Field(gt=0)

    @model_validator(mode="after")
    def _one_end(self) -> Latency:
        if (self.to is None) == (self.users is None):
            raise PydanticCustomError("latency", "expected either to (workloads) or users", {})
        return self
