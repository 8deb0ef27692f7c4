"""What the tables of `bayplan catalog` hold: rows of plain values, and their columns."""

from __future__ import annotations

from datetime import date
from typing import Any

from models.catalog import HOURS_PER_MONTH, HostType, Price
from models.resources import CPU, EPHEMERAL_STORAGE, GPU, LOCAL_DISK, MEMORY, NAMES, Capacity
from planner.cli.output import Column, Row, decimals
from planner.formats.catalogs.checks import CatalogFinding, describe_age
from planner.formats.catalogs.quotes import BOOT_DISK, Quote


def quote_row(quote: Quote) -> dict[str, Any]:
    """A quote; memory in GiB, prices in USD."""
    host_type, left = quote.host_type, quote.allocatable
    return {
        "cloud": host_type.cloud,
        "host_type": host_type.name,
        "family": host_type.family,
        "category": host_type.category,
        "architecture": host_type.architecture,
        "cpu": host_type.capacity.cpu / 1000,
        "memory_gib": host_type.capacity.memory / 2**30,
        "gpu": host_type.capacity.gpu // 1000,
        "gpu_model": host_type.gpu_model,
        "allocatable_cpu": left.cpu / 1000,
        "allocatable_memory_gib": round(left.memory / 2**30, 3),
        "pods": left.pods,
        "volumes": left.volumes,
        "iops": left.iops,
        "mbps": left.mbps,
        "network": host_type.capacity.network,
        "per_cpu_hour": quote.per_cpu_hour and round(quote.per_cpu_hour, 6),
        "per_gib_hour": quote.per_gib_hour and round(quote.per_gib_hour, 6),
    } | price_row(quote.price)


def price_row(price: Price | None) -> dict[str, Any]:
    """A price, all blank where there is none."""
    return {
        "region": price and price.region,
        "purchase": price and price.purchase,
        "per_hour": price and price.per_hour,
        "per_month": price and price.per_hour * HOURS_PER_MONTH,
        "interruption": price and price.interruption,
        "quality": price and price.quality,
        "as_of": price and price.as_of,
        "age": price and describe_age(price.as_of, date.today()),
        "source": price and price.source,
    }


def finding_row(finding: CatalogFinding) -> dict[str, Any]:
    """A finding of a check."""
    hint = f" - did you mean {finding.nearest!r}?" if finding.nearest else ""
    return {
        "severity": finding.severity,
        "check": finding.check,
        "place": finding.place,
        "found": finding.found,
        "expected": finding.expected + hint,
    }


def shape_rows(host_type: HostType, left: Capacity) -> list[Row]:
    """The machine beside what workloads can use of it, resource by resource."""
    titles = {
        CPU: "vCPU", GPU: host_type.gpu_model or "GPU", MEMORY: "memory GiB",
        EPHEMERAL_STORAGE: f"boot disk GiB (of {BOOT_DISK // 2**30})",
        "pods": "pods", "volumes": "data volumes", "iops": "volume IOPS", "mbps": "volume MB/s",
        "network": "network Mbit/s", LOCAL_DISK: "local disk GiB",
    }  # fmt: skip
    per_unit = {CPU: 1000, GPU: 1000, MEMORY: 2**30, EPHEMERAL_STORAGE: 2**30, LOCAL_DISK: 2**30}
    has, usable = host_type.capacity.amounts(), left.amounts()

    def amount(amounts: dict[str, int], name: str) -> float | None:
        return amounts[name] / per_unit.get(name, 1) if name in amounts else None

    rows: list[Row] = [
        {"resource": titles[name], "machine": amount(has, name), "usable": amount(usable, name)}
        for name in NAMES
        if has.get(name) or usable.get(name)
    ]
    other = {
        "network interfaces": host_type.nics,
        "addresses per interface": host_type.addresses_per_nic,
        "GPU memory GiB": host_type.gpu_memory / 2**30,
    }
    return rows + [{"resource": title, "machine": value} for title, value in other.items() if value]


def _warned(row: Row) -> str:
    return "yellow" if row.get("quality") == "dated" else ""


def _size(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def shape_columns(platform: str) -> list[Column]:
    """The columns of a shape: the machine, and what is left on a platform."""
    machine = Column("machine", "machine", True, write=_size)
    return [Column("resource", ""), machine, Column("usable", f"usable on {platform}", True, write=_size)]


_TYPE = [Column("cloud", "cloud"), Column("host_type", "type")]
_PRICED = [
    Column("region", "region"),
    Column("as_of", "price of", wide=True),
    Column("age", "age", True, style=_warned),
    Column("quality", "quality", style=_warned),
    Column("source", "source", wide=True),
]
LIST_COLUMNS = [
    *_TYPE,
    Column("family", "family", wide=True),
    Column("category", "category", wide=True),
    Column("architecture", "arch", spare=True),
    Column("cpu", "vCPU", True, write=_size),
    Column("memory_gib", "GiB", True, write=_size),
    Column("gpu", "GPU", True, wide=True),
    Column("gpu_model", "GPU model", wide=True),
    Column("volumes", "volumes", True, spare=True),
    Column("iops", "IOPS", True, wide=True),
    Column("mbps", "MB/s", True, wide=True),
    Column("network", "Mbit/s", True, wide=True),
    Column("purchase", "purchase", wide=True),
    Column("per_hour", "USD/h", True, write=decimals(4)),
    Column("per_month", "USD/month", True, write=decimals(2), spare=True),
    *_PRICED,
]
COMPARE_COLUMNS = [
    *_TYPE,
    Column("cpu", "vCPU", True, write=_size),
    Column("memory_gib", "GiB", True, write=_size),
    Column("allocatable_cpu", "usable vCPU", True, write=decimals(2), best="most"),
    Column("allocatable_memory_gib", "usable GiB", True, write=decimals(1), best="most"),
    Column("pods", "pods", True, best="most", spare=True),
    Column("volumes", "volumes", True, best="most", spare=True),
    Column("per_hour", "USD/h", True, write=decimals(4), best="least"),
    Column("per_month", "USD/month", True, write=decimals(2), best="least", spare=True),
    Column("per_cpu_hour", "USD/h/vCPU", True, write=decimals(5), best="least"),
    Column("per_gib_hour", "USD/h/GiB", True, write=decimals(5), best="least"),
    Column("purchase", "purchase", wide=True),
    *_PRICED,
]
PRICE_COLUMNS = [
    Column("region", "region"),
    Column("purchase", "purchase"),
    Column("per_hour", "USD/h", True, write=decimals(4), best="least"),
    Column("per_month", "USD/month", True, write=decimals(2), best="least"),
    Column("interruption", "reclaimed/month", True),
    Column("as_of", "price of"),
    Column("age", "age", True, style=_warned),
    Column("quality", "quality", style=_warned),
    Column("source", "source", wide=True),
]
CHECK_COLUMNS = [
    Column("severity", "severity", style=lambda row: "bold red" if row["severity"] == "error" else "yellow"),
    Column("check", "check"),
    Column("place", "place"),
    Column("found", "found"),
    Column("expected", "expected"),
]
