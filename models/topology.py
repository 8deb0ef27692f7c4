"""The tree of domains: cloud > region > zone > site > rack > host.

A domain is named by its path, `aws/eu-central-1/euc1-az2`. Levels may be skipped: a small
provider's region has no racks that anyone outside knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field

from models.base import Frozen, Name

Level = Literal["cloud", "region", "zone", "site", "rack", "host"]
LEVELS: tuple[Level, ...] = ("cloud", "region", "zone", "site", "rack", "host")


class DomainNode(Frozen):
    """One domain and what lies inside it; what is stated of it holds for all that lies inside."""

    name: Name
    level: Literal["cloud", "region", "zone", "site", "rack"]
    children: tuple[DomainNode, ...] = ()
    country: str = ""
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    grams_per_kwh: float | None = Field(default=None, ge=0, description="carbon intensity of its power, gCO2e per kWh")


class Topology:
    """All known domains by path, with their levels.

    Parameters
    ----------
    roots : iterable of DomainNode
        Trees whose roots are clouds; trees of the same cloud are joined.
    """

    def __init__(self, roots: Iterable[DomainNode]) -> None:
        self._level: dict[str, Level] = {}
        self._node: dict[str, DomainNode] = {}
        for root in roots:
            self._add(root, "")

    def _add(self, node: DomainNode, parent: str) -> None:
        path = f"{parent}/{node.name}" if parent else node.name
        self._level[path] = node.level
        self._node[path] = node
        for child in node.children:
            self._add(child, path)

    def __contains__(self, path: object) -> bool:
        return path in self._level

    @property
    def paths(self) -> tuple[str, ...]:
        """Every domain's path, parents before children."""
        return tuple(self._level)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Domains with nothing inside: where hosts stand."""
        parents = {path.rpartition("/")[0] for path in self._level}
        return tuple(path for path in self._level if path not in parents)

    def leaves_in(self, path: str) -> tuple[str, ...]:
        """The leaves at or below a domain."""
        return tuple(leaf for leaf in self.leaves if is_within(leaf, path))

    def level(self, path: str) -> Level:
        """The level of a domain."""
        return self._level[path]

    def ancestor(self, path: str, level: Level) -> str | None:
        """The domain of a level that `path` lies in (or is); None where the tree skips it."""
        while path:
            if self._level.get(path) == level:
                return path
            path = path.rpartition("/")[0]
        return None

    def country(self, path: str) -> str:
        """The country that a domain lies in, "" where nothing above it states one."""
        return next((node.country for node in self._upwards(path) if node.country), "")

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """Every country in which some domain lies, sorted."""
        return tuple(sorted({node.country for node in self._node.values()} - {""}))

    def place(self, path: str) -> tuple[float, float] | None:
        """Latitude and longitude of a domain, or of what it lies in."""
        for node in self._upwards(path):
            if node.latitude is not None and node.longitude is not None:
                return node.latitude, node.longitude
        return None

    def grams_per_kwh(self, path: str) -> float | None:
        """Carbon intensity of a domain's power, gCO2e per kWh."""
        return next((node.grams_per_kwh for node in self._upwards(path) if node.grams_per_kwh is not None), None)

    def _upwards(self, path: str) -> Iterator[DomainNode]:
        while path:
            if path in self._node:
                yield self._node[path]
            path = path.rpartition("/")[0]


def is_within(path: str, outer: str) -> bool:
    """Whether a domain is `outer` or lies inside it."""
    return path == outer or path.startswith(outer + "/")
