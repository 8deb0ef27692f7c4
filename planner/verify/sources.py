"""Where claims take their volumes from: on each host the cheapest of their classes that is had there."""

from __future__ import annotations

from decimal import Decimal

from models.catalog import Catalog
from models.scenario import Scenario
from models.storage import StorageClass, StoragePool
from models.topology import is_within
from models.workload import VolumeClaim

Source = StorageClass | StoragePool


class Sources:
    """Where each claim takes its volumes from.

    Parameters
    ----------
    scenario : Scenario
    catalog : Catalog
    """

    def __init__(self, scenario: Scenario, catalog: Catalog) -> None:
        self._known: dict[str, Source] = {row.name: row for row in catalog.storage_classes}
        self._known |= {pool.name: pool for pool in scenario.spec.storage_pools}
        self._found: dict[tuple[VolumeClaim, str], Source | None] = {}

    def asks(self, claim: VolumeClaim) -> bool:
        """Whether a claim names a class or pool that is known; other names ask for nothing."""
        return any(name in self._known for name in claim.storage_class)

    def of(self, claim: VolumeClaim, location: str) -> Source | None:
        """What a claim takes at a location, None where none of its classes can be had there.

        The cheapest; one without a price only where there is no other, and of equally cheap ones the first.
        """
        key = (claim, location)
        if key not in self._found:
            had = [source for source in self._named(claim) if self._serves(source, claim, location)]
            self._found[key] = min(had, key=lambda source: _rank(source, claim), default=None)
        return self._found[key]

    def per_hour(self, claim: VolumeClaim, location: str) -> Decimal:
        """What one volume costs there in an hour; volumes of pools are paid with the hosts."""
        source = self.of(claim, location)
        return source.per_hour(claim.size, claim.iops, claim.mbps) if isinstance(source, StorageClass) else Decimal(0)

    def _named(self, claim: VolumeClaim) -> list[Source]:
        return [self._known[name] for name in claim.storage_class if name in self._known]

    def _serves(self, source: Source, claim: VolumeClaim, location: str) -> bool:
        if isinstance(source, StoragePool):
            slow = source.max_iops_per_volume is not None and claim.iops > source.max_iops_per_volume
            return not slow and is_within(location, source.protection_domain)
        if source.scope == "host" and not all(_is_local(self._known.get(name)) for name in claim.storage_class):
            return False  # a claim on local disks names nothing else
        here = source.cloud is None or is_within(location, source.cloud)
        return here and source.serves(claim.size, claim.iops, claim.mbps)


def _is_local(source: Source | None) -> bool:
    return isinstance(source, StorageClass) and source.scope == "host"


def _rank(source: Source, claim: VolumeClaim) -> tuple[bool, Decimal]:
    if isinstance(source, StoragePool):
        return False, Decimal(0)
    return source.unpriced, source.per_month(claim.size, claim.iops, claim.mbps)
