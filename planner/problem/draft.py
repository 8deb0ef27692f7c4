"""The draft that rules write on while a scenario is compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from models.catalog import Catalog
from models.resources import Resources
from models.scenario import Scenario
from models.selectors import Hosts, WorkloadIndex, WorkloadSelector
from models.supply import Offering, offerings, topology_of
from models.topology import LEVELS, Level, Topology, is_within
from planner.problem.names import Narrowing

Bools = npt.NDArray[np.bool_]


@dataclass
class WorkloadForm:
    """A form over workloads instead of item types; `build` turns the one into the other."""

    kind: type
    sets: dict[str, tuple[int, ...]]
    values: dict[str, Any]

    def workloads(self) -> set[int]:
        """All workloads it speaks of."""
        return {w for members in self.sets.values() for w in members}


@dataclass
class KeptRoom:
    """Room that a headroom rule keeps free: `copies` of `shape` on the offerings of `hosts`."""

    rule: str
    shape: Resources
    copies: int
    hosts: Bools
    level: int | None


@dataclass
class Draft:
    """A scenario under compilation: who may go where, and forms over workloads.

    Attributes
    ----------
    admits : bool[W, O]
        Rules on single hosts let a replica of the workload onto the offering.
    split : dict of workload to list of (ordinals, bool[O])
        Replicas of a workload that are bound to places of their own.
    reserved_share : list of Fraction, length O
        The share of CPU and memory kept free of each host.
    volume_limit : int64[O]
        The most volumes on a host by rule.
    """

    scenario: Scenario
    catalog: Catalog
    topology: Topology
    offerings: tuple[Offering, ...]
    domain: npt.NDArray[np.int64]
    domains: tuple[str, ...]
    admits: Bools
    reserved_share: list[Fraction]
    volume_limit: npt.NDArray[np.int64]
    index: WorkloadIndex
    split: dict[int, list[tuple[tuple[int, ...], Bools]]] = field(default_factory=dict)
    forms: list[WorkloadForm] = field(default_factory=list)
    quotas: list[tuple[npt.NDArray[np.int64], int, str]] = field(default_factory=list)
    rooms: list[KeptRoom] = field(default_factory=list)
    narrowings: list[Narrowing] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    eligible: Bools | None = None
    _masks: dict[str, Bools] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: Scenario, catalog: Catalog) -> Draft:
        """Open a draft on which nothing is ruled out yet."""
        topology = topology_of(scenario, catalog)
        offers = offerings(scenario, catalog, topology)
        domain, domains = _domain_ids(offers, topology)
        return cls(
            scenario=scenario, catalog=catalog, topology=topology, offerings=offers,
            domain=domain, domains=domains,
            admits=np.ones((len(scenario.spec.workloads), len(offers)), dtype=bool),
            reserved_share=[Fraction(0)] * len(offers), volume_limit=np.full(len(offers), 2**40, dtype=np.int64),
            index=WorkloadIndex(scenario.spec.workloads),
        )  # fmt: skip

    def select(self, selector: WorkloadSelector) -> tuple[int, ...]:
        """Indices of the workloads that a rule speaks of."""
        return self.index.select(selector)

    def hosts(self, selector: Hosts) -> Bools:
        """bool[O]: the offerings that a rule speaks of."""
        return self.mask(selector.model_dump_json(), selector.selects)

    def mask(self, key: str, holds: Callable[[Offering], bool]) -> Bools:
        """bool[O]: where a condition holds; `key` names equal conditions so that each is asked once."""
        if key not in self._masks:
            self._masks[key] = np.fromiter((holds(o) for o in self.offerings), dtype=bool, count=len(self.offerings))
        return self._masks[key]

    def standing(self, names: Iterable[str]) -> Bools:
        """bool[O]: the standing hosts of these names."""
        wanted = frozenset(names)
        return self.mask(f"standing {sorted(wanted)}", lambda offer: offer.host in wanted)

    def within(self, domain: str) -> Bools:
        """bool[O]: the offerings inside a domain."""
        return self.mask(f"within {domain}", lambda offer: is_within(offer.location, domain))

    def narrow(self, rule: str, workloads: Sequence[int], admitted: Bools) -> None:
        """Let the workloads only onto the offerings in `admitted`."""
        if len(workloads):
            self.admits[list(workloads)] &= admitted
            self.narrowings.append(Narrowing(rule, frozenset(workloads), admitted))

    def bind(self, rule: str, workload: int, ordinals: tuple[int, ...], admitted: Bools) -> None:
        """Let some replicas of a workload only onto the offerings in `admitted`."""
        self.split.setdefault(workload, []).append((ordinals, admitted))
        self.narrowings.append(Narrowing(rule, frozenset((workload,)), admitted, ordinals))

    def add(self, kind: type, sets: dict[str, Iterable[int]], **values: Any) -> None:
        """Add a form over sets of workloads; empty sets make no form."""
        filled = {name: tuple(members) for name, members in sets.items()}
        if all(filled.values()):
            self.forms.append(WorkloadForm(kind, filled, values))

    def level(self, level: Level) -> int:
        """The number of a level."""
        return LEVELS.index(level)

    def count(self, workload: int) -> int:
        """Replicas of a workload."""
        return self.scenario.spec.workloads[workload].count


def _domain_ids(offers: Sequence[Offering], topology: Topology) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    ids: dict[str, int] = {}
    known: dict[str, list[int]] = {}
    for location in dict.fromkeys(offer.location for offer in offers):
        row = []
        for level in LEVELS[:-1]:
            path = topology.ancestor(location, level)
            row.append(-1 if path is None else ids.setdefault(path, len(ids)))
        known[location] = row
    table = np.array([known[offer.location] for offer in offers], dtype=np.int64).reshape(-1, len(LEVELS) - 1)
    return table, tuple(ids)
