"""The scenario: everything a plan is made from, in one document."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, Literal, TypeVar

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.base import API_VERSION, Frozen, Metadata
from models.catalog import Catalog
from models.goals import DEFAULT_GOALS, Goal, GoalTier
from models.host import Host, HostPool
from models.modernise import modernised
from models.money import Commitment, Currency, Discount
from models.references import broken_references
from models.rules import BaseRule, Latency, ReleaseRoom, Rule, SoftRule, told_apart
from models.selectors import Workloads
from models.storage import StoragePool
from models.topology import DomainNode
from models.traffic import MeasuredLatency, Traffic
from models.volume import Volume
from models.workload import Workload

_R = TypeVar("_R", bound=BaseRule)
REPEATABLE = ("workloads", "hosts")
"""Lists whose entries may say `count: n`."""


class Unit(Frozen):
    """What density counts: one replica of these workloads is one `name`."""

    name: str = "container"
    workloads: Workloads | None = None


class ScenarioSpec(Frozen):
    """Workloads, the hosts that stand, the pools to open more from, rules and goals.

    `traffic` flows between workloads and to users; `latencies` are measured round-trip times;
    `commitments`, `discounts` and `currency` turn list prices into a bill.
    `catalog` adds to and overrides the shipped catalog; `price_sheets` are files (relative to
    the scenario) that do the same. `topology` adds sites and racks to the catalog's regions.
    """

    workloads: tuple[Workload, ...] = Field(min_length=1)
    pools: tuple[HostPool, ...] = ()
    hosts: tuple[Host, ...] = ()
    volumes: tuple[Volume, ...] = ()
    rules: tuple[Rule, ...] = ()
    goals: tuple[Goal, ...] = DEFAULT_GOALS
    traffic: tuple[Traffic, ...] = ()
    latencies: tuple[MeasuredLatency, ...] = ()
    storage_pools: tuple[StoragePool, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    discounts: tuple[Discount, ...] = ()
    currency: Currency = Currency()
    catalog: Catalog = Catalog()
    price_sheets: tuple[str, ...] = ()
    topology: tuple[DomainNode, ...] = ()
    unit: Unit = Unit()

    @model_validator(mode="before")
    @classmethod
    def _repeat(cls, data: Any) -> Any:
        """Let one entry stand for several: `count: n` for n equal ones, a modernised machine for its parts."""
        if not isinstance(data, dict):
            return data
        lists = {key: data[key] for key in REPEATABLE if isinstance(data.get(key), list | tuple)}
        repeated = {key: [one for entry in entries for one in _repeated(entry)] for key, entries in lists.items()}
        if "workloads" in repeated:
            repeated["workloads"] = [new for entry in repeated["workloads"] for new in modernised(entry)]
        return {**data, **repeated}

    @cached_property
    def rules_in_force(self) -> tuple[Rule, ...]:
        """The stated rules, told apart where breaches are, and those that traffic and releases bring with them."""
        latencies = (
            Latency(rule="latency", workloads=flow.source, to=flow.target, users=flow.users, max_ms=flow.max_latency_ms)
            for flow in self.traffic
            if flow.max_latency_ms is not None
        )
        released = any(workload.release is not None for workload in self.workloads)
        stated = any(type(rule) is ReleaseRoom for rule in self.rules)
        rooms = (ReleaseRoom(rule="release_room"),) if released and not stated else ()
        return (*told_apart(self.rules), *latencies, *rooms)

    def rules_of(self, *kinds: type[_R]) -> list[_R]:
        """The rules in force of some classes, or of classes made from these, in their order."""
        groups = [group for kind, group in self._rules_by_kind.items() if issubclass(kind, kinds)]
        return [rule for _, rule in sorted(chain.from_iterable(groups), key=itemgetter(0))]

    @cached_property
    def _rules_by_kind(self) -> dict[type[BaseRule], list[tuple[int, Any]]]:
        """The rules in force with their numbers, by class."""
        found: dict[type[BaseRule], list[tuple[int, Any]]] = defaultdict(list)
        for numbered in enumerate(self.rules_in_force):
            found[type(numbered[1])].append(numbered)
        return dict(found)

    @cached_property
    def lenient(self) -> tuple[SoftRule, ...]:
        """The rules in force that are soft or to be mended: all others are hard."""
        return tuple(rule for rule in self.rules_of(SoftRule) if rule.mode != "hard")

    @property
    def goals_in_force(self) -> tuple[GoalTier, ...]:
        """The stated goals; where a rule is to be mended, its breaches count right after `unplaced`."""
        mending = any(rule.mode == "mend" for rule in self.lenient)
        if not mending or any(goal.goal == "breaches" for goal in self.goals):
            return self.goals
        first = next((n + 1 for n, goal in enumerate(self.goals) if goal.goal == "unplaced"), 0)
        return (*self.goals[:first], GoalTier(goal="breaches"), *self.goals[first:])

    @model_validator(mode="after")
    def _references_hold(self) -> ScenarioSpec:
        findings = broken_references(self)
        if findings:
            raise PydanticCustomError(
                "references", "{count} broken references", {"count": len(findings), "findings": findings}
            )
        return self


def _repeated(entry: Any) -> list[Any]:
    count = entry.get("count") if isinstance(entry, dict) else None
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= 100_000:
        return [entry]
    one = {key: value for key, value in entry.items() if key != "count"}
    name = one.get("name", "unnamed")
    return [{**one, "name": f"{name}-{n}"} for n in range(1, count + 1)]


class Scenario(Frozen):
    """A planning scenario (`kind: Scenario`)."""

    apiVersion: Literal["bayplan/v1"] = API_VERSION  # noqa: N815 (as Kubernetes writes it)
    kind: Literal["Scenario"] = "Scenario"
    metadata: Metadata
    spec: ScenarioSpec

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.metadata.name
