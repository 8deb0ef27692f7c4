"""Standing hosts as a table: one row a host, or one row for `count` equal hosts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from pydantic import TypeAdapter

from models.host import Host
from planner.formats.loss import LossReport
from planner.formats.tables.columns import (
    CellError,
    Column,
    flag,
    guarded,
    mapping,
    memory,
    plain_text,
    taints,
    written_mapping,
    written_memory,
    written_taints,
)
from planner.formats.tables.rows import read_rows
from planner.formats.tables.sheet import Row, Sheet, read_sheet
from planner.formats.tables.workloads import BYTE_UNITS
from planner.formats.tables.writing import write_table

_MOST = 100_000


def _count(cell: str) -> int:
    if not cell.isdigit() or not 1 <= int(cell) <= _MOST:
        raise CellError(repr(cell), f"a whole number from 1 to {_MOST:,}")
    return int(cell)


COLUMNS = (
    Column("name", ("name",), ("host", "hostname", "node", "server", "machine"), plain_text, guarded),
    Column("location", ("location",), ("zone", "domain", "site", "availability_zone"), plain_text, guarded),
    Column("host_type", ("host_type",), ("type", "instance_type", "vm_size", "machine_type", "flavor", "model"),
           plain_text, guarded),
    Column("architecture", ("architecture",), ("arch",)),
    Column("cpu", ("capacity", "cpu"), ("vcpu", "vcpus", "cpus", "cores", "threads")),
    Column("memory", ("capacity", "memory"), ("mem", "ram"), memory, written_memory, BYTE_UNITS),
    Column("gpu", ("capacity", "gpu"), ("gpus",)),
    Column("ephemeral_storage", ("capacity", "ephemeral_storage"), ("ephemeral", "scratch", "ephemeral_disk"),
           memory, written_memory, BYTE_UNITS),
    Column("local_disk", ("capacity", "local_disk"), ("local_storage", "instance_store", "nvme"),
           memory, written_memory, BYTE_UNITS),
    Column("network", ("capacity", "network"), ("network_mbit", "mbit_s", "mbit_per_s", "bandwidth_mbit")),
    Column("pods", ("capacity", "pods"), ("max_pods",)),
    Column("volumes", ("capacity", "volumes"), ("max_volumes", "disks")),
    Column("iops", ("capacity", "iops"), ("max_iops",)),
    Column("mbps", ("capacity", "mbps"), ("max_mbps", "throughput")),
    Column("pool", ("pool",), ("node_pool", "nodepool", "node_group", "nodegroup"), plain_text, guarded),
    Column("platform", ("platform", "kind")),
    Column("purchase", ("purchase",), ("purchase_option", "pricing")),
    Column("per_hour", ("per_hour",), ("price", "price_per_hour", "cost_per_hour", "usd_per_hour")),
    Column("labels", ("labels",), ("tags",), mapping, written_mapping),
    Column("taints", ("taints",), (), taints, written_taints),
    Column("runs", ("runs",), ("running", "workloads"), mapping, written_mapping),
    Column("releasable", ("releasable",), (), flag, lambda value: str(value).lower()),
    Column("count", ("count",), ("quantity",), _count),
)  # fmt: skip

_HOST: TypeAdapter[Host] = TypeAdapter(Host)


def read_hosts(path: str | Path) -> tuple[tuple[Host, ...], LossReport]:
    """Read standing hosts from a CSV file (`-`: standard input).

    A row with a `count` of n stands for the hosts NAME-1 to NAME-n; what it `runs` runs on each
    of them. A column with a `/` in its name is an extended resource of the capacity.

    Raises
    ------
    InputError
        With every wrong cell, by row and column.
    """
    sheet = read_sheet(path, COLUMNS, ("capacity",))
    return read_rows(_repeated(sheet), _HOST, Host), sheet.losses


def _repeated(sheet: Sheet) -> Sheet:
    rows: list[Row] = []
    for row in sheet.rows:
        count = row.data.get("count")
        one = {key: value for key, value in row.data.items() if key != "count"}
        named = (
            [one] if count is None else [{**one, "name": f"{one.get('name', 'host')}-{n + 1}"} for n in range(count)]
        )
        rows.extend(Row(row.number, data) for data in named)
    return replace(sheet, rows=tuple(rows))


def write_hosts(hosts: Sequence[Host], target: str | Path | TextIO) -> LossReport:
    """Write standing hosts as a CSV file; what a flat table cannot hold stands in the loss report."""
    rows = [_row(host) for host in hosts]
    return write_table(rows, COLUMNS, "capacity", target)


def _row(host: Host) -> dict[str, Any]:
    row = host.model_dump(mode="json", exclude_defaults=True)
    if "platform" in row:
        row["platform"] = {"kind": host.platform.kind, **row["platform"]}
    return row
