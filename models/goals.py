"""Goals: what makes one plan better than another, as ordered tiers.

Tiers are compared one after the other; a later tier decides only between plans that are equal
in all earlier ones.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from models.base import Frozen
from models.topology import Level

GoalName = Literal[
    "unplaced", "breaches", "hosts", "cost", "domains", "balance", "egress", "moves", "fragmentation", "risk", "carbon"
]  # fmt: skip


class GoalTier(Frozen):
    """One tier; less is better.

    `unplaced`: replicas left out, by priority, the highest first. `hosts`: hosts in use (the
    density goal). `cost`: money per hour: hosts, storage, egress, licences, commitments, and the
    penalties of soft rules. `domains`: domains of `level` with a host in use. `balance`: the
    utilisation of the fullest host in its fullest resource. `breaches`: breaches of rules to mend.
    `egress`: money for traffic per hour. `moves`: replicas that leave the host where they run now.
    `fragmentation`: the share of the hosts' CPU and memory that lies free where one more container
    does not fit: the `largest` of the scenario, or the `typical` one (the median by CPU).
    `risk`: the largest share of all replicas that one domain of `level` holds. `carbon`: gCO2e per
    hour of the hosts, where the region's intensity and the host's power are known.
    """

    goal: GoalName
    level: Level = "zone"
    room_for: Literal["largest", "typical"] = "typical"

    def __str__(self) -> str:
        match self.goal:
            case "domains" | "risk":
                return f"{self.goal} ({self.level})"
            case "fragmentation":
                return f"{self.goal} ({self.room_for})"
        return self.goal


def _named(value: Any) -> Any:
    return {"goal": value} if isinstance(value, str) else value


Goal = Annotated[GoalTier, BeforeValidator(_named)]
"""A goal, written as its name or as a mapping with its parameters."""

DEFAULT_GOALS: tuple[GoalTier, ...] = (GoalTier(goal="unplaced"), GoalTier(goal="cost"), GoalTier(goal="hosts"))
DENSITY_GOALS: tuple[GoalTier, ...] = (GoalTier(goal="unplaced"), GoalTier(goal="hosts"), GoalTier(goal="cost"))
