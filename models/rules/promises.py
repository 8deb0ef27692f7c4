"""Promises about what may happen to a plan: losses, releases, moves."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.catalog import Money
from models.rules.base import ALL, BaseRule
from models.selectors import Workloads
from models.topology import Level
from models.units import Count


class Survive(BaseRule):
    """After the loss of any one domain of `level`, the rest takes over what must survive.

    Every replica of the selected workloads that stood there finds room on the remaining hosts of
    the plan: beside the replicas that stay, and in place of those of lower priority that are not
    selected; room kept for headroom or releases may be used, a percentage of headroom may not. A
    replica goes only where rules on single hosts, its volumes and pins let it, and rules of level `host` on who
    stands beside whom hold for it. Rules over larger domains may be broken for the time of
    the loss. Each domain is lost by itself, with all its hosts; hosts in no domain of the level
    are not lost.

    A promise is kept only if a packing is found: what each lost host held goes to another host as a
    whole, and the rest by first fit; or all by first fit in decreasing order. The plan may hold some
    more room than the best packing would need.
    """

    rule: Literal["survive"]
    workloads: Workloads = ALL
    level: Level = "zone"


class ReleaseRoom(BaseRule):
    """The plan holds the room that releases of the workloads need beside what runs.

    How much that is says each workload's `release` strategy. `at_once`: one workload is released
    at a time, and all share one room; or all are, and the plan says which host holds whose (`held`).
    Without this rule, workloads with a release strategy are released one at a time.

    Room is only where the workload may go. The replicas of a release keep to rules of level `host` on
    who stands beside whom; workloads with such rules hold room of their own even one at a time.
    Rules over larger domains are not asked.
    """

    rule: Literal["release_room"]
    workloads: Workloads = ALL
    at_once: Literal["one", "all"] = "one"


class Moves(BaseRule):
    """How many replicas may leave the host where they run now, and what each move costs.

    A move is one replica of a workload fewer on a host than run there now: equal replicas have no
    identity. A replica that runs nowhere yet does not move when it is placed; one that is left out
    does not, either. To keep some where they are whatever it costs, pin them.
    """

    rule: Literal["moves"]
    workloads: Workloads = ALL
    at_most: Count | None = None
    price: Money | None = Field(default=None, description="money once for each move, counted in cost over a month")

    @model_validator(mode="after")
    def _says_something(self) -> Moves:
        if self.at_most is None and self.price is None:
            raise PydanticCustomError("moves", "found neither, expected at_most or price", {})
        return self
