"""Disruption budgets, rolling updates, and wishes as soft rules."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from kubernetes_texts import NO_DEFAULTS, deployment, imported, said

from models.release import DisruptionBudget, Rolling
from models.rules import Affinity, AntiAffinity, Expression, NodeAffinity, TopologySpread
from planner.formats.kubernetes import Choices, Imported, read_kubernetes
from planner.formats.kubernetes.imported import NO_CHOICES


def budget(numbers: str, labels: str = "{app: web}", name: str = "pdb", namespace: str = "default") -> str:
    spec = f"{{{numbers}, selector: {{matchLabels: {labels}}}}}"
    metadata = f"{{name: {name}, namespace: {namespace}}}"
    return f"apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {metadata}\nspec: {spec}"


def chosen(choices: Choices, *texts: str) -> Imported:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "objects.yaml"
        file.write_text("\n---\n".join(texts), encoding="utf-8")
        return read_kubernetes([file], NO_DEFAULTS, "manifests", choices)


class TestBudgets:
    @pytest.mark.parametrize(
        ("numbers", "expected"),
        [
            ("maxUnavailable: 1", DisruptionBudget(max_unavailable=1)),
            ("minAvailable: 67%", DisruptionBudget(min_available="67%")),
            ("minAvailable: 0", DisruptionBudget(min_available=0)),
        ],
    )
    def test_the_workload_that_it_selects_has_it(self, numbers, expected):
        result = imported(deployment("web", replicas=3), deployment("api"), budget(numbers))
        assert [workload.disruption_budget for workload in result.workloads] == [expected, None]
        assert not said(result, "dropped", "disruption budget")

    def test_one_for_several_workloads_is_said(self):
        result = imported(deployment("web"), deployment("api"), budget("maxUnavailable: 1", "{}"))
        assert all(workload.disruption_budget for workload in result.workloads)
        assert said(result, "approximated", "one disruption budget for web, api")

    def test_the_strictest_of_several_counts(self):
        texts = budget("maxUnavailable: 2"), budget("minAvailable: 3", name="strict")
        result = imported(deployment("web", replicas=4), *texts)
        assert result.workloads[0].disruption_budget == DisruptionBudget(min_available=3)
        assert said(result, "approximated", "several disruption budgets")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (budget("maxUnavailable: 1", "{app: gone}"), "selects no pods of the input"),
            (budget("maxUnavailable: 1", namespace="other"), "selects no pods of the input"),
            (budget("maxUnavailable: 1", "{app: agent}"), "a drain leaves daemonsets"),
            (budget("unhealthyPodEvictionPolicy: AlwaysAllow"), "allows everything"),
        ],
    )
    def test_those_that_nobody_has_are_dropped_by_name(self, text, words):
        result = imported(deployment("web"), deployment("agent", kind="DaemonSet"), text)
        assert not any(workload.disruption_budget for workload in result.workloads)
        assert said(result, "dropped", words)


def rolling(strategy: str, kind: str = "Deployment") -> str:
    body = yaml.safe_load(deployment("web", replicas=8, kind=kind))
    body["spec"]["strategy"] = yaml.safe_load(strategy)
    return yaml.safe_dump(body)


class TestReleases:
    @pytest.mark.parametrize(
        ("strategy", "expected"),
        [
            ("{rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}", Rolling(max_surge=2, max_unavailable=0)),
            ("{type: RollingUpdate}", Rolling()),
            ("{type: Recreate}", None),
        ],
    )
    def test_rolling_updates_hold_room_if_asked_for(self, strategy, expected):
        assert chosen(Choices(release_room=True), rolling(strategy)).workloads[0].release == expected
        assert chosen(NO_CHOICES, rolling(strategy)).workloads[0].release is None

    def test_other_kinds_hold_none(self):
        text = deployment("web", kind="StatefulSet")
        assert chosen(Choices(release_room=True), text).workloads[0].release is None

    def test_a_stated_update_without_room_is_said(self):
        text = rolling("{rollingUpdate: {maxSurge: 2}}")
        assert said(chosen(NO_CHOICES, text), "assumed", "no room is held for it")
        assert not said(chosen(NO_CHOICES, deployment("web")), "assumed", "no room is held for it")


WISHES = """
affinity:
  nodeAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - {weight: 50, preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm: {labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}
  podAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 10
      podAffinityTerm: {labelSelector: {matchLabels: {app: db}}, topologyKey: topology.kubernetes.io/zone}
topologySpreadConstraints:
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: {matchLabels: {app: web}}
"""


class TestWishes:
    def test_they_are_soft_rules_priced_by_their_weight(self):
        result = chosen(Choices(soft=Decimal(20)), deployment("web", WISHES, replicas=3), deployment("db"))
        terms = ((Expression(key="disk", operator="In", values=("ssd",)),),)

        def soft(penalty):
            return {"mode": "soft", "penalty": Decimal(penalty), "workloads": "web"}

        assert list(result.rules) == [
            NodeAffinity(rule="node_affinity", terms=terms, **soft(10)),
            AntiAffinity(rule="anti_affinity", level="host", **soft(20)),
            Affinity(rule="affinity", near="db", level="zone", **soft(2)),
            TopologySpread(rule="topology_spread", level="zone", **soft(20)),
        ]
        assert not said(result, "dropped", "a wish")

    def test_without_a_price_they_are_dropped_by_name(self):
        result = chosen(NO_CHOICES, deployment("web", WISHES, replicas=3), deployment("db"))
        assert not result.rules
        assert sum("a wish" in loss.consequence for loss in result.losses) == 4

    def test_equal_wishes_of_several_workloads_are_one_rule(self):
        spread = WISHES[WISHES.index("topologySpreadConstraints") :]
        result = chosen(Choices(soft=Decimal(20)), deployment("web", spread), deployment("api", spread))
        assert [rule.workloads.names for rule in result.rules] == [("web", "api")]

    def test_those_of_daemonsets_stay_wishes(self):
        result = chosen(Choices(soft=Decimal(20)), deployment("agent", WISHES, kind="DaemonSet"), deployment("db"))
        assert not result.rules
        assert said(result, "dropped", "preferred node affinity")
