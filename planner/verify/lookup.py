"""What scenario and catalog say of a host: looked up here once more, not taken from the planner."""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal
from fnmatch import fnmatchcase

from models.catalog import Catalog, HostType
from models.host import Host, HostPool
from models.money import Discount
from models.plan import PlannedHost
from models.platforms import reservations_of
from models.resources import Capacity
from models.scenario import Scenario
from models.supply import Offering
from models.topology import Level, Topology

LEVEL_LABELS: dict[Level, str] = {
    "cloud": "bayplan.io/cloud",
    "region": "topology.kubernetes.io/region",
    "zone": "topology.kubernetes.io/zone",
    "site": "bayplan.io/site",
    "rack": "bayplan.io/rack",
}


class Lookup:
    """Finds the offering (or the standing host) that a planned host claims to be.

    Equal hosts share one `Offering` object, so that what holds for one of them is asked once.
    """

    def __init__(self, scenario: Scenario, catalog: Catalog, topology: Topology) -> None:
        self.pools = {pool.name: pool for pool in scenario.spec.pools}
        self.hosts = {host.name: host for host in scenario.spec.hosts}
        self._catalog = catalog
        self._discounts: tuple[Discount, ...] = scenario.spec.discounts
        self._topology = topology
        self._found: dict[Hashable, Offering] = {}
        self._said: dict[Hashable, Offering | None] = {}

    def facts(self, planned: PlannedHost) -> Offering | None:
        """All that is known of a planned host, None where no such host can be."""
        if planned.standing:
            host = self.hosts.get(planned.name)
            return self._standing(host) if host else None
        said = planned.pool, planned.location, planned.host_type, planned.purchase, planned.per_hour
        if said not in self._said:
            pool, host_type = self.pools.get(planned.pool), self.host_type(planned)
            self._said[said] = self._opened(pool, host_type, planned) if pool and host_type else None
        return self._said[said]

    def host_type(self, planned: PlannedHost) -> HostType | None:
        """The row of the catalog for a planned host's type."""
        return self._catalog.type_of.get((planned.cloud, planned.host_type))

    def price(self, planned: PlannedHost, pool: HostPool | None) -> tuple[Decimal, Decimal] | None:
        """Per hour and upfront, of a host of one's own or by the catalog; None where neither states a price."""
        if pool and pool.owned and planned.purchase == "owned":
            return pool.owned.per_hour, pool.owned.capex
        return self._listed(planned.location, planned.host_type, planned.purchase)

    def _listed(self, location: str, host_type: str, purchase: str) -> tuple[Decimal, Decimal] | None:
        """Per hour and upfront by the catalog, less the largest discount."""
        cloud, region = location.split("/")[0], self._topology.ancestor(location, "region") or location
        row = self._catalog.price_of.get((cloud, region.rpartition("/")[2], host_type, purchase))
        if row is None:
            return None
        known = self._catalog.type_of.get((cloud, host_type))
        percents = [d.percent for d in self._discounts if d.fits(cloud, known.family if known else "", purchase)]
        if not percents:
            return row.per_hour, row.upfront
        factor = (100 - Decimal(str(max(percents)))) / 100
        return round(row.per_hour * factor, 6), round(row.upfront * factor, 6)

    def _opened(self, pool: HostPool, host_type: HostType, planned: PlannedHost) -> Offering:
        where, purchase = planned.location, planned.purchase
        # No price at all: `host` reports it.
        per_hour, upfront = self.price(planned, pool) or (planned.per_hour, Decimal(0))
        key = (pool.name, where, host_type.name, purchase, per_hour)
        if key not in self._found:
            labels = self._labels(host_type.name, host_type.architecture, purchase, where, pool.name)
            self._found[key] = Offering(
                pool=pool.name, location=where, host_type=host_type.name, architecture=host_type.architecture,
                purchase=purchase, per_hour=per_hour, upfront=upfront, capacity=host_type.capacity,
                runs=pool.platform.runs,
                allocatable=pool.platform.allocatable(host_type, pool.boot_disk).minus(pool.overhead),
                labels=labels | pool.labels, taints=pool.taints, limit=pool.max_hosts,
                gpu_model=host_type.gpu_model,
                platform=pool.platform.kind, country=self._topology.country(where),
                reservations=reservations_of(pool.platform),
            )  # fmt: skip
        return self._found[key]

    def _standing(self, host: Host) -> Offering:
        key = ("standing", host.name)
        if key not in self._found:
            known = self._catalog.type_of.get((host.location.split("/")[0], host.host_type or ""))
            name = host.type_name
            architecture = known.architecture if known else host.architecture
            own = {"kubernetes.io/hostname": host.name} | host.labels
            self._found[key] = Offering(
                pool=host.pool, location=host.location, host_type=name, architecture=architecture,
                purchase=host.purchase, per_hour=self._price_of(host),
                capacity=_machine(host, known).capacity, runs=host.platform.runs,
                allocatable=_left(host, known).minus(host.overhead),
                labels=self._labels(name, architecture, host.purchase, host.location, host.pool) | own,
                taints=host.taints, limit=1, host=host.name, releasable=host.releasable,
                gpu_model=known.gpu_model if known else None,
                platform=host.platform.kind, country=self._topology.country(host.location),
                reservations=reservations_of(host.platform),
            )  # fmt: skip
        return self._found[key]

    def _price_of(self, host: Host) -> Decimal:
        """What a standing host costs an hour: what it says itself, or else the catalog; 0 where neither does."""
        stated = host.owned.per_hour if host.owned else host.per_hour
        listed = self._listed(host.location, host.host_type or "", host.purchase)
        return stated if stated is not None else listed[0] if listed else Decimal(0)

    def _labels(self, host_type: str, architecture: str, purchase: str, location: str, pool: str) -> dict[str, str]:
        """The labels a host carries of itself (Kubernetes "Well-Known Labels, Annotations and Taints")."""
        domains = {label: self._topology.ancestor(location, level) for level, label in LEVEL_LABELS.items()}
        return {
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": architecture,
            "node.kubernetes.io/instance-type": host_type,
            "bayplan.io/purchase": purchase,
            "bayplan.io/pool": pool,
        } | {label: domain.rpartition("/")[2] for label, domain in domains.items() if domain}


def admits_type(pool: HostPool, host_type: HostType) -> bool:
    """Whether a pool may open hosts of a type."""
    named = any(fnmatchcase(host_type.name, pattern) for pattern in pool.host_types)
    return named and (not pool.architectures or host_type.architecture in pool.architectures)


def _machine(host: Host, known: HostType | None) -> HostType:
    """A standing host as a host type: its own capacity comes before the catalog's."""
    capacity = host.capacity or (known.capacity if known else host.allocatable)
    assert capacity is not None, "a host without any size is refused when the scenario is read"
    if known:
        return known.model_copy(update={"capacity": capacity})
    return HostType(cloud=host.location.split("/")[0], name=host.host_type or host.name, capacity=capacity)


def _left(host: Host, known: HostType | None) -> Capacity:
    return host.allocatable or host.platform.allocatable(_machine(host, known), host.boot_disk)
