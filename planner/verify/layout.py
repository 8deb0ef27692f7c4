"""The plan laid over its scenario: what stands where, counted from the plan's own list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from copy import copy
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from models.catalog import Catalog
from models.plan import Plan, PlannedHost
from models.resources import LOCAL_DISK, Capacity, Resources, amounts_of
from models.rules import OverloadRisk
from models.scenario import Scenario
from models.selectors import Hosts, WorkloadIndex, WorkloadSelector
from models.supply import Offering, offerings, topology_of
from models.topology import LEVELS, Level
from models.workload import Workload
from planner.verify.admission import Admission
from planner.verify.asked import Asked
from planner.verify.lookup import Lookup
from planner.verify.over_time import Amount, OverTime, peak, summed, trough


class Load:
    """What hosts carry that carry the same.

    Attributes
    ----------
    counts : dict of int to int
        Replicas by workload position, as many as the plan lists.
    over_time : dict of str to Amount
        What these ask for at every moment, in units; daemonsets not counted.
    used : dict of str to int
        The peak of it.
    """

    __slots__ = ("counts", "over_time", "used")

    def __init__(self, counts: Mapping[int, int], time: OverTime) -> None:
        self.counts = {w: count for w, count in counts.items() if count}
        self.over_time = summed((time.demand[w], count) for w, count in counts.items())
        self.used = peak(self.over_time)


class Stand:
    """One host of the plan.

    Attributes
    ----------
    facts : Offering or None
        What the scenario and the catalog say of it; None where they know no such host. Rules
        that look at labels or room pass over such a host: `host` reports it.
    name : str
        Its name in the plan.
    location : str
        Where it stands: by the scenario if it is known there, else as the plan says.
    load : Load
        What it carries; hosts that carry the same share one, so that what holds for it is asked once.
    counts, over_time, used
        Those of its load.
    """

    __slots__ = ("counts", "facts", "load", "location", "name", "over_time", "planned", "used")

    def __init__(self, planned: PlannedHost, facts: Offering | None, load: Load) -> None:
        self.planned = planned
        self.facts = facts
        self.name = planned.name
        self.location = facts.location if facts else planned.location
        self.load = load
        self.counts, self.over_time, self.used = load.counts, load.over_time, load.used

    @property
    def per_hour(self) -> Decimal:
        """Its price in USD: by the catalog if it is known there, else as the plan says."""
        return self.facts.per_hour if self.facts else self.planned.per_hour


class Layout:
    """All that the checks look at.

    Parameters
    ----------
    scenario, plan, catalog
        As `verify` takes them.
    """

    def __init__(self, scenario: Scenario, plan: Plan, catalog: Catalog) -> None:
        self.scenario, self.plan, self.catalog = scenario, plan, catalog
        self.topology = topology_of(scenario, catalog)
        self.lookup = Lookup(scenario, catalog, self.topology)
        self.workloads = scenario.spec.workloads
        self.position = {workload.name: w for w, workload in enumerate(self.workloads)}
        self.index = WorkloadIndex(self.workloads)
        self.admission = Admission(scenario, catalog, self.index)
        disks = {row.name for row in catalog.storage_classes if row.scope == "host"}
        self.demand = [_asked(workload, disks) for workload in self.workloads]
        self.time = OverTime(self.workloads, self.demand)
        self._daemonsets = [w for w, workload in enumerate(self.workloads) if workload.kind == "daemon_set"]
        self._daemons: dict[Offering, tuple[int, ...]] = {}
        self._at_risk: dict[Offering, Mapping[str, float]] = {}
        self._taken: dict[Offering, dict[str, Amount]] = {}
        self._room: dict[Offering, Capacity] = {}
        self._domains = {level: Asked(partial(self.topology.ancestor, level=level)) for level in LEVELS}
        self._eligible: dict[tuple[Level, Hashable], frozenset[str]] = {}
        self._loads: dict[tuple[tuple[int, int], ...], Load] = {}
        self.stands = tuple(self._stand(planned) for planned in plan.spec.hosts)

    def _stand(self, planned: PlannedHost) -> Stand:
        position = self.position
        counts = tuple([(position[name], len(ordinals)) for name, ordinals in planned.runs.items() if name in position])
        load = self._loads.get(counts)
        if load is None:
            load = self._loads[counts] = Load(dict(counts), self.time)
        return Stand(planned, self.lookup.facts(planned), load)

    def of(self, plan: Plan) -> Layout:
        """The layout of a plan: this one where its hosts are the very same, only its status another."""
        if plan.spec.hosts is not self.plan.spec.hosts:
            return Layout(self.scenario, plan, self.catalog)
        again = copy(self)
        again.plan = plan
        return again

    def daemonsets_on(self, facts: Offering) -> tuple[int, ...]:
        """The daemonsets by workload position that run, one replica each, on a host."""
        if facts not in self._daemons:
            self._daemons[facts] = tuple(w for w in self._daemonsets if self.admission.admitted(w, facts))
        return self._daemons[facts]

    def taken(self, facts: Offering) -> dict[str, Amount]:
        """What the daemonsets that run on a host take of it at every moment, in units."""
        if facts not in self._taken:
            self._taken[facts] = summed((self.time.demand[w], 1) for w in self.daemonsets_on(facts))
        return self._taken[facts]

    def room(self, facts: Offering) -> Capacity:
        """What replicas could use of a host: its allocatable less the least that daemonsets take at any moment."""
        if facts not in self._room:
            self._room[facts] = facts.allocatable.minus(Resources.of(trough(self.taken(facts))))
        return self._room[facts]

    def at_risk(self, facts: Offering) -> Mapping[str, float]:
        """The resources of a host of which usage counts instead of requests, with the smallest risk allowed."""
        if facts not in self._at_risk:
            rules = self.scenario.spec.rules_of(OverloadRisk)
            stated = sorted((rule for rule in rules if rule.hosts.selects(facts)), key=lambda rule: -rule.risk)
            self._at_risk[facts] = {name: rule.risk for rule in stated for name in rule.resources}
        return self._at_risk[facts]

    def carrying(self, stand: Stand, counts: Mapping[int, int]) -> Stand:
        """A host with other replicas on it, by workload position."""
        return Stand(stand.planned, stand.facts, Load(counts, self.time))

    @cached_property
    def stands_of(self) -> dict[int, list[Stand]]:
        """By workload position, the hosts that carry it."""
        carried: dict[int, list[Stand]] = defaultdict(list)
        for stand in self.stands:
            for w in stand.counts:
                carried[w].append(stand)
        return dict(carried)

    @cached_property
    def today(self) -> dict[str, dict[str, int]]:
        """By workload name, the standing hosts that carry it now, with how many replicas."""
        running: dict[str, dict[str, int]] = defaultdict(dict)
        for host in self.scenario.spec.hosts:
            for name, count in host.runs.items():
                running[name][host.name] = count
        return running

    @cached_property
    def as_today(self) -> Layout:
        """The standing hosts with what runs on them now, laid out as a plan would be."""
        given: Counter[str] = Counter()
        hosts = []
        for host in self.scenario.spec.hosts:
            runs = {}
            for name, count in host.runs.items():
                if self.workloads[self.position[name]].kind != "daemon_set":  # these are beside nobody
                    runs[name] = tuple(range(given[name], given[name] + count))
                    given[name] += count
            known: dict[str, Any] = {
                "name": host.name, "location": host.location, "host_type": host.host_type or "", "pool": host.pool,
                "purchase": host.purchase, "standing": True, "runs": runs,
            }  # fmt: skip
            hosts.append(PlannedHost.model_construct(**known))
        plan = self.plan.model_copy(update={"spec": self.plan.spec.model_copy(update={"hosts": tuple(hosts)})})
        return Layout(self.scenario, plan, self.catalog)

    @cached_property
    def kinds_of(self) -> dict[int, dict[Offering, list[Stand]]]:
        """By workload position, the known hosts that carry it, equal ones together."""
        kinds: dict[int, dict[Offering, list[Stand]]] = defaultdict(lambda: defaultdict(list))
        for stand in self.stands:
            if stand.facts:
                for w in stand.counts:
                    kinds[w][stand.facts].append(stand)
        return kinds

    @cached_property
    def listed(self) -> dict[int, list[int]]:
        """By workload position, the ordinals that the plan's hosts list, whatever they are."""
        listed: dict[int, list[int]] = {w: [] for w in range(len(self.workloads))}
        for planned in self.plan.spec.hosts:
            for name, ordinals in planned.runs.items():
                if name in self.position:
                    listed[self.position[name]].extend(ordinals)
        return listed

    @cached_property
    def placed(self) -> dict[int, set[int]]:
        """By workload position, the valid ordinals that stand somewhere."""
        placed = {}
        for w, ordinals in self.listed.items():
            found, count = set(ordinals), self.workloads[w].count
            valid = not found or (min(found) >= 0 and max(found) < count)
            placed[w] = found if valid else {ordinal for ordinal in found if 0 <= ordinal < count}
        return placed

    def missing(self, workload: int) -> int:
        """How many replicas of a workload stand nowhere."""
        return self.workloads[workload].count - len(self.placed[workload])

    def select(self, selector: WorkloadSelector) -> tuple[int, ...]:
        """Positions of the workloads that a rule speaks of."""
        return self.index.select(selector)

    def selected_stands(self, hosts: Hosts) -> Iterator[tuple[Stand, Offering]]:
        """The hosts of the plan that a rule speaks of, with what is known of them."""
        for stand in self.stands:
            if stand.facts and hosts.selects(stand.facts):
                yield stand, stand.facts

    def domain(self, stand: Stand, level: Level) -> str | None:
        """The domain of a level that a host stands in; the host itself at level `host`."""
        return stand.name if level == "host" else self.domain_of(stand.location, level)

    def domain_of(self, location: str, level: Level) -> str | None:
        """The domain of a level that a location lies in; None where the topology skips the level."""
        return self._domains[level][location]

    def per_domain(self, workload: int, level: Level) -> Counter[str | None]:
        """Placed replicas of a workload by domain; under None those outside any domain of the level."""
        found: dict[str | None, int] = {}
        domains = self._domains[level]
        for stand in self.stands_of.get(workload, ()):
            domain = stand.name if level == "host" else domains[stand.location]
            found[domain] = found.get(domain, 0) + stand.counts[workload]
        return Counter(found)

    def per_domain_of(self, workloads: Iterable[int], level: Level) -> Counter[str | None]:
        """The same of several workloads together."""
        found: Counter[str | None] = Counter()
        for w in workloads:
            found.update(self.per_domain(w, level))
        return found

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every location at which hosts stand or may be opened."""
        return tuple(self._supply)

    def eligible_domains(self, workload: int, level: Level) -> frozenset[str]:
        """Domains with a host, standing or to be opened, that labels and allowed hosts admit.

        At level `host` these are the plan's hosts: one that was never opened is no domain yet.
        """
        admits = self.admission.eligible
        if level == "host":
            return frozenset(stand.name for stand in self.stands if stand.facts and admits(workload, stand.facts))
        key = (level, self.admission.conditions(workload))
        if key not in self._eligible:
            domains = defaultdict(list)
            for location, offers in self._supply.items():
                domains[self.domain_of(location, level)].extend(offers)
            self._eligible[key] = frozenset(
                domain for domain, offers in domains.items() if domain and any(admits(workload, o) for o in offers)
            )
        return self._eligible[key]

    @cached_property
    def _supply(self) -> dict[str, list[Offering]]:
        """By location, every standing host and everything that may be opened."""
        found: dict[str, list[Offering]] = defaultdict(list)
        for offer in offerings(self.scenario, self.catalog, self.topology):
            found[offer.location].append(offer)
        return found


def _asked(workload: Workload, disks: set[str]) -> dict[str, int]:
    """What a replica takes of a host: its own demand, and the host's disks for claims that name nothing else."""
    claims = (claim for claim in workload.volumes if claim.storage_class and disks.issuperset(claim.storage_class))
    asked, local = workload.asked(), sum(claim.size for claim in claims)
    return amounts_of(asked | {LOCAL_DISK: asked.get(LOCAL_DISK, 0) + local}) if local else asked
