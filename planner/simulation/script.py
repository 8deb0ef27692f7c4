"""From a film's document to the actors who play it, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from models.film import FilmPriceChange, FilmSpec, FilmUpgrade
from models.plan import Plan
from models.references import nearest
from models.reports import Finding
from models.scenario import Scenario
from models.topology import Topology
from planner.errors import InputError
from planner.simulation.cloning import Clone, Cloning
from planner.simulation.cluster import Cluster
from planner.simulation.crons import CronJobs, Jobs
from planner.simulation.faults import HostFaults, Outage, Outages
from planner.simulation.film import Actor
from planner.simulation.incidents import DomainFaults, Incidents, read_incidents
from planner.simulation.job_stream import Bursts
from planner.simulation.prices import PriceChange, PriceChanges, PriceWalk
from planner.simulation.provisioning import ClusterAutoscaler, Karpenter
from planner.simulation.queues import JobQueues
from planner.simulation.releases import ReleaseOrder, Releases
from planner.simulation.scaling import HorizontalScaling
from planner.simulation.spot import SpotInterruptions, per_host_hour
from planner.simulation.traces import read_arrivals, read_requests
from planner.simulation.upgrades import Upgrades
from planner.simulation.volumes import Volumes

_PROVISIONERS = {"cluster_autoscaler": ClusterAutoscaler, "karpenter": Karpenter}


def actors_of(spec: FilmSpec, cluster: Cluster, folder: Path) -> list[Actor]:
    """Everybody who acts in a film of a cluster, whose files lie in a folder; who has nothing to do does nothing."""
    return list(_actors(spec, cluster, folder))


def _actors(spec: FilmSpec, cluster: Cluster, folder: Path) -> Iterator[Actor]:
    work, faults = spec.work, spec.faults
    yield Volumes()
    yield CronJobs("Allow" if work.overlap else "Forbid")
    yield Jobs(minutes=work.job_minutes)
    yield JobQueues(standing=work.standing_runners, bursts=Bursts(**work.bursts.model_dump()) if work.bursts else None)
    if spec.traces.arrivals:
        yield read_arrivals(folder / spec.traces.arrivals, cluster)
    if spec.traces.requests:
        yield read_requests(folder / spec.traces.requests, cluster)
    if faults.hosts:
        yield HostFaults(**faults.hosts.model_dump())
    for level in faults.domains:
        yield DomainFaults(**level.model_dump())
    for table in faults.incidents:
        yield Incidents(read_incidents(folder / table.file), table.where, table.drawn)
    if faults.outages:
        yield Outages([Outage(**each.model_dump()) for each in faults.outages])
    if spec.prices.changes:
        yield PriceChanges([_price_change(each) for each in spec.prices.changes])
    if spec.prices.spot_spread:
        yield PriceWalk(spread=spec.prices.spot_spread)
    if spec.spot:
        yield SpotInterruptions(per_host_hour(spec.spot.reclaimed_per_month), graceful=spec.spot.drained)
    for scaled in spec.scaling:
        yield HorizontalScaling(**scaled.model_dump())
    if spec.clones:
        yield Cloning([Clone(**each.model_dump()) for each in spec.clones])
    if spec.releases:
        yield Releases([ReleaseOrder(**each.model_dump()) for each in spec.releases])
    for upgrade in spec.upgrades:
        yield _upgrade(upgrade, spec)
    if spec.provision:
        yield _PROVISIONERS[spec.provision.by](boot_seconds=spec.provision.boot_seconds)


def _upgrade(stated: FilmUpgrade, spec: FilmSpec) -> Upgrades:
    boot = {} if spec.provision is None else {"boot_seconds": spec.provision.boot_seconds}
    return Upgrades(
        stated.at_hours, stated.hosts, stated.batch, surge=stated.surge, timeout_hours=stated.timeout_hours, **boot
    )


def _price_change(stated: FilmPriceChange) -> PriceChange:
    return PriceChange(
        stated.at_hours, stated.factor or 1.0, stated.per_hour, stated.where, stated.host_type, stated.purchase or ""
    )


def check(spec: FilmSpec, scenario: Scenario, topology: Topology, plan: Plan | None, folder: Path, source: str) -> None:
    """Refuse names that the scenario does not have, and tables that cannot be read.

    Raises
    ------
    InputError
        With each of them, and the nearest name there is.
    """
    workloads = [workload.name for workload in scenario.spec.workloads]
    environments = sorted({workload.environment for workload in scenario.spec.workloads if workload.environment})
    hosts = [host.name for host in (plan.spec.hosts if plan else scenario.spec.hosts)]
    places = [*topology.paths, *hosts]
    findings = [
        *_unknown("releases", "workload", [r.workload for r in spec.releases], workloads, "a workload of the scenario"),
        *_unknown("scaling", "workload", [s.workload for s in spec.scaling], workloads, "a workload of the scenario"),
        *_unknown("clones", "environment", [c.environment for c in spec.clones], environments, "an environment"),
        *_unknown("faults.outages", "where", [o.where for o in spec.faults.outages], places, "a domain or a host"),
        *_unknown("faults.incidents", "where", [i.where for i in spec.faults.incidents], places, "a domain"),
        *_unknown("prices.changes", "where", [c.where for c in spec.prices.changes if c.where], places, "a domain"),
    ]
    if findings:
        raise InputError(source, findings)
    for table in spec.faults.incidents:
        read_incidents(folder / table.file)


def _unknown(at: str, key: str, names: Iterable[str], known: list[str], expected: str) -> Iterator[Finding]:
    there = set(known)
    for n, name in enumerate(names):
        if name not in there:
            yield Finding(("spec", *at.split("."), n, key), repr(name), expected, nearest(name, known))
