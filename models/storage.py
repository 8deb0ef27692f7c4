"""Storage: classes of volumes, and software-defined pools on hosts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from models.base import Frozen, Name
from models.units import HOURS_PER_MONTH, Bytes, Count

GB = 2**30
"""Clouds bill block storage by the GiB and call it GB."""
Usd = Annotated[Decimal, Field(ge=0)]


class StorageClass(Frozen):
    """A kind of block volume: where it can be attached, what it can do, what it costs.

    `scope` is how far a volume can follow its container: within its zone, its region, or on one
    host only (`host`: a local disk, which pins it, takes `local_disk` of its host, and is paid with the
    host unless it states a price). `cloud` None: available everywhere. Sizes are billed in steps.

    A volume brings `included_iops`, or `iops_per_gb` of its size, whichever is more, and
    `included_mbps`. What it needs beyond is paid (`per_iops_month`, `per_mbps_month`), up to `max_iops`
    and `max_mbps`; where operations have no price of their own, they are bought by size: the volume
    is made as large as brings them. `writers` and `copies` say what the class can do and are recorded
    for imports: every claim is one replica's own, so one writer is all that a plan asks for.
    """

    name: Name
    cloud: str | None = None
    scope: Literal["host", "zone", "region", "cloud", "any"] = "zone"
    media: str = ""
    smallest: Bytes | None = None
    largest: Bytes | None = None
    size_step: Bytes = Field(default=GB, gt=0)
    included_iops: Count = 0
    iops_per_gb: float = Field(default=0, ge=0)
    max_iops: Count | None = None
    per_iops_month: Usd | None = None
    included_mbps: Count = 0
    max_mbps: Count | None = None
    per_mbps_month: Usd | None = None
    per_gb_month: Usd | None = None
    writers: Literal["one", "many"] = "one"
    copies: PositiveInt = Field(default=1, description="copies it keeps by itself")
    currency: str = "USD"
    as_of: str = ""
    source: str = ""

    @property
    def local(self) -> bool:
        """Whether its volumes are disks of their hosts."""
        return self.scope == "host"

    @property
    def unpriced(self) -> bool:
        """Whether it costs something that nobody states."""
        return self.per_gb_month is None and not self.local

    def billed_gb(self, size: int, iops: int = 0) -> int:
        """The size that is billed, in GiB: at least the smallest and what brings the operations, in whole steps."""
        asked = max(size, self.smallest or 0, self._size_for(iops))
        return -(-(-(-asked // self.size_step) * self.size_step) // GB)

    def _size_for(self, iops: int) -> int:
        """Bytes that bring so many operations/s; 0 where they come with any size or are paid apart."""
        if self.per_iops_month is not None or not self.iops_per_gb or iops <= self.included_iops:
            return 0
        return ceil(iops / self.iops_per_gb) * GB

    def serves(self, size: int, iops: int, mbps: int) -> bool:
        """Whether a volume of `size` bytes with so many operations/s and MB/s can be had."""
        return (
            (self.largest is None or max(size, self._size_for(iops)) <= self.largest)
            and (self.max_iops is None or iops <= self.max_iops)
            and (self.max_mbps is None or mbps <= self.max_mbps)
        )

    def per_month(self, size: int, iops: int, mbps: int) -> Decimal:
        """What one volume costs in a month; 0 where the class has no price."""
        gb = self.billed_gb(size, iops)
        more_iops = max(0, iops - max(self.included_iops, int(self.iops_per_gb * gb)))
        more_mbps = max(0, mbps - self.included_mbps)
        return (
            gb * (self.per_gb_month or Decimal(0))
            + more_iops * (self.per_iops_month or Decimal(0))
            + more_mbps * (self.per_mbps_month or Decimal(0))
        )

    def per_hour(self, size: int, iops: int, mbps: int) -> Decimal:
        """What one volume costs in an hour of a month of 730, to a millionth."""
        return (self.per_month(size, iops, mbps) / HOURS_PER_MONTH).quantize(Decimal("0.000001"))


class StoragePool(Frozen):
    """Software-defined storage on the disks of hosts, as ScaleIO/PowerFlex: claims name it as their class.

    Volumes of the pool attach to hosts inside `protection_domain` (a domain's path). Each takes its size
    in whole steps, times `copies`, of the raw capacity that the rebuild reserve leaves, and costs
    nothing beside the hosts. A claim of more than `max_iops_per_volume` cannot be served;
    `max_iops_per_host` is what the volumes of the pool on one host may ask for together.
    """

    name: Name
    protection_domain: str
    raw_capacity: Bytes
    copies: PositiveInt = 2
    rebuild_reserve: float = Field(default=0.1, ge=0, lt=1, description="share kept free to rebuild after a loss")
    size_step: Bytes = Field(default=8 * GB, gt=0)
    max_iops_per_volume: Count | None = None
    max_iops_per_host: Count | None = None

    @property
    def usable(self) -> int:
        """Bytes for volumes and their copies together."""
        return int(self.raw_capacity * (1 - Fraction(str(self.rebuild_reserve))))

    def taken(self, size: int) -> int:
        """Bytes that one volume takes of the pool, all copies."""
        return -(-size // self.size_step) * self.size_step * self.copies
