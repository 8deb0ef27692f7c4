"""Egress tariffs: what traffic out of a place costs, by tiers of the month's sum."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import inf
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen
from models.topology import Topology

EgressScope = Literal["zone", "region", "cloud", "internet"]
"""What traffic crosses: zones of one region, regions of one cloud, clouds, or the way to users."""


class Tier(Frozen):
    """A step of a tariff: every GB up to `up_to_gb` in the month costs `per_gb` USD (None: all the rest)."""

    up_to_gb: float | None = Field(default=None, gt=0)
    per_gb: Annotated[Decimal, Field(ge=0)]


def _tiers(value: Any) -> Any:
    return [{"per_gb": value}] if isinstance(value, int | float | str | Decimal) else value


class EgressTariff(Frozen):
    """What traffic out of a cloud (or one region of it) costs, by GB, summed per month.

    `scope`: what the traffic crosses. One account pays for all of a cloud; all its traffic that one row
    speaks of adds up through the row's tiers: a row of one region for that region alone, a row without
    a region for the whole cloud. Traffic between zones is charged in each direction, to who sends and
    to who receives, unless `both_ends` says otherwise; other traffic is charged to who sends.
    """

    cloud: str
    scope: EgressScope
    region: str | None = Field(default=None, description="the source region; every region where left out")
    to_region: str | None = Field(default=None, description="the destination region, for scope region")
    tiers: Annotated[tuple[Tier, ...], BeforeValidator(_tiers)] = Field(min_length=1)
    both_ends: bool | None = Field(default=None, description="receiving costs as much as sending; so between zones")
    currency: str = "USD"
    as_of: str = ""
    source: str = ""

    @field_validator("tiers")
    @classmethod
    def _ascending(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        steps = [inf if tier.up_to_gb is None else tier.up_to_gb for tier in tiers]
        if steps[-1] != inf or steps != sorted(set(steps)):
            raise PydanticCustomError("tiers", "expected ascending up_to_gb, and the last tier without one", {})
        return tiers

    @property
    def times(self) -> int:
        """How often every GB is charged: once, or at both ends."""
        return 2 if (self.scope == "zone" if self.both_ends is None else self.both_ends) else 1

    @property
    def free(self) -> bool:
        """Whether no amount of traffic costs anything."""
        return not any(tier.per_gb for tier in self.tiers)

    def cost(self, gb: float) -> Decimal:
        """The price in USD of `gb` in one month: marginal by tier."""
        total, low, left = Decimal(0), Decimal(0), Decimal(str(gb))
        for tier in self.tiers:
            width = left if tier.up_to_gb is None else min(left, Decimal(str(tier.up_to_gb)) - low)
            total += width * tier.per_gb
            left -= width
            low += width
            if left <= 0:
                break
        return total


class Tariffs:
    """Finds the tariff of a crossing: the most specific row first.

    Rows of a region and its destination come before those of the region, and these before those of the whole
    cloud. Traffic to another cloud goes by the way to users where no row of scope `cloud` says otherwise.

    Parameters
    ----------
    rows : iterable of EgressTariff
    topology : Topology
        Tells the zone, region and cloud of a location.
    """

    def __init__(self, rows: Iterable[EgressTariff], topology: Topology) -> None:
        self._rows = {(row.cloud, row.scope, row.region, row.to_region): row for row in rows}
        self._topology = topology

    def between(self, here: str, there: str) -> EgressTariff | None:
        """The tariff of traffic from one location to another; None where it is free or nobody states one."""
        match self.crossed(here, there):
            case "zone":
                return self.across_zones(here)
            case "region":
                return self._find("region", here, self._region(there))
            case "cloud":
                return self._find("cloud", here) or self._find("internet", here)
        return None

    def to_users(self, here: str) -> EgressTariff | None:
        """The tariff of traffic from a location to users; None where nobody states one."""
        return self._find("internet", here)

    def across_zones(self, here: str) -> EgressTariff | None:
        """The tariff of traffic from a location to other zones of its region; None where nobody states one."""
        return self._find("zone", here)

    def crossed(self, here: str, there: str) -> EgressScope | None:
        """The widest border between two locations; None inside a zone, or where no zones are known."""
        if here.split("/")[0] != there.split("/")[0]:
            return "cloud"
        if self._region(here) != self._region(there):
            return "region"
        zones = self._topology.ancestor(here, "zone"), self._topology.ancestor(there, "zone")
        return "zone" if None not in zones and zones[0] != zones[1] else None

    def _region(self, location: str) -> str:
        return (self._topology.ancestor(location, "region") or location).rpartition("/")[2]

    def _find(self, scope: EgressScope, here: str, to_region: str | None = None) -> EgressTariff | None:
        cloud, region = here.split("/")[0], self._region(here)
        keys = ((cloud, scope, region, to_region), (cloud, scope, region, None), (cloud, scope, None, None))
        return next((self._rows[key] for key in keys if key in self._rows), None)
