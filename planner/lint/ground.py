"""The ground that lints stand on: a scenario with its catalog, each thing looked up once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from models.catalog import Catalog
from models.rules import (
    Allow,
    AntiAffinity,
    Forbid,
    NodeAffinity,
    NodeSelector,
    Share,
    Toleration,
    Tolerations,
    TopologySpread,
)
from models.scenario import Scenario
from models.selectors import WorkloadIndex, WorkloadSelector
from models.supply import Offering, offerings, topology_of
from models.topology import LEVELS, Level, Topology
from models.workload import Workload

Path = tuple[str | int, ...]
_Key = tuple[bool, tuple[str, ...]]
_PLACES = (NodeSelector, NodeAffinity, Allow, Forbid)


@dataclass(frozen=True, eq=False)
class Ground:
    """What lints look at.

    Attributes
    ----------
    scenario : Scenario
    catalog : Catalog
        The shipped catalog with the scenario's own laid over it.
    today : date
        The day from which the age of prices is counted.
    """

    scenario: Scenario
    catalog: Catalog
    today: date

    @cached_property
    def workloads(self) -> tuple[tuple[Path, Workload], ...]:
        """Every workload with its place."""
        return tuple((("spec", "workloads", w), each) for w, each in enumerate(self.scenario.spec.workloads))

    def rules(self, *kinds: type) -> Iterator[tuple[Path, Any]]:
        """The stated rules of some classes with their places."""
        for i, rule in enumerate(self.scenario.spec.rules):
            if isinstance(rule, kinds):
                yield ("spec", "rules", i), rule

    def select(self, selector: WorkloadSelector) -> tuple[int, ...]:
        """Positions of the workloads that a rule speaks of."""
        return self._index.select(selector)

    @cached_property
    def _index(self) -> WorkloadIndex:
        return WorkloadIndex(self.scenario.spec.workloads)

    @cached_property
    def topology(self) -> Topology:
        """The tree of domains."""
        return topology_of(self.scenario, self.catalog)

    @cached_property
    def offers(self) -> tuple[Offering, ...]:
        """Every standing host and everything that may be opened."""
        return offerings(self.scenario, self.catalog, self.topology)

    def ancestor(self, location: str, level: Level) -> str | None:
        """The domain of a level that a location lies in."""
        return self._ancestor(location, level)

    @cached_property
    def _ancestor(self) -> Callable[[str, Level], str | None]:
        return cache(self.topology.ancestor)

    def admitting(self, w: int) -> tuple[Offering, ...]:
        """Offerings whose platform runs the workload and that its hard rules on places leave; taints aside."""
        return self._leaving(self._key(w))

    def locations(self, w: int) -> frozenset[str]:
        """The locations of the hosts that the workload may use."""
        return self._standing_at(self._key(w))

    @cached_property
    def _standing_at(self) -> Callable[[_Key], frozenset[str]]:
        return cache(lambda key: frozenset(offer.location for offer in self._leaving(key)))

    def domains(self, w: int, level: Level) -> frozenset[str] | None:
        """The domains of a level that the workload may use; None where any number of hosts may be opened.

        Hosts that may be opened have made-up names.
        """
        return self._within(self._key(w), level)

    def untolerated(self, w: int, offer: Offering) -> bool:
        """Whether a taint of the host keeps the workload off."""
        strict = (taint for taint in offer.taints if taint.effect != "PreferNoSchedule")
        return any(not any(t.covers(taint) for t in self._tolerations.get(w, ())) for taint in strict)

    @cached_property
    def spread_out(self) -> dict[int, frozenset[str]]:
        """By workload, what its hard rules keep its replicas from sharing: `host`, and `zone` or wider."""
        found: dict[int, frozenset[str]] = {}
        for _, rule in self.rules(AntiAffinity, TopologySpread, Share):
            if rule.mode != "hard" or getattr(rule, "away_from", None) is not None:
                continue
            wide = LEVELS.index(rule.level) <= LEVELS.index("zone")
            for w in self.select(rule.workloads):
                domains = self.domains(w, rule.level)
                if domains is None or len(domains) > 1:
                    found[w] = found.get(w, frozenset()) | ({"host", "zone"} if wide else {"host"})
        return found

    def _key(self, w: int) -> _Key:
        return self.machine(w), tuple(self._condition(rule) for rule in self._places.get(w, ()))

    @cached_property
    def _leaving(self) -> Callable[[_Key], tuple[Offering, ...]]:
        @cache
        def leaving(key: _Key) -> tuple[Offering, ...]:
            runs = "virtual_machines" if key[0] else "containers"
            rules = [self._conditions[condition] for condition in key[1]]
            return tuple(o for o in self.offers if o.runs == runs and all(_admits(rule, o) for rule in rules))

        return leaving

    @cached_property
    def _within(self) -> Callable[[_Key, Level], frozenset[str] | None]:
        @cache
        def within(key: _Key, level: Level) -> frozenset[str] | None:
            offers = self._leaving(key)
            if level != "host":
                return frozenset(self.ancestor(location, level) or "" for location in self._standing_at(key)) - {""}
            pools = {offer.pool: offer.limit for offer in offers if not offer.host}
            if None in pools.values():
                return None
            opened = {f"{pool} {n}" for pool, limit in pools.items() for n in range(limit or 0)}
            return frozenset(opened | {offer.host for offer in offers if offer.host})

        return within

    def _condition(self, rule: Any) -> str:
        """What a rule on places asks, whoever it asks it of."""
        if id(rule) not in self._written:
            self._written[id(rule)] = rule.model_dump_json(exclude={"workloads", "name"})
            self._conditions.setdefault(self._written[id(rule)], rule)
        return self._written[id(rule)]

    @cached_property
    def _written(self) -> dict[int, str]:
        return {}

    @cached_property
    def _conditions(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _places(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for _, rule in self.rules(*_PLACES):
            if rule.mode == "hard":
                for w in self.select(rule.workloads):
                    found[w].append(rule)
        return found

    @cached_property
    def _tolerations(self) -> dict[int, list[Toleration]]:
        found: dict[int, list[Toleration]] = defaultdict(list)
        for _, rule in self.rules(Tolerations):
            for w in self.select(rule.workloads):
                found[w].extend(rule.tolerations)
        return found

    def machine(self, w: int) -> bool:
        """Whether the workload is a whole virtual machine."""
        return self.scenario.spec.workloads[w].kind == "virtual_machine"


def _admits(rule: Any, offer: Offering) -> bool:
    match rule:
        case NodeSelector():
            return all(offer.labels.get(key) == value for key, value in rule.labels.items())
        case NodeAffinity():
            return rule.holds(offer.labels)
        case Forbid():
            return not rule.hosts.selects(offer)
    return bool(rule.hosts.selects(offer))
