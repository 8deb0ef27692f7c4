"""How a workload is released, and how it may be disturbed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, PositiveInt, Tag, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen
from models.units import Count

Percent = Annotated[str, Field(pattern=r"^\d{1,3}%$")]
IntOrPercent = Count | Percent
"""A count, or a percentage of the replicas (Kubernetes `IntOrString`)."""


def counted(value: IntOrPercent, replicas: int, *, up: bool) -> int:
    """The count that a number or a percentage means for so many replicas."""
    if isinstance(value, int):
        return value
    share = replicas * int(value.rstrip("%"))
    return -(-share // 100) if up else share // 100


class Rolling(Frozen):
    """Replica after replica (Kubernetes `RollingUpdate`): surge rounds up, unavailability down."""

    strategy: Literal["rolling"] = "rolling"
    max_surge: IntOrPercent = "25%"
    max_unavailable: IntOrPercent = "25%"

    def room(self, replicas: int) -> int:
        """Replicas that stand beside the present ones during a release."""
        return counted(self.max_surge, replicas, up=True)


class BlueGreen(Frozen):
    """The new version stands complete beside the old one, then takes over."""

    strategy: Literal["blue_green"]

    def room(self, replicas: int) -> int:
        """Replicas that stand beside the present ones during a release."""
        return replicas


class Canary(Frozen):
    """A few replicas of the new version first, beside the old ones."""

    strategy: Literal["canary"]
    replicas: IntOrPercent = "10%"

    def room(self, replicas: int) -> int:
        """Replicas that stand beside the present ones during a release: at least one, if any run at all."""
        return max(1, counted(self.replicas, replicas, up=True)) if replicas else 0


def _strategy(value: Any) -> str:
    stated = value.get("strategy", "rolling") if isinstance(value, dict) else getattr(value, "strategy", "rolling")
    return str(stated)


Release = Annotated[
    Annotated[Rolling, Tag("rolling")] | Annotated[BlueGreen, Tag("blue_green")] | Annotated[Canary, Tag("canary")],
    Discriminator(_strategy),
]
"""A release strategy, told apart by `strategy`; a rolling one where that is left out."""


class DisruptionBudget(Frozen):
    """How many replicas must stay, or may be away, when hosts are drained (Kubernetes PodDisruptionBudget)."""

    min_available: IntOrPercent | None = None
    max_unavailable: IntOrPercent | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> DisruptionBudget:
        if (self.min_available is None) == (self.max_unavailable is None):
            raise PydanticCustomError("budget", "expected either min_available or max_unavailable", {})
        return self

    def allowed(self, replicas: int) -> int:
        """How many of `replicas` healthy replicas a drain may take away at once (percentages round up)."""
        if self.min_available is not None:
            return max(0, replicas - counted(self.min_available, replicas, up=True))
        return min(replicas, counted(self.max_unavailable or 0, replicas, up=True))


class ServiceObjective(Frozen):
    """What a workload promises: the share of time in which at least so many replicas run."""

    availability: float = Field(gt=0, lt=1, description="0.999: away for 43.8 minutes in a month of 730 hours")
    min_replicas: PositiveInt = 1
    recovery_seconds: PositiveInt | None = Field(default=None, description="the longest time until it is back")
