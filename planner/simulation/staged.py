"""A cluster at one moment as documents: a scenario of what is wanted and stands now, and where everything is.

With these, whatever reads documents can look at a film: the verifier, solvers, reports.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from models.base import Metadata
from models.catalog import Catalog
from models.host import Host, HostPool
from models.plan import Plan, PlannedHost, PlanSpec, PlanStatus, TierResult, Unplaced
from models.reports import Violation
from models.resources import Resources
from models.scenario import Scenario, ScenarioSpec
from models.volume import Volume
from models.workload import Service, Workload
from planner.explain import figures
from planner.explain.proof import deciding
from planner.simulation.cluster import Cluster, HostType
from planner.simulation.state import CLASS, GONE, HOME, HOST, HOST_PRICE, STATUS
from planner.verify import verify
from planner.verify.layout import Layout, Load
from planner.verify.rules.tiers import value

EXCUSED: Mapping[str, str] = {
    "topology_spread": "kube-scheduler asks for it when it places; whoever leaves later leaves it uneven",
    "affinity": "required during scheduling, ignored during execution: the neighbour may leave first",
    "latency": "as affinity: whom it has to be near may leave first",
    "share": "a share of as many replicas as were planned; scaling changes what it is a share of",
    "spot": "a share, too",
    "quota": "binds who opens hosts, not containers",
    "budget": "binds who opens hosts; what a team is charged is known once all is placed",
    "resource_quota": "is asked when replicas are admitted to a cluster, before a host is chosen for them",
    "headroom": "a plan keeps room; whoever comes later may take it: that is what it is for",
    "release_room": "as headroom",
    "survive": "as headroom: what a plan keeps for a loss, the loss takes",
    "storage": "a pool fills up as claims come, and schedulers do not look; a class that does not serve is an error",
}
"""Rules that schedulers do not keep at every moment, and why: breaches of them are no error of a film."""


def staged(cluster: Cluster) -> tuple[Scenario, tuple[PlannedHost, ...]]:
    """A cluster as it is now.

    Returns
    -------
    scenario : Scenario
        The scenario of the film, with as many replicas as there are containers (those that wait or were evicted, too),
        and with the hosts that are there as standing ones. Volumes belong to the ordinals that their containers have
        now; containers that are bound to a zone have a volume there. A pool may open as many hosts more as are left
        to it. Jobs, and what has none left, are services. Resized containers ask for what the scenario states.
    hosts : tuple of PlannedHost
        Those hosts with what they carry. Replicas are numbered in the order of hosts; last come those without.
    """
    before = cluster.names.scenario.spec
    ordinals = ordinals_of(cluster)
    runs = _runs(cluster, ordinals)
    rows = cluster.there.tolist()
    standing = tuple(_standing(cluster, h, {name: len(own) for name, own in runs[h].items()}) for h in rows)
    counts = Counter(cluster.workload_of(c) for c in ordinals)
    changed = {
        "workloads": tuple(_counted(workload, counts[workload.name]) for workload in before.workloads),
        "hosts": standing,
        "pools": tuple(_left(cluster, pool) for pool in before.pools),
        "volumes": tuple(_volumes(cluster, ordinals, {host.name for host in standing})),
    }
    fields = {name: getattr(before, name) for name in ScenarioSpec.model_fields}
    scenario = Scenario.model_construct(
        metadata=cluster.names.scenario.metadata, spec=ScenarioSpec.model_construct(**fields | changed)
    )
    return scenario, _planned(cluster, scenario, [runs[h] for h in rows])


def as_plan(scenario: Scenario, hosts: Sequence[PlannedHost], catalog: Catalog) -> Plan:
    """The document of a placement that no solver made: its figures, and no bounds."""
    layout = figures.laid_out(scenario, hosts, catalog)
    tiers = tuple(TierResult(goal=str(goal), value=value(layout, goal)) for goal in scenario.spec.goals_in_force)
    decides = deciding(tiers)
    left = {w.name: layout.missing(n) for n, w in enumerate(scenario.spec.workloads) if layout.missing(n)}
    kept = {host.name for host in hosts if host.standing}
    status = PlanStatus(
        state="UNKNOWN" if left else "FEASIBLE",
        hosts_used=len(hosts),
        hosts_released=sum(host.name not in kept for host in scenario.spec.hosts),
        density=figures.density_of(hosts, figures.counting(scenario)),
        objective=decides.value,
        objective_goal=decides.goal,
        bound=None,
        gap=None,
        tiers=tiers,
        unplaced=sum(left.values()),
        unplaced_workloads=tuple(Unplaced(workload=name, replicas=number) for name, number in left.items()),
        **figures.money(layout),
    )
    spec = PlanSpec.model_construct(scenario=scenario.name, hosts=tuple(hosts))
    return Plan.model_construct(metadata=Metadata(name=scenario.name), spec=spec, status=status)


def breaches(cluster: Cluster) -> tuple[Violation, ...]:
    """What the verifier has against a cluster as it is, but for what schedulers may do (`EXCUSED`)."""
    scenario, hosts = staged(cluster)
    catalog = cluster.names.catalog
    found = verify(scenario, as_plan(scenario, hosts, catalog), catalog)
    return tuple(violation for violation in found if not is_excused(violation, scenario))


def is_excused(violation: Violation, scenario: Scenario) -> bool:
    """Whether a scheduler may do that."""
    pools = {pool.name for pool in scenario.spec.storage_pools}
    return violation.rule in EXCUSED and (violation.rule != "storage" or violation.subject in pools)


def ordinals_of(cluster: Cluster) -> dict[int, int]:
    """By row of each container that is not gone, its ordinal: in order of hosts, as plans number what runs today."""
    status, host = cluster.state.containers[:, STATUS], cluster.state.containers[:, HOST]
    last = len(cluster.casts)
    return {
        c: ordinal
        for w in range(len(cluster.names.scenario.spec.workloads))
        for ordinal, c in enumerate(
            sorted(
                (c for c in cluster.containers(w).tolist() if status[c] != GONE),
                key=lambda c: (host[c] if host[c] >= 0 else last, c),
            )
        )
    }


def _runs(cluster: Cluster, ordinals: Mapping[int, int]) -> Mapping[int, dict[str, tuple[int, ...]]]:
    """By row of each host, the ordinals that it carries by workload."""
    found: dict[int, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for c, ordinal in ordinals.items():
        host = int(cluster.state.containers[c, HOST])
        if host >= 0:
            name = cluster.workload_of(c)
            found[host][name] = (*found[host].get(name, ()), ordinal)
    return found


def _counted(workload: Workload, number: int) -> Workload:
    """A workload with so many replicas, that keeps its times if it has some."""
    if "replicas" in type(workload).model_fields:
        return workload.model_copy(update={"replicas": number})
    if workload.kind == "daemon_set":
        return workload
    if workload.kind == "cron_job" and number:
        return workload.model_copy(update={"parallelism": number})
    shared = {name: getattr(workload, name) for name in Service.model_fields.keys() - {"kind", "replicas"}}
    return Service.model_construct(kind="service", replicas=number, **shared)


def _standing(cluster: Cluster, h: int, runs: dict[str, int]) -> Host:
    """A host that is there, as one that stands today; at another price, where that has changed."""
    cast = cluster.casts[h]
    assert cast is not None, "hosts that are there have offerings"
    spec, offer = cluster.names.scenario.spec, cast.offering
    changed: dict[str, Any] = {"name": cluster.host_names[h], "runs": runs}
    price = int(cluster.state.hosts[h, HOST_PRICE])
    if price != cast.price:
        changed |= {"per_hour": Decimal(price) / 1_000_000, "owned": None}
    if offer.host:
        host = next(host for host in spec.hosts if host.name == offer.host)
        return host.model_copy(update=changed)
    pool = next(pool for pool in spec.pools if pool.name == offer.pool)
    stated = {
        "location": offer.location, "host_type": offer.host_type, "architecture": offer.architecture,
        "platform": pool.platform, "pool": pool.name, "purchase": offer.purchase, "per_hour": offer.per_hour,
        "boot_disk": pool.boot_disk, "overhead": pool.overhead, "labels": pool.labels, "taints": pool.taints,
    }  # fmt: skip
    return Host.model_construct(**stated | changed)


def _left(cluster: Cluster, pool: HostPool) -> HostPool:
    """A pool that may open as many hosts as are left to it."""
    if pool.max_hosts is None:
        return pool
    opened = sum(_is_of(cast, pool) for cast in cluster.casts)
    return pool.model_copy(update={"max_hosts": max(0, pool.max_hosts - opened)})


def _is_of(cast: HostType | None, pool: HostPool) -> bool:
    return cast is not None and not cast.offering.host and cast.offering.pool == pool.name


def _volumes(cluster: Cluster, ordinals: Mapping[int, int], standing: Iterable[str]) -> Iterator[Volume]:
    """The volumes that exist, each with the ordinal that its container has now; such as are away are left out.

    Containers of one class are equal, their volumes are in one place: the first of them has the first one.
    """
    containers = cluster.state.containers
    of_class: dict[int, list[int]] = defaultdict(list)
    for c in ordinals:
        of_class[int(containers[c, CLASS])].append(c)
    owners = set[int]()
    for volume in cluster.names.scenario.spec.volumes:
        k = cluster.class_of(volume.workload, volume.replica)
        workload, item = cluster.classes[k]
        mine = next((part.ordinals for part in cluster.names.parts[item] if part.workload == workload), ())
        place = mine.index(volume.replica) if volume.replica in mine else len(of_class[k])
        if place < len(of_class[k]) and (volume.host is None or volume.host in standing):
            owners.add(of_class[k][place])
            yield volume.model_copy(update={"replica": ordinals[of_class[k][place]]})
    for c, ordinal in ordinals.items():
        if containers[c, HOME] >= 0 and c not in owners:
            name = cluster.workload_of(c)
            claims = cluster.names.scenario.spec.workloads[cluster.workload(name)].volumes
            yield Volume(
                name=f"{name}-{ordinal}-data",
                workload=name,
                replica=ordinal,
                size=sum(claim.size for claim in claims),
                location=cluster.names.domains[int(containers[c, HOME])],
            )


def _planned(
    cluster: Cluster, scenario: Scenario, runs: Sequence[dict[str, tuple[int, ...]]]
) -> tuple[PlannedHost, ...]:
    """The standing hosts as a plan tells of them."""
    layout = Layout(scenario, _nothing(scenario), cluster.names.catalog)
    found = []
    for host, own in zip(scenario.spec.hosts, runs, strict=True):
        said: dict[str, Any] = {"name": host.name, "standing": True}
        facts = layout.lookup.facts(PlannedHost.model_construct(**said))
        assert facts is not None, "it is among the hosts of the scenario"
        load = Load({layout.position[name]: len(each) for name, each in own.items()}, layout.time)
        planned = PlannedHost(
            name=host.name, location=host.location, host_type=host.type_name, pool=host.pool, purchase=host.purchase,
            per_hour=facts.per_hour, standing=True, allocatable=layout.room(facts), used=Resources.of(load.used),
            runs=dict(sorted(own.items())),
        )  # fmt: skip
        found.append(planned)
    return tuple(found)


def _nothing(scenario: Scenario) -> Plan:
    """A plan without hosts: to ask the verifier for what it knows of a scenario."""
    placement: dict[str, Any] = {"spec": PlanSpec.model_construct(scenario=scenario.name, hosts=())}
    return Plan.model_construct(**placement)
