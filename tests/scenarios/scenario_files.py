"""The shipped scenarios, and variants of them that tests make in memory."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from models.goals import DENSITY_GOALS
from models.plan import Plan
from models.scenario import Scenario
from planner.formats.documents import read_scenario

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "datasets" / "scenarios"
FILES = sorted(SCENARIOS.glob("*/*.yaml"))


def shipped(name: str) -> Scenario:
    """A shipped scenario by its path under `datasets/scenarios`, without the ending."""
    return read_scenario(SCENARIOS / f"{name}.yaml")


def with_spec(scenario: Scenario, **changed: Any) -> Scenario:
    """The scenario with other values of fields of its spec."""
    return scenario.model_copy(update={"spec": scenario.spec.model_copy(update=changed)})


def with_one_type(scenario: Scenario, host_type: str) -> Scenario:
    """The scenario with one host type in its pool, and as few hosts as possible for its goal."""
    (pool,) = scenario.spec.pools
    pools = (pool.model_copy(update={"host_types": (host_type,)}),)
    spec = scenario.spec.model_copy(update={"pools": pools, "goals": DENSITY_GOALS})
    return scenario.model_copy(update={"spec": spec})


def what_binds(plan: Plan) -> str:
    """The resource that binds on most hosts."""
    return Counter(host.binding for host in plan.spec.hosts if host.replicas).most_common(1)[0][0]


def replicas_by(plan: Plan, workload: str, level: int) -> Counter[str]:
    """Replicas of a workload by the first `level` steps of their hosts' locations (1: cloud)."""
    found: Counter[str] = Counter()
    for host in plan.spec.hosts:
        found["/".join(host.location.split("/")[:level])] += len(host.runs.get(workload, ()))
    return +found
