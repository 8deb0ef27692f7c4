"""Resource vectors: what a replica asks for and what a host has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

from pydantic import Field, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen
from models.units import Bytes, Count, Cpu, Gpu, format_bytes, format_milli, parse_count

CPU, MEMORY, GPU = "cpu", "memory", "gpu"
EPHEMERAL_STORAGE, PODS, VOLUMES, IOPS, MBPS = "ephemeral_storage", "pods", "volumes", "iops", "mbps"
NETWORK, LOCAL_DISK = "network", "local_disk"
NAMES = (CPU, MEMORY, GPU, EPHEMERAL_STORAGE, PODS, VOLUMES, IOPS, MBPS, NETWORK, LOCAL_DISK)
_KNOWN = frozenset(NAMES)
IN_BYTES = frozenset({MEMORY, EPHEMERAL_STORAGE, LOCAL_DISK})
UNLIMITED_IF_ABSENT = frozenset({EPHEMERAL_STORAGE, PODS, VOLUMES, IOPS, MBPS, NETWORK})
"""Resources that a host has without limit where its capacity does not name them."""

_ALIASES = {"ephemeral-storage": EPHEMERAL_STORAGE, "nvidia.com/gpu": GPU, "amd.com/gpu": GPU}
_TITLES = {
    CPU: "CPU", GPU: "GPU", EPHEMERAL_STORAGE: "ephemeral storage", IOPS: "IOPS", MBPS: "MB/s",
    NETWORK: "Mbit/s network", LOCAL_DISK: "local disk",
}  # fmt: skip
_WRITTEN = {CPU: format_milli, GPU: format_milli} | dict.fromkeys(IN_BYTES, format_bytes)


_V = TypeVar("_V", bound="Vector")


def amounts_of(given: Mapping[str, int]) -> dict[str, int]:
    """Amounts in the order of `NAMES`, without those of its resources that are zero; then extended ones."""
    stated = {name: amount for name in NAMES if (amount := given.get(name))}
    return stated | {name: amount for name, amount in given.items() if name not in _KNOWN}


class Vector(Frozen):
    """Amounts by resource, written as one mapping; a key with a `/` is an extended resource.

    Units: `cpu` and `gpu` in thousandths; `memory`, `ephemeral_storage` and `local_disk` in bytes;
    `mbps` in MB/s of volume throughput, `network` in Mbit/s; all others counts.
    """

    extended: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_extended(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        known: dict[str, Any] = {}
        extended = dict(data.get("extended") or {})
        for key, value in data.items():
            if key == "extended":
                continue
            if not isinstance(key, str):
                raise PydanticCustomError("quantity", "found {key}, expected a resource name", {"key": repr(key)})
            if "/" in key and key not in _ALIASES:
                try:
                    extended[key] = parse_count(value)
                except PydanticCustomError as error:
                    raise PydanticCustomError("quantity", "{key}: {why}", {"key": key, "why": str(error)}) from None
            else:
                known[_ALIASES.get(key, key)] = value
        return {**known, "extended": extended}

    @model_serializer(mode="wrap")
    def _flat(self, handler: Any, info: Any) -> dict[str, Any]:
        return _as_written(self) if info.mode == "json" else dict(self.amounts())

    @classmethod
    def of(cls: type[_V], amounts: Mapping[str, int]) -> _V:
        """Build from amounts in units (millicores, bytes, counts) instead of written quantities."""
        known = {name: value for name, value in amounts.items() if name in _KNOWN}
        extended = {name: value for name, value in amounts.items() if name not in _KNOWN}
        values: dict[str, Any] = {**cls._blank(), **known, "extended": extended}
        return cast("_V", cls.model_construct(**values))

    @classmethod
    @cache
    def _blank(cls) -> dict[str, int | None]:
        return {name: cls.model_fields[name].default for name in NAMES}

    def amounts(self) -> dict[str, int]:
        """Amounts in units by resource name, those that are stated only."""
        return {name: amount for name in NAMES if (amount := getattr(self, name))} | self.extended

    def __hash__(self) -> int:
        """Pydantic's own would ask for the hash of `extended`, a mapping."""
        held = self.__dict__
        return hash((held[CPU], held[MEMORY], held[GPU], held[PODS]))

    def __getitem__(self, name: str) -> int:
        """The amount of one resource in units, 0 where it is not stated."""
        value = getattr(self, name) if name in _KNOWN else self.extended.get(name, 0)
        return value or 0


@lru_cache(maxsize=1024)
def _as_written(vector: Vector) -> dict[str, str | int]:
    """Amounts as documents have them; hosts of a plan share most of their vectors."""
    return {name: _WRITTEN.get(name, int)(value) for name, value in vector.amounts().items()}


class Resources(Vector):
    """What a replica requests (or may use at most, as limits)."""

    cpu: Cpu = 0
    memory: Bytes = 0
    gpu: Gpu = 0
    ephemeral_storage: Bytes = 0
    pods: Count = 0
    volumes: Count = 0
    iops: Count = 0
    mbps: Count = 0
    network: Count = 0
    local_disk: Bytes = 0

    def plus(self, other: Vector) -> Resources:
        """The sum of two vectors."""
        mine, theirs = self.amounts(), other.amounts()
        return Resources.of({name: mine.get(name, 0) + theirs.get(name, 0) for name in {**mine, **theirs}})

    def times(self, count: int) -> Resources:
        """The vector of `count` equal replicas."""
        return Resources.of({name: value * count for name, value in self.amounts().items()})


_NOTHING = Resources()


def nothing() -> Resources:
    """No resources: a default that all models share (a plain default would be copied for each of them)."""
    return _NOTHING


class Capacity(Vector):
    """What a host has. None: not stated, and without limit for those in `UNLIMITED_IF_ABSENT`."""

    cpu: Cpu
    memory: Bytes
    gpu: Gpu = 0
    ephemeral_storage: Bytes | None = None
    pods: Count | None = None
    volumes: Count | None = None
    iops: Count | None = None
    mbps: Count | None = None
    network: Count | None = None
    local_disk: Bytes | None = None

    @classmethod
    @cache
    def _blank(cls) -> dict[str, int | None]:
        return {name: 0 if name in (CPU, MEMORY, GPU) else None for name in NAMES}

    def amounts(self) -> dict[str, int]:
        """Amounts in units by resource name; a stated zero stays."""
        stated = {name: getattr(self, name) for name in NAMES if getattr(self, name) is not None}
        return {**stated, **self.extended}

    def limit(self, name: str) -> int | None:
        """How much a host can give of a resource in units; None is without limit."""
        if name in UNLIMITED_IF_ABSENT:
            value: int | None = getattr(self, name)
            return value
        return self[name]

    def minus(self, used: Vector) -> Capacity:
        """What is left when `used` is taken off, never below zero."""
        return Capacity.of({name: max(0, value - used[name]) for name, value in self.amounts().items()})


def plain_resource(name: str) -> str:
    """The resource that an array resource is part of: `cpu` of `cpu@03:00`.

    Arrays split a resource where one number is not enough: by time (`cpu@03:00 (Monday)`), by the
    hosts' risk of overload (`cpu@1 % risk`), by reservation (`cpu@not reserved for ads`).
    """
    return name.partition("@")[0]


def resource_title(name: str) -> str:
    """What people call a resource, or part of one: `CPU`, `CPU at 03:00 (Monday)`."""
    plain, _, part = name.partition("@")
    title = _TITLES.get(plain, plain)
    return f"{title} {'at ' if part[0].isdigit() else ''}{part}" if part else title


def describe_amount(name: str, value: int) -> str:
    """An amount for people: `350m CPU`, `2Gi memory`, `3 pods`."""
    plain = plain_resource(name)
    if plain in IN_BYTES:
        text = _readable_bytes(value)
    elif plain in (CPU, GPU):
        text = format_milli(value)
    else:
        text = f"{value:,}"
    return f"{text} {resource_title(name)}"


def _readable_bytes(value: int) -> str:
    for suffix, factor in (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if value >= factor:
            return f"{value / factor:,.1f}".removesuffix(".0") + f" {suffix}"
    return f"{value} B"
