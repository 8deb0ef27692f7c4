"""An imported cluster or set of manifests as a scenario that can be planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pydantic import ValidationError

from models.base import Metadata
from models.catalog import Catalog
from models.host import Host, HostPool
from models.references import unknown_to_catalog
from models.reports import Finding
from models.resources import VOLUMES, Capacity
from models.scenario import Scenario, ScenarioSpec
from models.supply import offerings, topology_of
from models.topology import DomainNode, Topology
from planner.errors import InputError
from planner.formats.catalogs import catalog_for
from planner.formats.documents.errors import findings_of
from planner.formats.kubernetes.imported import Imported, Report
from planner.formats.kubernetes.labels import labelled_pools
from planner.formats.kubernetes.pools import default_pools, fitted
from planner.formats.loss import LossReport


def to_scenario(
    imported: Imported, name: str, pools: Sequence[HostPool] | None = None, *, catalog: Catalog | None = None
) -> tuple[Scenario, LossReport]:
    """Make a scenario: the workloads, the hosts that stand, and pools to open more from.

    Parameters
    ----------
    imported : Imported
    name : str
        The scenario's name.
    pools : sequence of HostPool, optional
        By default pools where the input's own nodes stand, or over three clouds where the catalog
        knows none of these regions. Pools without host types get general purpose ones.
    catalog : Catalog, optional
        By default the shipped one.

    Returns
    -------
    scenario : Scenario
        It holds no name that the catalog does not know.
    losses : tuple of Loss
        Those of the import, then what was assumed here.

    Raises
    ------
    InputError
        If there is no workload, or a pool's location or host type is unknown.
    """
    if not imported.workloads:
        raise InputError(name, [Finding((), "no workload that asks for room", "at least one")])
    report = Report()
    own = Catalog(storage_classes=imported.storage_classes)
    base = catalog or catalog_for(_scenario(imported, name, ()))
    known = base.extended_by(own)
    imported = _with_known_classes(imported, known, report)
    imported = replace(
        imported,
        hosts=tuple(_with_attach_limit(host, known, report) for host in imported.hosts),
        topology=_unknown_trees(imported.topology, known),
    )
    chosen = list(pools) if pools else default_pools(imported.hosts, known)
    fitting = fitted(chosen, imported.workloads, imported.rules)
    draft = _scenario(imported, name, fitting)
    _refuse_unknown(draft, known)
    if not pools:
        _say_pools(fitting, report)
    _say_free_hosts(draft, known, report)
    _say_missing_resources(draft, known, report)
    added = labelled_pools(draft, known, report)
    return _scenario(imported, name, (*fitting, *added)), (*imported.losses, *report.losses)


def _scenario(imported: Imported, name: str, pools: tuple[HostPool, ...]) -> Scenario:
    try:
        spec = ScenarioSpec(
            workloads=imported.workloads,
            pools=pools,
            hosts=imported.hosts,
            volumes=imported.volumes,
            rules=imported.rules,
            catalog=Catalog(storage_classes=imported.storage_classes),
            topology=imported.topology,
        )
    except ValidationError as error:
        raise InputError(name, findings_of(error, {}, ScenarioSpec)) from None
    return Scenario(metadata=Metadata(name=name), spec=spec)


def _refuse_unknown(scenario: Scenario, catalog: Catalog) -> None:
    findings = unknown_to_catalog(scenario.spec, catalog, topology_of(scenario, catalog))
    of_pools = [finding for finding in findings if finding.path[1] == "pools"]
    if of_pools:
        pools = scenario.spec.pools
        raise InputError("--pool", [replace(f, path=(", ".join(pools[int(f.path[2])].locations),)) for f in of_pools])
    if findings:
        raise InputError(scenario.name, findings)


def _with_known_classes(imported: Imported, catalog: Catalog, report: Report) -> Imported:
    """Leave out the names of storage classes that neither the input nor the catalog defines."""
    known = catalog.storage_class_of

    def named(storage_class: str | None, whose: str) -> str | None:
        if storage_class is None or storage_class in known:
            return storage_class
        what = f"storage class {storage_class}, which no object defines"
        report.assumed(whose, what, "a volume of any class that follows its replica within a zone")
        return None

    workloads = tuple(
        workload.model_copy(
            update={
                "volumes": tuple(
                    claim.model_copy(
                        update={
                            "storage_class": tuple(
                                one
                                for name in claim.storage_class
                                if (one := named(name, f"workload {workload.name}")) is not None
                            )
                        }
                    )
                    for claim in workload.volumes
                )
            }
        )
        for workload in imported.workloads
    )
    volumes = tuple(
        volume.model_copy(update={"storage_class": named(volume.storage_class, f"workload {volume.workload}")})
        for volume in imported.volumes
    )
    return replace(imported, workloads=workloads, volumes=volumes)


def _with_attach_limit(host: Host, catalog: Catalog, report: Report) -> Host:
    """A node's report does not say how many volumes it can attach; its type in the catalog does."""
    known = catalog.type_of.get((host.location.split("/")[0], host.host_type or ""))
    if known is None or host.allocatable is None or host.allocatable.volumes is not None:
        return host
    limit = host.platform.allocatable(known, host.boot_disk).volumes
    if limit is None:
        return host
    report.assumed(f"nodes of type {known.name}", "attach limit", f"at most {limit} volumes, as the catalog says")
    allocatable = Capacity.of({**host.allocatable.amounts(), VOLUMES: limit})
    return host.model_copy(update={"allocatable": allocatable})


def _unknown_trees(trees: Iterable[DomainNode], catalog: Catalog) -> tuple[DomainNode, ...]:
    """The trees that hold something which the catalog's regions do not."""
    known = Topology(region.tree() for region in catalog.regions)
    return tuple(tree for tree in trees if any(path not in known for path in Topology([tree]).paths))


def _say_pools(pools: Sequence[HostPool], report: Report) -> None:
    for pool in pools:
        types = ", ".join(pool.host_types)
        of = f" for {', '.join(pool.architectures)}" if pool.architectures else ""
        like = ", with the labels and taints of its nodes" if pool.labels or pool.taints else ""
        what = f"hosts of type {types}{of}, {' or '.join(pool.purchases)}{like}"
        report.assumed(f"pool {pool.name}", what, f"may be opened in {', '.join(pool.locations)}; --pool names others")


def _say_free_hosts(scenario: Scenario, catalog: Catalog, report: Report) -> None:
    """Name the standing hosts that cost money somewhere, but have no price here."""
    for host in offerings(scenario.model_copy(
        update={"spec": scenario.spec.model_copy(update={"pools": ()})}
    ), catalog, topology_of(scenario, catalog)):  # fmt: skip
        if not host.per_hour and host.purchase != "owned":
            what = f"no {host.purchase} price for type {host.host_type}"
            report.assumed(f"Node {host.host}", what, "it is counted as free; a price sheet can say more")


def _say_missing_resources(scenario: Scenario, catalog: Catalog, report: Report) -> None:
    """Name the extended resources that workloads ask for and no host has."""
    hosts = offerings(scenario, catalog, topology_of(scenario, catalog))
    offered = {name for host in hosts for name in host.allocatable.extended}
    for workload in scenario.spec.workloads:
        for name in workload.requests.extended.keys() - offered:
            what = f"resource {name}, which no host offers"
            report.assumed(f"workload {workload.name}", what, "the request stays; such replicas find no room")
