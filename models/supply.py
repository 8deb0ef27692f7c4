"""Offerings: every host that may carry something, priced, with what is left on it for workloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Literal

from models.catalog import Catalog, HostType
from models.host import Host, HostPool, Taint
from models.money import Discount
from models.platforms import Runs, reservations_of
from models.resources import Capacity, Resources
from models.scenario import Scenario
from models.topology import DomainNode, Topology, is_within

MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True, eq=False)
class Offering:
    """A host type at a location under a purchase option (or one standing host), priced.

    Attributes
    ----------
    allocatable : Capacity
        What is left for workloads after the platform's reservations and the pool's overhead;
        daemonsets are not yet taken off.
    capacity : Capacity
        The whole machine, as quotas count it.
    per_hour : Decimal
        In the scenario's currency, after discounts, before commitments.
    upfront : Decimal
        What is paid once when it is opened; spread over the term in `per_hour`.
    covered : str
        The commitment that pays for it, "" where it is paid by the hour (see `planner/problem/rules/commitments.py`).
    host : str
        The name of the standing host, "" for one that may be opened.
    limit : int or None
        The most hosts that its pool may open in all its offerings together.
    platform : str
        The kind of its platform.
    country : str
        Where it stands, "" if nobody says.
    reservations : mapping of role to Resources
        Parts of `allocatable` that only the workloads of a role may use.
    """

    pool: str
    location: str
    host_type: str
    architecture: str
    purchase: str
    per_hour: Decimal
    allocatable: Capacity
    capacity: Capacity
    runs: Runs
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    limit: int | None = None
    host: str = ""
    releasable: bool = True
    gpu_model: str | None = None
    platform: str = ""
    country: str = ""
    upfront: Decimal = Decimal(0)
    covered: str = ""
    reservations: Mapping[str, Resources] = field(default_factory=dict)

    @property
    def cloud(self) -> str:
        """The cloud it belongs to."""
        return self.location.split("/")[0]


def topology_of(scenario: Scenario, catalog: Catalog) -> Topology:
    """The catalog's regions and the scenario's own domains as one tree."""
    roots: list[DomainNode] = [region.tree() for region in catalog.regions]
    return Topology([*roots, *scenario.spec.topology])


def offerings(scenario: Scenario, catalog: Catalog, topology: Topology) -> tuple[Offering, ...]:
    """Every standing host, then everything that the pools may open."""
    discounts = scenario.spec.discounts
    standing = (_standing(host, catalog, topology, discounts) for host in scenario.spec.hosts)
    opened = (offering for pool in scenario.spec.pools for offering in _opened(pool, catalog, topology, discounts))
    return (*standing, *opened)


def _opened(
    pool: HostPool, catalog: Catalog, topology: Topology, discounts: tuple[Discount, ...]
) -> Iterator[Offering]:
    leaves = [leaf for leaf in topology.leaves if any(is_within(leaf, place) for place in pool.locations)]
    clouds = {leaf.split("/")[0] for leaf in leaves}
    for host_type in catalog.host_types:
        if host_type.cloud not in clouds or not _wanted(pool, host_type):
            continue
        allocatable = pool.platform.allocatable(host_type, pool.boot_disk).minus(pool.overhead)
        charged = {purchase: _charged(host_type, purchase, discounts) for purchase in pool.purchases}
        for leaf in leaves:
            if leaf.split("/")[0] != host_type.cloud:
                continue
            region = (topology.ancestor(leaf, "region") or leaf).rpartition("/")[2]
            for purchase in pool.purchases:
                row = catalog.price_of.get((host_type.cloud, region, host_type.name, purchase))
                if purchase == "owned" and pool.owned is not None:
                    per_hour, upfront = pool.owned.per_hour, pool.owned.capex
                elif row is not None:
                    per_hour, upfront = _off(row.per_hour, charged[purchase]), _off(row.upfront, charged[purchase])
                else:
                    continue
                yield Offering(
                    pool=pool.name, location=leaf, host_type=host_type.name, architecture=host_type.architecture,
                    purchase=purchase, per_hour=per_hour, upfront=upfront, allocatable=allocatable,
                    capacity=host_type.capacity, runs=pool.platform.runs,
                    labels=_labels(host_type.name, host_type.architecture, purchase, leaf, pool.name, topology)
                    | pool.labels,
                    taints=pool.taints, limit=pool.max_hosts, gpu_model=host_type.gpu_model,
                    platform=pool.platform.kind, country=topology.country(leaf),
                    reservations=reservations_of(pool.platform),
                )  # fmt: skip


def _wanted(pool: HostPool, host_type: HostType) -> bool:
    named = any(fnmatchcase(host_type.name, pattern) for pattern in pool.host_types)
    return named and (not pool.architectures or host_type.architecture in pool.architectures)


def _charged(host_type: HostType, purchase: str, discounts: tuple[Discount, ...]) -> Decimal:
    """The share of the catalog's price that the best discount leaves."""
    found = (d.percent for d in discounts if d.fits(host_type.cloud, host_type.family, purchase))
    return 1 - Decimal(str(max(found, default=0))) / 100


def _off(listed: Decimal, charged: Decimal) -> Decimal:
    """A discounted price, to a millionth; the price itself where there is no discount."""
    return listed if charged == 1 else (listed * charged).quantize(MILLIONTH)


def _standing(host: Host, catalog: Catalog, topology: Topology, discounts: tuple[Discount, ...]) -> Offering:
    cloud = host.location.split("/")[0]
    known = catalog.type_of.get((cloud, host.host_type or ""))
    capacity = host.capacity or (known.capacity if known else host.allocatable)
    assert capacity is not None, "a host without any size is refused when the scenario is read"
    blank = HostType(cloud=cloud, name=host.host_type or host.name, capacity=capacity)
    machine = (known or blank).model_copy(update={"capacity": capacity})
    left = host.allocatable or host.platform.allocatable(machine, host.boot_disk)
    architecture = known.architecture if known else host.architecture
    name = host.type_name
    return Offering(
        pool=host.pool, location=host.location, host_type=name, architecture=architecture,
        purchase=host.purchase, per_hour=_price(host, machine, catalog, topology, discounts),
        allocatable=left.minus(host.overhead), capacity=capacity, runs=host.platform.runs,
        labels=_labels(name, architecture, host.purchase, host.location, host.pool, topology)
        | {"kubernetes.io/hostname": host.name} | host.labels,
        taints=host.taints, limit=1, host=host.name, releasable=host.releasable,
        gpu_model=known.gpu_model if known else None,
        platform=host.platform.kind, country=topology.country(host.location),
        reservations=reservations_of(host.platform),
    )  # fmt: skip


def _price(
    host: Host, machine: HostType, catalog: Catalog, topology: Topology, discounts: tuple[Discount, ...]
) -> Decimal:
    if host.owned is not None:
        return host.owned.per_hour
    if host.per_hour is not None:
        return host.per_hour
    region = (topology.ancestor(host.location, "region") or host.location).rpartition("/")[2]
    row = catalog.price_of.get((machine.cloud, region, host.host_type or "", host.purchase))
    return _off(row.per_hour, _charged(machine, host.purchase, discounts)) if row else Decimal(0)


Label = Literal["cloud", "region", "zone", "site", "rack"]
_LEVEL_LABELS: dict[Label, str] = {
    "cloud": "bayplan.io/cloud",
    "region": "topology.kubernetes.io/region",
    "zone": "topology.kubernetes.io/zone",
    "site": "bayplan.io/site",
    "rack": "bayplan.io/rack",
}


def _labels(
    host_type: str, architecture: str, purchase: str, location: str, pool: str, topology: Topology
) -> dict[str, str]:
    """The well-known labels a host carries (Kubernetes "Well-Known Labels")."""
    labels = {
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": architecture,
        "node.kubernetes.io/instance-type": host_type,
        "bayplan.io/purchase": purchase,
        "bayplan.io/pool": pool,
    }
    for level, label in _LEVEL_LABELS.items():
        domain = topology.ancestor(location, level)
        if domain is not None:
            labels[label] = domain.rpartition("/")[2]
    return labels
