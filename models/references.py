"""Cross-references of a scenario: every name that is used must name something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from heapq import nlargest
from itertools import chain, islice
from operator import eq
from typing import TYPE_CHECKING, Any

import networkx as nx

from models.reports import Finding
from models.rules import Affinity, Exclusive, Latency, Parity, Pinned, Residency
from models.selectors import WorkloadIndex, WorkloadSelector

if TYPE_CHECKING:
    from models.catalog import Catalog
    from models.scenario import ScenarioSpec
    from models.topology import Topology
    from models.traffic import Users

Path = tuple[str | int, ...]
MOST_FINDINGS = 100
"""Checks stop after so many; whoever reads them mends the first few and comes back."""
_COMPARED = 300


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like `name`, or ""."""
    names = list(known)
    if len(names) > _COMPARED:  # comparing each of 10,000 names takes a third of a second
        names = nlargest(_COMPARED, names, key=lambda other: _alike(name, other))
    matches = get_close_matches(name, names, n=1, cutoff=0.55)
    if not matches:
        tails = {known_name.rpartition("/")[2]: known_name for known_name in names}
        matches = [tails[tail] for tail in get_close_matches(name.rpartition("/")[2], tails, n=1, cutoff=0.8)]
    return matches[0] if matches else ""


def _alike(name: str, other: str) -> int:
    """How many letters stand at the same place, counted from the start and from the end."""
    from_start, from_end = sum(map(eq, name, other)), sum(map(eq, reversed(name), reversed(other)))
    return int(from_start + from_end)


def broken_references(spec: ScenarioSpec) -> list[Finding]:
    """References inside a scenario that lead nowhere, names given twice, affinity cycles."""
    found = chain(
        _repeated(spec), _selected(spec), _labels(spec), _users(spec), _running(spec), _volumes(spec), _cycles(spec)
    )
    return list(islice(found, MOST_FINDINGS))


def unknown_to_catalog(spec: ScenarioSpec, catalog: Catalog, topology: Topology) -> list[Finding]:
    """Locations, host types and storage classes that the catalog and topology do not know."""
    found = chain(
        _locations(spec, topology), _tariffs(spec, topology), _host_types(spec, catalog, topology),
        _storage_classes(spec, catalog),
    )  # fmt: skip
    return list(islice(found, MOST_FINDINGS))


def _repeated(spec: ScenarioSpec) -> Iterator[Finding]:
    for key in ("workloads", "pools", "hosts", "volumes", "storage_pools", "commitments"):
        counts = Counter(item.name for item in getattr(spec, key))
        seen: set[str] = set()
        for i, item in enumerate(getattr(spec, key)):
            if counts[item.name] > 1 and item.name in seen:
                yield Finding(("spec", key, i, "name"), repr(item.name), "a name not used before")
            seen.add(item.name)


def _selected(spec: ScenarioSpec) -> Iterator[Finding]:
    workloads = {workload.name for workload in spec.workloads}
    pools = {pool.name for pool in spec.pools} | {host.pool for host in spec.hosts if host.pool}
    hosts = {host.name for host in spec.hosts}
    for i, rule in enumerate(spec.rules):
        path: Path = ("spec", "rules", i)
        fields = rule.__dict__  # asking a model for a field that it does not have is slow
        for key in ("workloads", "away_from", "near", "to"):
            selector = fields.get(key)
            if type(selector) is WorkloadSelector:
                yield from _names((*path, key), selector.names, workloads, "the name of a workload")
        selected_hosts = fields.get("hosts")
        if type(rule) is Pinned:
            yield from _names((*path, "hosts"), rule.hosts, hosts, "the name of a standing host")
        elif selected_hosts is not None:
            yield from _names((*path, "hosts", "pools"), selected_hosts.pools, pools, "the name of a pool")
    for i, commitment in enumerate(spec.commitments):
        where: Path = ("spec", "commitments", i, "hosts", "pools")
        yield from _names(where, commitment.hosts.pools, pools, "the name of a pool")
    for i, flow in enumerate(spec.traffic):
        for key in ("source", "target"):
            selector = getattr(flow, key)
            if selector is not None:
                yield from _names(("spec", "traffic", i, key), selector.names, workloads, "the name of a workload")
    if spec.unit.workloads is not None:
        yield from _names(("spec", "unit", "workloads"), spec.unit.workloads.names, workloads, "the name of a workload")


def _rules(spec: ScenarioSpec, *kinds: type) -> Iterator[tuple[int, Any]]:
    """The stated rules of some classes with their numbers (to ask 100,000 models `isinstance` takes a while)."""
    return ((i, rule) for i, rule in enumerate(spec.rules) if type(rule) in kinds)


def _names(path: Path, names: Iterable[str], known: set[str], what: str) -> Iterable[Finding]:
    return () if known.issuperset(names) else _unknown(path, names, known, what)


def _unknown(path: Path, names: Iterable[str], known: set[str], what: str) -> Iterator[Finding]:
    for name in names:
        pattern = any(char in name for char in "*?[")
        if name not in known and not (pattern and any(fnmatchcase(k, name) for k in known)):
            yield Finding(path, repr(name), what, nearest(name, known))


def _labels(spec: ScenarioSpec) -> Iterator[Finding]:
    """Labels by which rules tell workloads apart: some workload that the rule speaks of carries them."""
    index = WorkloadIndex(spec.workloads)
    for i, rule in _rules(spec, Parity, Exclusive):
        match rule:
            case Parity(match=label):
                key = "match"
            case Exclusive(by=str(label)) if label not in ("team", "environment"):
                key = "by"
            case _:
                continue
        carried = {name for w in index.select(rule.workloads) for name in spec.workloads[w].labels}
        if label not in carried:
            what = "a label that some of its workloads carry"
            yield Finding(("spec", "rules", i, key), repr(label), what, nearest(label, carried))


def _users(spec: ScenarioSpec) -> Iterator[Finding]:
    """Users within some milliseconds must be somewhere."""
    asked: dict[Path, Users | None] = {("spec", "rules", i): rule.users for i, rule in _rules(spec, Latency)}
    asked |= {("spec", "traffic", i): flow.users for i, flow in enumerate(spec.traffic) if flow.max_latency_ms}
    for path, users in asked.items():
        if users is not None and (users.latitude is None or users.longitude is None):
            yield Finding((*path, "users"), f"{users.name!r} without a place", "its latitude and longitude")


def _running(spec: ScenarioSpec) -> Iterator[Finding]:
    counts = {workload.name: workload.count for workload in spec.workloads}
    workloads, running = set(counts), Counter[str]()
    daemons = {workload.name for workload in spec.workloads if workload.kind == "daemon_set"}
    for i, host in enumerate(spec.hosts):
        path: Path = ("spec", "hosts", i, "runs")
        yield from _names(path, host.runs, workloads, "the name of a workload")
        running.update(host.runs)
        if host.host_type is None and host.capacity is None and host.allocatable is None:
            yield Finding(("spec", "hosts", i), "no size", "one of host_type, capacity or allocatable")
    for name, replicas in running.items():
        if name in counts and name not in daemons and replicas > counts[name]:
            found = f"{replicas} replicas of {name!r} running"
            yield Finding(("spec", "hosts"), found, f"at most its {counts[name]} replicas")


def _volumes(spec: ScenarioSpec) -> Iterator[Finding]:
    counts = {workload.name: workload.count for workload in spec.workloads}
    workloads, hosts = set(counts), {host.name for host in spec.hosts}
    for i, volume in enumerate(spec.volumes):
        path: Path = ("spec", "volumes", i)
        yield from _names((*path, "workload"), [volume.workload], workloads, "the name of a workload")
        if volume.workload in counts and volume.replica >= counts[volume.workload]:
            yield Finding((*path, "replica"), str(volume.replica), f"an ordinal below {counts[volume.workload]}")
        if (volume.location is None) == (volume.host is None):
            found = "both" if volume.host else "neither"
            yield Finding(path, found, "one of location and host")
        if volume.host is not None:
            yield from _names((*path, "host"), [volume.host], hosts, "the name of a standing host")


def _cycles(spec: ScenarioSpec) -> Iterator[Finding]:
    """Affinity between different workloads must not lead back to where it started."""
    index = WorkloadIndex(spec.workloads)
    graph: nx.DiGraph[int] = nx.DiGraph()
    origin: dict[tuple[int, int], int] = {}
    for i, rule in _rules(spec, Affinity):
        for a in index.select(rule.workloads):
            for b in index.select(rule.near):
                if a != b:
                    graph.add_edge(a, b)
                    origin.setdefault((a, b), i)
    for group in nx.strongly_connected_components(graph):
        if len(group) > 1:
            cycle = nx.find_cycle(graph.subgraph(group))
            walk = " -> ".join(spec.workloads[edge[0]].name for edge in [*cycle, cycle[0]])
            last: Any = cycle[-1]
            yield Finding(("spec", "rules", origin[last[0], last[1]]), f"the cycle {walk}", "affinity without cycles")


def _locations(spec: ScenarioSpec, topology: Topology) -> Iterator[Finding]:
    def known(path: Path, locations: Iterable[str], what: str) -> Iterator[Finding]:
        for location in locations:
            if location not in topology:
                yield Finding(path, repr(location), what, nearest(location, topology.paths))

    for i, pool in enumerate(spec.pools):
        yield from known(("spec", "pools", i, "locations"), pool.locations, "a location of the topology")
    for i, host in enumerate(spec.hosts):
        yield from known(("spec", "hosts", i, "location"), [host.location], "a location of the topology")
    for i, volume in enumerate(spec.volumes):
        if volume.location is not None:
            yield from known(("spec", "volumes", i, "location"), [volume.location], "a location of the topology")
    for i, rule in enumerate(spec.rules):
        selected = rule.__dict__.get("hosts")
        if selected is not None and type(rule) is not Pinned:
            where: Path = ("spec", "rules", i, "hosts", "locations")
            yield from known(where, selected.locations, "a location of the topology")
        if type(rule) is Residency:
            yield from known(("spec", "rules", i, "locations"), rule.locations, "a location of the topology")
            yield from _countries(("spec", "rules", i, "countries"), rule, topology.countries)
    for i, pair in enumerate(spec.latencies):
        yield from known(("spec", "latencies", i, "between"), pair.between, "a location of the topology")
    for i, storage_pool in enumerate(spec.storage_pools):
        place: Path = ("spec", "storage_pools", i, "protection_domain")
        yield from known(place, [storage_pool.protection_domain], "a location of the topology")


def _tariffs(spec: ScenarioSpec, topology: Topology) -> Iterator[Finding]:
    """The clouds and regions of the scenario's own tariffs."""
    clouds = [path for path in topology.paths if topology.level(path) == "cloud"]
    for i, row in enumerate(spec.catalog.egress):
        path: Path = ("spec", "catalog", "egress", i)
        if row.cloud not in clouds:
            yield Finding((*path, "cloud"), repr(row.cloud), "a known cloud", nearest(row.cloud, clouds))
            continue
        regions = [inside.rpartition("/")[2] for inside in topology.paths if inside.rpartition("/")[0] == row.cloud]
        for key, region in (("region", row.region), ("to_region", row.to_region)):
            if region is not None and region not in regions:
                expected = f"a region of {row.cloud}"
                yield Finding((*path, key), repr(region), expected, nearest(region, regions))


def _countries(path: Path, rule: Residency, countries: tuple[str, ...]) -> Iterator[Finding]:
    for name in rule.countries:
        if name not in countries:
            yield Finding(path, repr(name), "a country of the topology", nearest(name, countries))


def _host_types(spec: ScenarioSpec, catalog: Catalog, topology: Topology) -> Iterator[Finding]:
    known: dict[str, list[str]] = {}
    for host_type in catalog.host_types:
        known.setdefault(host_type.cloud, []).append(host_type.name)
    everything = sorted({name for names in known.values() for name in names})
    for i, pool in enumerate(spec.pools):
        if any(location not in topology for location in pool.locations):
            continue  # said already; no type would be found there
        here = [name for cloud in {loc.split("/")[0] for loc in pool.locations} for name in known.get(cloud, ())]
        for pattern in pool.host_types:
            if not any(fnmatchcase(name, pattern) for name in here):
                what = "a host type of the catalog at these locations"
                yield Finding(
                    ("spec", "pools", i, "host_types"), repr(pattern), what, nearest(pattern, here or everything)
                )
    for i, host in enumerate(spec.hosts):
        here = known.get(host.location.split("/")[0], [])
        if (
            host.host_type is not None
            and host.host_type not in here
            and host.capacity is None
            and host.allocatable is None
        ):
            what = "a host type of the catalog, or a capacity beside it"
            yield Finding(("spec", "hosts", i, "host_type"), repr(host.host_type), what, nearest(host.host_type, here))


def _storage_classes(spec: ScenarioSpec, catalog: Catalog) -> Iterator[Finding]:
    known = {*catalog.storage_class_of, *(pool.name for pool in spec.storage_pools)}
    disks = {row.name for row in catalog.storage_classes if row.local}
    for i, workload in enumerate(spec.workloads):
        for j, claim in enumerate(workload.volumes):
            for name in claim.storage_class:
                if name not in known:
                    path: Path = ("spec", "workloads", i, "volumes", j, "storage_class")
                    yield Finding(path, repr(name), "a known storage class or pool", nearest(name, known))
            local = [name for name in claim.storage_class if name in disks]
            if local and len(local) < len(claim.storage_class):
                there: Path = ("spec", "workloads", i, "volumes", j, "storage_class")
                yield Finding(there, f"local disks ({', '.join(local)}) beside other classes", "one or the other")
    for i, volume in enumerate(spec.volumes):
        if volume.storage_class is not None and volume.storage_class not in known:
            where: Path = ("spec", "volumes", i, "storage_class")
            yield Finding(
                where, repr(volume.storage_class), "a known storage class or pool", nearest(volume.storage_class, known)
            )
