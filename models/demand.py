"""Demand that is more than one number: over time, and as a distribution."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen
from models.resources import CPU, GPU, IOPS, MBPS, MEMORY, NETWORK
from models.units import Bytes, Count, Cpu, Gpu

Period = Literal["day", "week"]
DAYS: dict[Period, int] = {"day": 1, "week": 7}
PROFILED = (CPU, MEMORY, GPU, NETWORK, IOPS, MBPS)
MOST_POINTS = 2016
"""Five minutes over a week."""
P95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""


class Profile(Frozen):
    """Demand over a day or a week that repeats, in place of the flat request of those resources.

    Each resource has any number of points at equal distances, the first at midnight UTC (of Monday):
    24 for the hours of a day, 168 for those of a week. A point holds until the next.
    """

    period: Period = "day"
    cpu: Annotated[tuple[Cpu, ...], Field(max_length=MOST_POINTS)] = ()
    memory: Annotated[tuple[Bytes, ...], Field(max_length=MOST_POINTS)] = ()
    gpu: Annotated[tuple[Gpu, ...], Field(max_length=MOST_POINTS)] = ()
    network: Annotated[tuple[Count, ...], Field(max_length=MOST_POINTS)] = ()
    iops: Annotated[tuple[Count, ...], Field(max_length=MOST_POINTS)] = ()
    mbps: Annotated[tuple[Count, ...], Field(max_length=MOST_POINTS)] = ()

    @model_validator(mode="after")
    def _has_points(self) -> Profile:
        if not self.points:
            raise PydanticCustomError("profile", "found no points, expected those of at least one resource", {})
        return self

    @property
    def points(self) -> dict[str, tuple[int, ...]]:
        """The points of every resource that has some, in units."""
        return {name: getattr(self, name) for name in PROFILED if getattr(self, name)}

    def peak(self) -> dict[str, int]:
        """The highest point of each resource."""
        return {name: max(points) for name, points in self.points.items()}

    def at(self, name: str, day: Fraction) -> int:
        """The demand for a resource at a time in days since Monday 0:00, in units."""
        points, days = self.points[name], DAYS[self.period]
        return points[int(day % days * len(points) / days)]

    def breaks(self) -> set[Fraction]:
        """When demand may change, in days from the start of the period."""
        days = DAYS[self.period]
        return {Fraction(n * days, len(points)) for points in self.points.values() for n in range(len(points))}


class _Distribution(Frozen):
    """Usage of one replica as a normal distribution, told by its median and its 95th percentile."""

    median: int
    p95: int

    @model_validator(mode="after")
    def _ordered(self) -> _Distribution:
        if self.p95 < self.median:
            raise PydanticCustomError("usage", "found a p95 below the median", {})
        return self

    @property
    def mean(self) -> int:
        """Its mean, which is its median, in units."""
        return self.median

    @property
    def deviation(self) -> float:
        """Its standard deviation in units."""
        return (self.p95 - self.median) / P95


class CpuUsage(_Distribution):
    """CPU that one replica uses."""

    median: Cpu
    p95: Cpu


class MemoryUsage(_Distribution):
    """Memory that one replica uses."""

    median: Bytes
    p95: Bytes


class Usage(Frozen):
    """What one replica really uses. It counts instead of the request on hosts with an `overload_risk` rule."""

    cpu: CpuUsage | None = None
    memory: MemoryUsage | None = None
