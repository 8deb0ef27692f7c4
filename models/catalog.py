"""The catalog: host types, regions, prices and storage classes, each row with its source."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from models.base import Frozen, Name
from models.egress import EgressTariff
from models.resources import Capacity
from models.storage import StorageClass
from models.topology import DomainNode
from models.units import HOURS_PER_MONTH as HOURS_PER_MONTH
from models.units import Bytes, Count

Purchase = Literal[
    "on_demand", "spot", "owned",
    "reserved_1y", "reserved_3y", "savings_1y", "savings_3y", "committed_1y", "committed_3y",
]  # fmt: skip
PURCHASES: tuple[str, ...] = (
    "on_demand", "spot", "owned",
    "reserved_1y", "reserved_3y", "savings_1y", "savings_3y", "committed_1y", "committed_3y",
)  # fmt: skip
Quality = Literal["list", "derived", "dated", "user"]
Architecture = Literal["amd64", "arm64"]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=6)]
"""USD, exact to a millionth."""


_Row = TypeVar("_Row")


class HostType(Frozen):
    """A size of host that a cloud (or one's own data centre) offers.

    `capacity` is the machine itself, before any platform's reservations; its `volumes` is the
    most data volumes that can be attached, which `nics` share where `volumes_share_nics` holds.
    """

    cloud: Name
    name: Name
    family: str = ""
    category: str = ""
    architecture: Architecture = "amd64"
    capacity: Capacity
    gpu_model: str | None = None
    gpu_memory: Bytes = 0
    watts: float | None = Field(default=None, ge=0, description="power drawn at half load")
    nics: Count | None = None
    addresses_per_nic: Count | None = None
    volumes_share_nics: bool = False
    as_of: str = ""
    source: str = ""


class Region(Frozen):
    """A region of a cloud with its zones."""

    cloud: Name
    name: Name
    display_name: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    zones: tuple[Name, ...] = Field(min_length=1)
    grams_per_kwh: float | None = Field(default=None, ge=0, description="carbon intensity of its grid, gCO2e per kWh")
    source: str = ""

    @property
    def path(self) -> str:
        """The path of the region's domain."""
        return f"{self.cloud}/{self.name}"

    def tree(self) -> DomainNode:
        """The region as a tree under its cloud."""
        zones = tuple(DomainNode(name=zone, level="zone") for zone in self.zones)
        region = DomainNode(
            name=self.name, level="region", children=zones, country=self.country,
            latitude=self.latitude, longitude=self.longitude, grams_per_kwh=self.grams_per_kwh,
        )  # fmt: skip
        return DomainNode(name=self.cloud, level="cloud", children=(region,))


class Price(Frozen):
    """The price of a host type in a region under a purchase option, in USD per hour."""

    cloud: Name
    region: Name
    host_type: Name
    purchase: Purchase = "on_demand"
    per_hour: Money
    interruption: str | None = Field(default=None, description="how often spot hosts are reclaimed a month")
    upfront: Money = Field(default=Decimal(0), description="paid at the start of the term; spread over it in per_hour")
    currency: str = "USD"
    quality: Quality = "user"
    as_of: date
    source: str = ""


class Catalog(Frozen):
    """Everything that can be rented or owned, with prices."""

    host_types: tuple[HostType, ...] = ()
    regions: tuple[Region, ...] = ()
    prices: tuple[Price, ...] = ()
    storage_classes: tuple[StorageClass, ...] = ()
    egress: tuple[EgressTariff, ...] = ()

    @cached_property
    def type_of(self) -> dict[tuple[str, str], HostType]:
        """Host types by (cloud, name)."""
        return {(item.cloud, item.name): item for item in self.host_types}

    @cached_property
    def price_of(self) -> dict[tuple[str, str, str, str], Price]:
        """Prices by (cloud, region, host type, purchase)."""
        return {(item.cloud, item.region, item.host_type, item.purchase): item for item in self.prices}

    @cached_property
    def storage_class_of(self) -> dict[str, StorageClass]:
        """Storage classes by name."""
        return {item.name: item for item in self.storage_classes}

    def extended_by(self, other: Catalog) -> Catalog:
        """Lay another catalog over it: rows with the same key are replaced."""
        return Catalog.model_construct(
            host_types=_laid(self.host_types, other.host_types, lambda r: (r.cloud, r.name)),
            regions=_laid(self.regions, other.regions, lambda r: (r.cloud, r.name)),
            prices=_laid(self.prices, other.prices, lambda r: (r.cloud, r.region, r.host_type, r.purchase)),
            storage_classes=_laid(self.storage_classes, other.storage_classes, lambda r: r.name),
            egress=_laid(self.egress, other.egress, lambda r: (r.cloud, r.scope, r.region, r.to_region)),
        )


def _laid(mine: tuple[_Row, ...], theirs: tuple[_Row, ...], key: Callable[[_Row], Hashable]) -> tuple[_Row, ...]:
    return tuple({key(row): row for row in (*mine, *theirs)}.values())
