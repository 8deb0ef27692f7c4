"""Goals: what makes one plan better than another, as ordered tiers.

Tiers are compared one after the other; a later tier decides only between plans that are equal
in all earlier ones.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from models.base import Frozen
from models.topology import Level

GoalName = Literal["unplaced", "hosts", "cost", "domains", "balance"]


class GoalTier(Frozen):
    """One tier; less is better.

    `unplaced`: replicas left out, by priority, the highest first. `hosts`: hosts in use (the
    density goal). `cost`: USD per hour. `domains`: domains of `level` with a host in use.
    `balance`: the utilisation of the fullest host in its fullest resource.
    """

    goal: GoalName
    level: Level = "zone"

    def __str__(self) -> str:
        return f"{self.goal} ({self.level})" if self.goal == "domains" else self.goal


def _named(value: Any) -> Any:
    return {"goal": value} if isinstance(value, str) else value


Goal = Annotated[GoalTier, BeforeValidator(_named)]
"""A goal, written as its name or as a mapping with its parameters."""

DEFAULT_GOALS: tuple[GoalTier, ...] = (GoalTier(goal="unplaced"), GoalTier(goal="cost"), GoalTier(goal="hosts"))
DENSITY_GOALS: tuple[GoalTier, ...] = (GoalTier(goal="unplaced"), GoalTier(goal="hosts"), GoalTier(goal="cost"))
