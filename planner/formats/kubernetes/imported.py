"""What a Kubernetes reader hands on: our words, and the report of what did not carry over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from models.catalog import StorageClass
from models.host import Host
from models.rules import Rule
from models.topology import DomainNode
from models.volume import Volume
from models.workload import Workload
from planner.formats.loss import Loss

MIB = 2**20


@dataclass(frozen=True)
class Defaults:
    """What a container asks for where it states neither a request nor a limit.

    Parameters
    ----------
    cpu : int
        Millicores.
    memory : int
        Bytes.
    """

    cpu: int = 100
    memory: int = 128 * MIB


@dataclass(frozen=True)
class Imported:
    """The contents of manifests or of a snapshot.

    Attributes
    ----------
    workloads : tuple of Workload
    rules : tuple of Rule
    storage_classes : tuple of StorageClass
        Those that the input defines.
    volumes : tuple of Volume
        Volumes that exist, each with the replica that owns it.
    hosts : tuple of Host
        The nodes of the input.
    topology : tuple of DomainNode
        One tree for each cloud in which a node or a volume stands.
    losses : tuple of Loss
        What was dropped, assumed or approximated.
    """

    workloads: tuple[Workload, ...] = ()
    rules: tuple[Rule, ...] = ()
    storage_classes: tuple[StorageClass, ...] = ()
    volumes: tuple[Volume, ...] = ()
    hosts: tuple[Host, ...] = ()
    topology: tuple[DomainNode, ...] = ()
    losses: tuple[Loss, ...] = ()


@dataclass
class Report:
    """Collects losses while reading; the same loss at the same place is kept once."""

    _losses: dict[Loss, None] = field(default_factory=dict)

    def dropped(self, place: str, what: str, consequence: str) -> None:
        """Say that something is missing from the scenario."""
        self._add(place, what, consequence, "dropped")

    def assumed(self, place: str, what: str, consequence: str) -> None:
        """Say that something was filled in."""
        self._add(place, what, consequence, "assumed")

    def approximated(self, place: str, what: str, consequence: str) -> None:
        """Say that something stands in a coarser form."""
        self._add(place, what, consequence, "approximated")

    def _add(
        self, place: str, what: str, consequence: str, level: Literal["dropped", "assumed", "approximated"]
    ) -> None:
        self._losses[Loss(place, what, consequence, level)] = None

    @property
    def losses(self) -> tuple[Loss, ...]:
        """All losses in the order in which they were found."""
        return tuple(self._losses)
