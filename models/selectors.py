"""Selectors: which workloads and which hosts a rule speaks of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field

from models.base import Frozen
from models.catalog import Architecture, Purchase
from models.topology import is_within


class WorkloadSelector(Frozen):
    """Workloads for which all stated conditions hold; nothing stated selects every workload.

    `names` may use `*` and `?`. Written as a name or a list of names, it is short for `names`.
    """

    names: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    environment: str | None = None
    team: str | None = None

    def selects(self, workload: Selectable) -> bool:
        """Whether a workload is meant."""
        return (
            (not self.names or workload.name in self.names or any(fnmatchcase(workload.name, p) for p in self.names))
            and (self.environment is None or workload.environment == self.environment)
            and (self.team is None or workload.team == self.team)
            and all(workload.labels.get(key) == value for key, value in self.labels.items())
        )


class Selectable(Protocol):
    """What a workload selector looks at."""

    @property
    def name(self) -> str: ...
    @property
    def labels(self) -> dict[str, str]: ...
    @property
    def environment(self) -> str | None: ...
    @property
    def team(self) -> str | None: ...


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return {"names": (value,)}
    return {"names": value} if isinstance(value, list | tuple) else value


Workloads = Annotated[WorkloadSelector, BeforeValidator(_short)]
"""A workload selector: a name, a list of names, or a mapping of conditions."""


class Hosts(Frozen):
    """Hosts for which all stated conditions hold; nothing stated selects every host.

    `locations` are domain paths (`aws`, `aws/eu-central-1`); `host_types` may use `*` and `?`.
    """

    locations: tuple[str, ...] = ()
    host_types: tuple[str, ...] = ()
    architectures: tuple[Architecture, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    pools: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)

    def selects(self, host: HostFacts) -> bool:
        """Whether a host is meant."""
        return (
            (not self.locations or any(is_within(host.location, outer) for outer in self.locations))
            and (not self.host_types or any(fnmatchcase(host.host_type, p) for p in self.host_types))
            and (not self.architectures or host.architecture in self.architectures)
            and (not self.purchases or host.purchase in self.purchases)
            and (not self.pools or host.pool in self.pools)
            and all(host.labels.get(key) == value for key, value in self.labels.items())
        )


class HostFacts(Protocol):
    """What rules look at in a host, standing or yet to be opened."""

    @property
    def location(self) -> str: ...
    @property
    def host_type(self) -> str: ...
    @property
    def architecture(self) -> str: ...
    @property
    def purchase(self) -> str: ...
    @property
    def pool(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def taints(self) -> tuple[Any, ...]: ...


class WorkloadIndex:
    """Finds the workloads of a selector without asking each of them where names are literal.

    Parameters
    ----------
    workloads : sequence of Selectable
    """

    def __init__(self, workloads: Sequence[Selectable]) -> None:
        self._workloads = workloads
        self._position = {workload.name: i for i, workload in enumerate(workloads)}
        self._known: dict[Hashable, tuple[int, ...]] = {}

    def select(self, selector: WorkloadSelector) -> tuple[int, ...]:
        """Positions of the selected workloads, ascending."""
        key = (selector.names, selector.environment, selector.team, *selector.labels.items())
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(i for i in self._asked(selector) if selector.selects(self._workloads[i]))
        return found

    def _asked(self, selector: WorkloadSelector) -> Iterable[int]:
        """Those who may be meant, ascending: everyone, or whom literal names name."""
        if not selector.names or any(char in name for name in selector.names for char in "*?["):
            return range(len(self._workloads))
        return sorted({self._position[name] for name in selector.names if name in self._position})
