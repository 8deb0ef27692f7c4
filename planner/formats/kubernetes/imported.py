"""What a Kubernetes reader hands on: our words, and the report of what did not carry over."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeVar

from models.host import Host
from models.rules import Rule, SoftRule
from models.storage import StorageClass
from models.topology import DomainNode
from models.volume import Volume
from models.workload import Workload
from planner.formats.loss import Loss

MIB = 2**20
_Rule = TypeVar("_Rule", bound=SoftRule)


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
class Choices:
    """What a plan makes of statements that it may also leave aside.

    Parameters
    ----------
    release_room : bool
        Hold the room of rolling updates.
    soft : Decimal, optional
        Money per month for each breach of a wish (a preference of weight 100, a spread of
        `ScheduleAnyway`); wishes are left out and said so where it is not stated.
    """

    release_room: bool = False
    soft: Decimal | None = None

    def wish(self, rule: _Rule, weight: int = 100) -> _Rule:
        """The rule as a soft one; preferences have weights of 1 to 100."""
        penalty = ((self.soft or Decimal(0)) * weight / 100).quantize(Decimal("0.000001"))
        return rule.model_copy(update={"mode": "soft", "penalty": penalty})


NO_CHOICES = Choices()


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
