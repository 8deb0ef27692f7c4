"""The draft that rules write on while a scenario is compiled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from models.catalog import HOURS_PER_MONTH, Catalog
from models.resources import Resources
from models.rules import BaseRule
from models.scenario import Scenario
from models.selectors import Hosts, WorkloadIndex, WorkloadSelector
from models.supply import Offering, offerings, topology_of
from models.topology import LEVELS, Level, Topology, is_within
from models.volume import Volume
from planner.problem.covered import with_covered
from planner.problem.extras.egress import Egress
from planner.problem.names import Narrowing

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


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
    """Room that a rule keeps free: `copies` of `shape` on the offerings of `hosts`.

    Without a level it is handed out to single hosts, beside all other room; else it is there in
    every domain of the level with an opened host of `hosts`. `workload`: the room is held for
    further replicas of it, which keep to its limits on hosts.
    """

    rule: str
    shape: Resources
    copies: int
    hosts: Bools
    level: int | None
    workload: int | None = None


@dataclass
class SoftDraft:
    """What a soft rule, or one to mend, compiles to: a form over workloads, a quota or a cap.

    Attributes
    ----------
    form : WorkloadForm, QuotaDraft or CapDraft
    price : int
        Micro-USD per hour and breach.
    mend : bool
        It may be broken as today, and its breaches are a goal.
    """

    form: WorkloadForm | QuotaDraft | CapDraft
    price: int
    mend: bool


@dataclass
class QuotaDraft:
    """The weights of opened hosts, int64[O], sum to at most `most`."""

    weight: npt.NDArray[np.int64]
    most: int
    rule: str


@dataclass
class CapDraft:
    """Replicas of `workloads` weigh `weight[n, o]` each on offering o: all together at most `most`.

    With `moves`, those weigh nothing that stay on the host where they run now, or run nowhere yet.
    """

    workloads: tuple[int, ...]
    weight: npt.NDArray[np.int64]
    most: int
    rule: str
    moves: bool = False


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
    partitions : list of int64[O]
        Groups of offerings that rules made up, as further levels: an id each, -1 for none.
    placing : int64[W, O] or None
        Micro-USD per hour that a replica costs on an offering beside the host.
    tracked : dict of workload to micro-USD
        Workloads whose moves count, and what leaving its host costs a replica per hour.
    survivals : list of WorkloadForm
        Workloads (the set `items`) whose replicas survive the loss of any one domain of a level.
    fixed : int
        Micro-USD per hour that any plan pays.
    egress : Egress or None
        Traffic that costs something; its flows speak of workloads.
    more_demand : dict of workload to dict of resource to int
        What a replica takes beside what its workload states, in the units of the model: of resources
        that the plan does not show (a storage pool's IOPS per host, say).
    more_room : dict of resource to int64[O]
        What the offerings have of such resources; `UNLIMITED` where they have no limit.
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
    quotas: list[QuotaDraft] = field(default_factory=list)
    caps: list[CapDraft] = field(default_factory=list)
    soft: list[SoftDraft] = field(default_factory=list)
    partitions: list[npt.NDArray[np.int64]] = field(default_factory=list)
    placing: npt.NDArray[np.int64] | None = None
    tracked: dict[int, int] = field(default_factory=dict)
    survivals: list[WorkloadForm] = field(default_factory=list)
    fixed: int = 0
    egress: Egress | None = None
    more_demand: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    more_room: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    rooms: list[KeptRoom] = field(default_factory=list)
    narrowings: list[Narrowing] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    eligible: Bools | None = None
    _masks: dict[str, Bools] = field(default_factory=dict)
    _eligible_domains: dict[tuple[int, bytes], Ints] = field(default_factory=dict)
    _rule: Any = None
    _mode: str = "hard"

    @classmethod
    def of(cls, scenario: Scenario, catalog: Catalog) -> Draft:
        """Open a draft on which nothing is ruled out yet."""
        topology = topology_of(scenario, catalog)
        offers = with_covered(offerings(scenario, catalog, topology), scenario.spec.commitments)
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

    def eligible_domains(self, workloads: Iterable[int], level: int) -> Ints:
        """Ids of the domains of a level, ascending, in which labels and allowed hosts let some of the workloads in."""
        assert self.eligible is not None
        admitted = self.eligible[list(workloads)].any(axis=0)
        key = (level, admitted.tobytes())
        if key not in self._eligible_domains:
            found = np.unique(self.domain[admitted, level])
            self._eligible_domains[key] = found[found >= 0]
        return self._eligible_domains[key]

    def standing(self, names: Iterable[str]) -> Bools:
        """bool[O]: the standing hosts of these names."""
        wanted = frozenset(names)
        return self.mask(f"standing {sorted(wanted)}", lambda offer: offer.host in wanted)

    def within(self, domain: str) -> Bools:
        """bool[O]: the offerings inside a domain."""
        return self.mask(f"within {domain}", lambda offer: is_within(offer.location, domain))

    def rules(self, *kinds: type[BaseRule]) -> Iterator[Any]:
        """The rules in force of some classes; what is drafted meanwhile is meant as strictly as the rule at hand."""
        for rule in self.scenario.spec.rules_of(*kinds):
            self._rule, self._mode = rule, rule.__dict__.get("mode", "hard")  # what a model lacks, it finds slowly
            yield rule
        self._rule, self._mode = None, "hard"

    @property
    def _penalty(self) -> int:
        """Micro-USD per hour and breach of the rule being compiled."""
        return per_hour(getattr(self._rule, "penalty", None) or 0)

    def narrow(self, rule: str, workloads: Sequence[int], admitted: Bools) -> None:
        """Let the workloads only onto the offerings in `admitted`; a soft rule makes the others dearer."""
        if not len(workloads):
            return
        if self._mode == "soft":
            self.charge(workloads, np.where(admitted, 0, self._penalty))
            return
        if self._mode == "mend":
            self._mend_places(rule, workloads, admitted)
            return
        rows = list(workloads) if len(workloads) > 1 else workloads[0]  # asking for one row by its number is quick
        self.admits[rows] &= admitted
        self.narrowings.append(Narrowing(rule, frozenset(workloads), admitted))

    def _mend_places(self, rule: str, workloads: Sequence[int], admitted: Bools) -> None:
        """Replicas that run on other hosts today may stay right there; all others keep to `admitted`."""
        outside = (~admitted).astype(np.int64)[None, :]
        for w in workloads:
            homes = [(ordinals, o) for ordinals, o in self.homes(w) if not admitted[o]]
            away = {ordinal for ordinals, _ in homes for ordinal in ordinals}
            for ordinals, o in homes:
                here = admitted.copy()
                here[o] = True
                self.bind(rule, w, ordinals, here)
            others = tuple(n for n in range(self.count(w)) if n not in away)
            if others:
                self.bind(rule, w, others, admitted)
            if homes:
                self.soft.append(SoftDraft(CapDraft((w,), outside, 0, rule), 0, mend=True))

    def charge(self, workloads: Sequence[int], micro: npt.NDArray[np.int64]) -> None:
        """Make replicas cost `micro` (int64[O], micro-USD per hour) more on each offering."""
        if self.placing is None:
            self.placing = np.zeros(self.admits.shape, dtype=np.int64)
        self.placing[list(workloads)] += micro

    def homes(self, workload: int) -> list[tuple[tuple[int, ...], int]]:
        """Where replicas run today: ordinals and the offering that is their host.

        Equal replicas have no identity before they are placed, so those that run today are taken as
        ordinals 0, 1, … in the order of the scenario's hosts: on each host first those whose volumes
        are there, last those whose volumes are elsewhere.
        """
        name = self.scenario.spec.workloads[workload].name
        volumes: dict[int, list[Volume]] = defaultdict(list)
        for volume in self.scenario.spec.volumes:
            if volume.workload == name:
                volumes[volume.replica].append(volume)
        left = list(range(self.count(workload)))
        found = []
        for o, offer in enumerate(self.offerings):
            running = self._running.get(offer.host, {}).get(name, 0) if offer.host else 0
            if running:
                far = {n: _distance(volumes[n], offer) for n in left}
                here = sorted(left, key=far.__getitem__)[:running]
                found.append((tuple(sorted(here)), o))
                left = sorted(set(left) - set(here))
        return found

    @cached_property
    def _running(self) -> dict[str, dict[str, int]]:
        return {host.name: host.runs for host in self.scenario.spec.hosts}

    def track(self, workload: int, price: int) -> None:
        """Count the moves of a workload's replicas; leaving its host costs a replica `price` micro-USD per hour."""
        self.tracked[workload] = self.tracked.get(workload, 0) + price

    def partition(self, group: npt.NDArray[np.int64]) -> int:
        """A level of its own over groups of offerings (int64[O], -1: in none); equal ones are shared."""
        for n, known in enumerate(self.partitions):
            if np.array_equal(known, group):
                return len(LEVELS) + n
        self.partitions.append(group)
        return len(LEVELS) + len(self.partitions) - 1

    def quota(self, weight: npt.NDArray[np.int64], most: int, rule: str) -> None:
        """Limit the sum of the weights (int64[O]) of opened hosts."""
        self._keep(QuotaDraft(weight, most, rule), self.quotas)

    def cap(self, workloads: Sequence[int], weight: npt.NDArray[np.int64], most: int, rule: str) -> None:
        """Limit the sum over replicas of `weight[n, o]` on their offering (int64[len(workloads), O])."""
        if len(workloads):
            self._keep(CapDraft(tuple(workloads), weight, most, rule), self.caps)

    def cap_moves(self, workloads: Sequence[int], most: int, rule: str) -> None:
        """Limit how many replicas leave the host where they run now; their moves are to be tracked, too."""
        if len(workloads):
            weight = np.ones((len(workloads), len(self.offerings)), dtype=np.int64)
            self._keep(CapDraft(tuple(workloads), weight, most, rule, moves=True), self.caps)

    def _keep(self, form: Any, hard: list[Any]) -> None:
        """Take a form as strictly as the rule being compiled is meant."""
        if self._mode == "hard":
            hard.append(form)
        else:
            self.soft.append(SoftDraft(form, self._penalty, self._mode == "mend"))

    def bind(self, rule: str, workload: int, ordinals: tuple[int, ...], admitted: Bools) -> None:
        """Let some replicas of a workload only onto the offerings in `admitted`."""
        self.split.setdefault(workload, []).append((ordinals, admitted))
        self.narrowings.append(Narrowing(rule, frozenset((workload,)), admitted, ordinals))

    def add(self, kind: type, sets: dict[str, Iterable[int]], **values: Any) -> None:
        """Add a form over sets of workloads; empty sets make no form."""
        filled = {name: tuple(members) for name, members in sets.items()}
        if all(filled.values()):
            self._keep(WorkloadForm(kind, filled, values), self.forms)

    def level(self, level: Level) -> int:
        """The number of a level."""
        return LEVELS.index(level)

    def count(self, workload: int) -> int:
        """Replicas of a workload."""
        return self.scenario.spec.workloads[workload].count

    def count_in_release(self, workload: int) -> int:
        """Replicas of a workload while it is released: limits on hosts bind all of them."""
        asked = self.scenario.spec.workloads[workload]
        return asked.count + (asked.release.room(asked.count) if asked.release else 0)


def _distance(volumes: Sequence[Volume], offer: Offering) -> int:
    """0 where volumes are on the host or in its domains, 1 without any, 2 where they are elsewhere."""
    here = (v.host == offer.host if v.host else is_within(offer.location, v.location or "") for v in volumes)
    return (0 if all(here) else 2) if volumes else 1


def per_hour(month: Decimal | int | float) -> int:
    """Micro-USD per hour for money per month."""
    return int(Decimal(str(month)) * 1_000_000 / HOURS_PER_MONTH)


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
