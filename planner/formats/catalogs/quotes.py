"""Quotes: host types of a catalog with the price that fits a question, and what one gets for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cached_property

from models.catalog import HOURS_PER_MONTH, Architecture, Catalog, HostType, Price, Purchase
from models.platforms import Aks, Eks, Gke, Kubernetes, Platform
from models.references import nearest
from models.reports import Finding
from models.resources import Capacity
from planner.errors import InputError

BOOT_DISK = 100 * 2**30
_PLATFORMS: dict[str, Platform] = {"aws": Eks(kind="eks"), "azure": Aks(kind="aks"), "gcp": Gke(kind="gke")}


def natural_platform(cloud: str) -> Platform:
    """The platform one would run containers on in a cloud: its own, or plain Kubernetes."""
    return _PLATFORMS.get(cloud, Kubernetes())


@dataclass(frozen=True)
class Quote:
    """A host type with one price of it, or without any."""

    host_type: HostType
    price: Price | None

    @cached_property
    def allocatable(self) -> Capacity:
        """What workloads can use on the cloud's own platform, with a boot disk of 100 GiB."""
        return natural_platform(self.host_type.cloud).allocatable(self.host_type, BOOT_DISK)

    @property
    def per_hour(self) -> Decimal | None:
        """USD per hour."""
        return self.price.per_hour if self.price else None

    @property
    def per_month(self) -> Decimal | None:
        """USD for 730 hours."""
        return self.price.per_hour * HOURS_PER_MONTH if self.price else None

    @property
    def per_cpu_hour(self) -> Decimal | None:
        """USD per hour and vCPU."""
        return self.price.per_hour * 1000 / self.host_type.capacity.cpu if self.price else None

    @property
    def per_gib_hour(self) -> Decimal | None:
        """USD per hour and GiB of memory."""
        return self.price.per_hour * 2**30 / self.host_type.capacity.memory if self.price else None


@dataclass(frozen=True)
class Wanted:
    """What a question asks for; an empty tuple asks for anything.

    `regions` and `types` may use `*` and `?`. `cpu` is the least millicores, `memory` the least
    bytes.
    """

    clouds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    architectures: tuple[Architecture, ...] = ()
    purchases: tuple[Purchase, ...] = ("on_demand",)
    cpu: int = 0
    memory: int = 0

    def host_types(self, catalog: Catalog) -> list[HostType]:
        """The host types of a catalog that fit.

        Raises
        ------
        InputError
            If a cloud, region or type is asked for that the catalog does not know.
        """
        self._refuse_unknown(catalog)
        return [
            host_type
            for host_type in catalog.host_types
            if (not self.clouds or host_type.cloud in self.clouds)
            and _matches(host_type.name, self.types)
            and (not self.architectures or host_type.architecture in self.architectures)
            and host_type.capacity.cpu >= self.cpu
            and host_type.capacity.memory >= self.memory
        ]

    def covers(self, region: str) -> bool:
        """Whether a region is asked for."""
        return _matches(region, self.regions)

    def _refuse_unknown(self, catalog: Catalog) -> None:
        clouds = sorted({host_type.cloud for host_type in catalog.host_types})
        here = [host_type.name for host_type in catalog.host_types if host_type.cloud in (self.clouds or clouds)]
        regions = [region.name for region in catalog.regions if region.cloud in (self.clouds or clouds)]
        wrong = [
            *_unknown("cloud", self.clouds, clouds),
            *_unknown("region", self.regions, regions),
            *_unknown("type", self.types, here),
        ]
        if wrong:
            raise InputError("catalog", wrong)


def cheapest_quotes(catalog: Catalog, wanted: Wanted) -> list[Quote]:
    """One quote for each fitting host type: its cheapest wanted price.

    Types without such a price are quoted without one, unless regions are asked for.
    """
    prices: dict[tuple[str, str], Price] = {}
    for price in catalog.prices:
        if price.purchase in wanted.purchases and wanted.covers(price.region):
            key = (price.cloud, price.host_type)
            if key not in prices or price.per_hour < prices[key].per_hour:
                prices[key] = price
    quotes = [Quote(host, prices.get((host.cloud, host.name))) for host in wanted.host_types(catalog)]
    return [quote for quote in quotes if quote.price or not wanted.regions]


SORT_KEYS: dict[str, Callable[[Quote], tuple[bool, Decimal | str | int]]] = {
    "name": lambda quote: (False, quote.host_type.name),
    "cpu": lambda quote: (False, quote.host_type.capacity.cpu),
    "memory": lambda quote: (False, quote.host_type.capacity.memory),
    "price": lambda quote: _last_if_none(quote.per_hour),
    "per-cpu": lambda quote: _last_if_none(quote.per_cpu_hour),
    "per-memory": lambda quote: _last_if_none(quote.per_gib_hour),
}
"""Orders of quotes by name; quotes without a price come last."""


def _last_if_none(value: Decimal | None) -> tuple[bool, Decimal]:
    return value is None, value or Decimal(0)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _unknown(what: str, patterns: tuple[str, ...], known: list[str]) -> Iterator[Finding]:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in known):
            yield Finding((what,), repr(pattern), f"a {what} of the catalog", nearest(pattern, known))
