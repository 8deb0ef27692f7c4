"""Workloads as a table: one row a workload, with at most one volume a replica."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from pydantic import TypeAdapter

from models.workload import Workload
from planner.formats.loss import LossReport
from planner.formats.tables.columns import Column, guarded, mapping, memory, plain_text, written_mapping, written_memory
from planner.formats.tables.rows import read_rows
from planner.formats.tables.sheet import read_sheet
from planner.formats.tables.writing import write_table

BYTE_UNITS = {"gib": "Gi", "mib": "Mi", "tib": "Ti", "gb": "G", "mb": "M", "tb": "T"}

COLUMNS = (
    Column("name", ("name",), ("workload", "service", "app", "application", "component"), plain_text, guarded),
    Column("kind", ("kind",), ("type", "workload_kind", "workload_type")),
    Column("replicas", ("replicas",), ("instances", "count", "copies", "quantity", "replica_count")),
    Column("completions", ("completions",)),
    Column("parallelism", ("parallelism",)),
    Column("cpu", ("requests", "cpu"), ("vcpu", "vcpus", "cpus", "cores", "cpu_request", "cpu_requests")),
    Column("memory", ("requests", "memory"), ("mem", "ram", "memory_request", "memory_requests"),
           memory, written_memory, BYTE_UNITS),
    Column("gpu", ("requests", "gpu"), ("gpus",)),
    Column("ephemeral_storage", ("requests", "ephemeral_storage"), ("ephemeral", "scratch", "ephemeral_disk"),
           memory, written_memory, BYTE_UNITS),
    Column("local_disk", ("requests", "local_disk"), ("local_storage", "instance_store", "nvme"),
           memory, written_memory, BYTE_UNITS),
    Column("network", ("requests", "network"), ("network_mbit", "mbit_s", "mbit_per_s", "bandwidth_mbit")),
    Column("cpu_limit", ("limits", "cpu"), ("limit_cpu", "cpu_limits")),
    Column("memory_limit", ("limits", "memory"), ("limit_memory", "mem_limit"), memory, written_memory, BYTE_UNITS),
    Column("volume_name", ("volumes", 0, "name"), (), plain_text, guarded),
    Column("volume_size", ("volumes", 0, "size"), ("volume", "disk", "storage", "disk_size"),
           memory, written_memory, BYTE_UNITS),
    Column("volume_iops", ("volumes", 0, "iops"), ("iops",)),
    Column("volume_mbps", ("volumes", 0, "mbps"), ("mbps", "throughput")),
    Column("storage_class", ("volumes", 0, "storage_class"), ("storageclass", "disk_type", "volume_type"), plain_text,
           guarded),
    Column("priority", ("priority",), ("prio",)),
    Column("environment", ("environment",), ("env", "stage"), plain_text, guarded),
    Column("team", ("team",), ("owner",), plain_text, guarded),
    Column("labels", ("labels",), ("tags",), mapping, written_mapping),
)  # fmt: skip

_WORKLOAD: TypeAdapter[Any] = TypeAdapter(Workload)


def read_workloads(path: str | Path) -> tuple[tuple[Workload, ...], LossReport]:
    """Read workloads from a CSV file (`-`: standard input).

    A column with a `/` in its name is an extended resource. Columns that mean nothing here stand
    in the loss report, and so does every column that goes by another name than ours.

    Raises
    ------
    InputError
        With every wrong cell, by row and column.
    """
    sheet = read_sheet(path, COLUMNS, ("requests",))
    return read_rows(sheet, _WORKLOAD, Workload), sheet.losses


def write_workloads(workloads: Sequence[Workload], target: str | Path | TextIO) -> LossReport:
    """Write workloads as a CSV file; what a flat table cannot hold stands in the loss report."""
    rows = [workload.model_dump(mode="json", exclude_defaults=True) for workload in workloads]
    return write_table(rows, COLUMNS, "requests", target)
