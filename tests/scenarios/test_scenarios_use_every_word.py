"""The shipped scenarios together put every word of the models to use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel
from scenario_files import FILES

from models.goals import GoalName
from models.money import Commitment
from models.platforms import Platform
from models.release import Release
from models.rules import Rule
from models.rules.base import Mode
from models.scenario import ScenarioSpec
from models.workload import Workload
from planner.formats.catalogs import catalog_for
from planner.formats.documents import read_scenario

SCENARIOS = [read_scenario(path) for path in FILES]
SPECS = [scenario.spec for scenario in SCENARIOS]
ON_ONE_HOST = {
    one.name for scenario in SCENARIOS for one in catalog_for(scenario).storage_classes if one.scope == "host"
}
"""Storage classes whose volumes are local disks."""


def classes(union: Any) -> set[type[BaseModel]]:
    """The models that an annotated union joins."""
    if get_origin(union) is None:
        return {union} if isinstance(union, type) and issubclass(union, BaseModel) else set()
    return set().union(*(classes(part) for part in get_args(union)))


def words(union: Any, key: str) -> set[str]:
    """The literals that tell the models of a union apart."""
    return {str(word) for model in classes(union) for word in get_args(model.model_fields[key].annotation)}


def used(find: Callable[[ScenarioSpec], Iterable[str]]) -> set[str]:
    """What is found in any of the shipped scenarios."""
    return {str(word) for spec in SPECS for word in find(spec)}


RULES = words(Rule, "rule")
WORKLOADS = words(Workload, "kind")
PLATFORMS = words(Platform, "kind")
STRATEGIES = words(Release, "strategy")
GOALS = set(get_args(GoalName))
COMMITMENTS = set(get_args(Commitment.model_fields["kind"].annotation))
MODES = set(get_args(Mode))


@pytest.mark.parametrize("union", [Rule, Workload, Platform, Release])
def test_a_union_is_told_apart_by_one_word_each(union: Any) -> None:
    key = {id(Rule): "rule", id(Release): "strategy"}.get(id(union), "kind")
    assert len(words(union, key)) == len(classes(union)) > 1


@pytest.mark.parametrize(
    ("all_words", "find"),
    [
        pytest.param(RULES, lambda spec: (rule.rule for rule in spec.rules), id="rules"),
        pytest.param(MODES, lambda spec: (getattr(rule, "mode", "hard") for rule in spec.rules), id="modes"),
        pytest.param(WORKLOADS, lambda spec: (workload.kind for workload in spec.workloads), id="workloads"),
        pytest.param(
            PLATFORMS, lambda spec: (place.platform.kind for place in (*spec.hosts, *spec.pools)), id="platforms"
        ),
        pytest.param(GOALS, lambda spec: (goal.goal for goal in spec.goals), id="goals"),
        pytest.param(
            STRATEGIES,
            lambda spec: (workload.release.strategy for workload in spec.workloads if workload.release is not None),
            id="release strategies",
        ),
        pytest.param(COMMITMENTS, lambda spec: (one.kind for one in spec.commitments), id="commitments"),
    ],
)
def test_every_kind_is_used(all_words: set[str], find: Callable[[ScenarioSpec], Iterable[str]]) -> None:
    missing = sorted(all_words - used(find))
    assert not missing, f"no shipped scenario uses {', '.join(missing)}"


@pytest.mark.parametrize(
    ("word", "found"),
    [
        pytest.param("storage pools", lambda spec: spec.storage_pools, id="storage pools"),
        pytest.param(
            "local disks",
            lambda spec: [
                w for w in spec.workloads
                if w.requests.local_disk or any(set(claim.storage_class) & ON_ONE_HOST for claim in w.volumes)
            ],
            id="local disks",
        ),
        pytest.param("profiles", lambda spec: [w for w in spec.workloads if w.profile], id="profiles"),
        pytest.param("usage", lambda spec: [w for w in spec.workloads if w.usage], id="usage"),
        pytest.param("traffic to workloads", lambda spec: [t for t in spec.traffic if t.target], id="traffic"),
        pytest.param("traffic to users", lambda spec: [t for t in spec.traffic if t.users], id="users"),
        pytest.param("discounts", lambda spec: spec.discounts, id="discounts"),
        pytest.param("a currency", lambda spec: spec.currency.code != "USD", id="currency"),
        pytest.param(
            "ownership", lambda spec: [place for place in (*spec.hosts, *spec.pools) if place.owned], id="ownership"
        ),
    ],
)  # fmt: skip
def test_every_part_is_used(word: str, found: Callable[[ScenarioSpec], Any]) -> None:
    assert any(found(spec) for spec in SPECS), f"no shipped scenario uses {word}"
