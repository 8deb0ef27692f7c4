"""The tree of domains: cloud > region > zone > site > rack > host.

A domain is named by its path, `aws/eu-central-1/euc1-az2`. Levels may be skipped: a small
provider's region has no racks that anyone outside knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

from models.base import Frozen
from models.workload import Name

Level = Literal["cloud", "region", "zone", "site", "rack", "host"]
LEVELS: tuple[Level, ...] = ("cloud", "region", "zone", "site", "rack", "host")


class DomainNode(Frozen):
    """One domain and what lies inside it."""

    name: Name
    level: Literal["cloud", "region", "zone", "site", "rack"]
    children: tuple[DomainNode, ...] = ()


class Topology:
    """All known domains by path, with their levels.

    Parameters
    ----------
    roots : iterable of DomainNode
        Trees whose roots are clouds; trees of the same cloud are joined.
    """

    def __init__(self, roots: Iterable[DomainNode]) -> None:
        self._level: dict[str, Level] = {}
        for root in roots:
            self._add(root, "")

    def _add(self, node: DomainNode, parent: str) -> None:
        path = f"{parent}/{node.name}" if parent else node.name
        self._level[path] = node.level
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


def is_within(path: str, outer: str) -> bool:
    """Whether a domain is `outer` or lies inside it."""
    return path == outer or path.startswith(outer + "/")
