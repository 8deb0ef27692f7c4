"""What people call the domains that forms speak of: of the topology, or made up by a rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.rules import Latency, Parity, Spot
from planner.explain.outcome import Outcome
from planner.problem.forms import HOST, level_name


def one_domain(level: int, rule: Any) -> str:
    """One domain of a level in general: `zone`, `kind of host`, `group of near places`."""
    match rule:
        case Spot() if level > HOST:
            return "group of spot hosts"
        case Parity() if level > HOST:
            return str(rule.on).replace("_", " ")
        case Latency() if level > HOST:
            return "group of near places"
    return level_name(level)


def the_domain(outcome: Outcome, level: int, domain: int, rule: Any) -> str:
    """A domain by its name: `aws/eu-central-1`, `spot hosts`, `architecture arm64`, `places near aws/eu-central-1`."""
    if level < HOST:
        return outcome.names.domains[domain]
    bins = np.flatnonzero(outcome.problem.domain[:, level] == domain)
    some = outcome.names.offerings[outcome.names.members[int(bins[0])][0]]
    match rule:
        case Spot():
            return "spot hosts"
        case Parity():
            return f"{one_domain(level, rule)} {getattr(some, rule.on)}"
        case Latency():
            return f"the places near {some.location}"
    return f"hosts like those in {some.location}"
