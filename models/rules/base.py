"""What all rules share: a name, and how strictly they are meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from models.base import Frozen
from models.catalog import Money
from models.selectors import WorkloadSelector

ALL = WorkloadSelector()
Mode = Literal["hard", "soft", "mend"]


class BaseRule(Frozen):
    """A rule that every plan keeps."""

    name: str = Field(default="", description="how messages call the rule; its kind where left out")


class SoftRule(BaseRule):
    """A rule that may be broken at a price, or that today may break already.

    `hard`: every plan keeps it. `soft`: each breach adds `penalty` to the cost. `mend`: a plan
    breaks it no more than the placement of today does, and breaks it as little as it can
    (the goal tier `breaches`). What one breach is says each rule's reference page.
    """

    mode: Mode = "hard"
    penalty: Money | None = Field(default=None, description="money per month and breach; with mode soft")

    @model_validator(mode="after")
    def _priced_if_soft(self) -> SoftRule:
        if (self.penalty is not None) != (self.mode == "soft"):
            raise PydanticCustomError(
                "penalty",
                "found {found}, expected a penalty with mode soft and only there",
                {"found": f"mode {self.mode} {'without a' if self.penalty is None else 'with a'} penalty"},
            )
        return self


def rule_label(rule: Any) -> str:
    """How messages call a rule: its own name, or its kind."""
    return str(rule.name or rule.rule)


def told_apart(rules: Iterable[Any]) -> tuple[Any, ...]:
    """The rules, with names for several of one kind that may be broken and have none: `share 1`, `share 2`.

    Their breaches are listed rule by rule, so each needs a name. Hard rules without a name are told of as one.
    """
    stated = tuple(rules)
    nameless = Counter(rule.rule for rule in stated if _lenient_and_nameless(rule))
    seen: Counter[str] = Counter()
    found = []
    for rule in stated:
        if _lenient_and_nameless(rule) and nameless[rule.rule] > 1:
            seen[rule.rule] += 1
            rule = rule.model_copy(update={"name": f"{rule.rule} {seen[rule.rule]}"})
        found.append(rule)
    return tuple(found)


def _lenient_and_nameless(rule: Any) -> bool:
    return not rule.name and rule.__dict__.get("mode", "hard") != "hard"  # models are slow to say what they lack
