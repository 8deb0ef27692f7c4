import pytest
from kubernetes_texts import deployment, imported, said

from models.rules import (
    Affinity,
    AntiAffinity,
    Expression,
    NodeAffinity,
    NodeSelector,
    Toleration,
    Tolerations,
    TopologySpread,
)


def rules(*texts: str):
    return list(imported(*texts).rules)


def test_node_selector_under_present_label_names():
    spec = "nodeSelector: {beta.kubernetes.io/os: linux, disk: ssd}"
    assert rules(deployment("a", spec), deployment("b", spec)) == [
        NodeSelector(rule="node_selector", workloads=["a", "b"], labels={"kubernetes.io/os": "linux", "disk": "ssd"})
    ]


def test_required_node_affinity():
    spec = """
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms:
              - matchExpressions:
                - {key: failure-domain.beta.kubernetes.io/zone, operator: In, values: [a, b]}
                - {key: cores, operator: Gt, values: ["8"]}
              - matchExpressions: [{key: old, operator: DoesNotExist}]
            preferredDuringSchedulingIgnoredDuringExecution:
            - {weight: 1, preference: {matchExpressions: [{key: x, operator: Exists}]}}
    """
    result = imported(deployment("web", spec))
    terms = (
        (
            Expression(key="topology.kubernetes.io/zone", operator="In", values=("a", "b")),
            Expression(key="cores", operator="Gt", values=("8",)),
        ),
        (Expression(key="old", operator="DoesNotExist"),),
    )
    assert list(result.rules) == [NodeAffinity(rule="node_affinity", workloads="web", terms=terms)]
    assert said(result, "dropped", "preferred node affinity")


FIELDS = """
    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms: [{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}]
"""


def test_match_fields_are_read_as_the_hostname_and_ignored_for_daemonsets():
    result = imported(deployment("web", FIELDS))
    expected = ((Expression(key="kubernetes.io/hostname", operator="In", values=("n1",)),),)
    assert result.rules[0].terms == expected
    assert said(result, "approximated", "matchFields")
    assert not rules(deployment("agent", FIELDS, kind="DaemonSet"))


def test_tolerations_that_last():
    spec = """
        tolerations:
        - {key: gpu, operator: Exists, effect: NoSchedule}
        - {key: team, value: a}
        - {key: slow, operator: Exists, effect: NoExecute, tolerationSeconds: 60}
        - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
        - {key: level, operator: Gt, value: "3"}
    """
    result = imported(deployment("web", spec))
    kept = (Toleration(key="gpu", operator="Exists", effect="NoSchedule"), Toleration(key="team", value="a"))
    assert list(result.rules) == [Tolerations(rule="tolerations", workloads="web", tolerations=kept)]
    assert said(result, "dropped", "'slow'")
    assert said(result, "dropped", "operator Gt")
    assert not said(result, "dropped", "not-ready")


def apart(labels: str, key: str = "kubernetes.io/hostname", extra: str = "", kind: str = "podAntiAffinity") -> str:
    return f"""
affinity:
  {kind}:
    requiredDuringSchedulingIgnoredDuringExecution:
    - {{labelSelector: {labels}, topologyKey: {key}{extra}}}
"""


def test_anti_affinity_to_itself():
    spec = apart("{matchLabels: {app: web}}", "topology.kubernetes.io/zone")
    assert rules(deployment("web", spec), deployment("api")) == [
        AntiAffinity(rule="anti_affinity", workloads="web", level="zone")
    ]


def test_anti_affinity_to_others_and_itself():
    spec = apart("{matchExpressions: [{key: app, operator: In, values: [web, api]}]}")
    assert rules(deployment("web", spec), deployment("api"), deployment("db")) == [
        AntiAffinity(rule="anti_affinity", workloads="web", away_from=["web", "api"], level="host")
    ]


def test_selectors_stay_within_their_namespaces():
    spec = apart("{matchLabels: {app: api}}")
    texts = [deployment("web", spec, namespace="a"), deployment("api", namespace="b")]
    assert not rules(*texts)
    assert said(imported(*texts), "dropped", "not in the input")
    named = apart("{matchLabels: {app: api}}", extra=", namespaces: [b]")
    assert rules(deployment("web", named, namespace="a"), texts[1])[0].away_from.names == ("b/api",)
    everywhere = apart("{matchLabels: {app: api}}", extra=", namespaceSelector: {}")
    assert rules(deployment("web", everywhere, namespace="a"), texts[1])[0].away_from.names == ("b/api",)
    labelled = apart("{matchLabels: {app: api}}", extra=", namespaceSelector: {matchLabels: {tier: back}}")
    space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: b, labels: {tier: back}}"
    assert rules(deployment("web", labelled, namespace="a"), texts[1], space)[0].away_from.names == ("b/api",)
    assert not rules(deployment("web", labelled, namespace="a"), texts[1])


@pytest.mark.parametrize(("selector", "matches"), [("{}", True), ("null", False)])
def test_an_empty_selector_selects_all_and_a_null_one_none(selector, matches):
    assert bool(rules(deployment("web", apart(selector)), deployment("api"))) == matches


def test_an_unknown_topology_key_is_approximated_by_host():
    result = imported(deployment("web", apart("{matchLabels: {app: web}}", "example.com/room"), replicas=2))
    assert result.rules[0].level == "host"
    assert said(result, "approximated", "example.com/room")


def test_affinity_and_its_cycles():
    near = apart("{matchLabels: {app: db}}", "topology.kubernetes.io/zone", kind="podAffinity")
    back = apart("{matchLabels: {app: web}}", kind="podAffinity")
    expected = Affinity(rule="affinity", workloads="web", near="db", level="zone")
    assert rules(deployment("web", near), deployment("db")) == [expected]
    mutual = imported(deployment("web", near), deployment("db", back))
    assert list(mutual.rules) == [expected]
    assert said(mutual, "dropped", "leads back")


def test_affinity_to_itself():
    spec = apart("{matchLabels: {app: web}}", kind="podAffinity")
    assert rules(deployment("web", spec)) == [Affinity(rule="affinity", workloads="web", near="web", level="host")]


def test_affinity_to_a_daemonset_is_said():
    spec = apart("{matchLabels: {app: agent}}", kind="podAffinity")
    result = imported(deployment("web", spec), deployment("agent", kind="DaemonSet"))
    assert not result.rules
    assert said(result, "dropped", "daemonset agent")


def spread(extra: str = "", key: str = "topology.kubernetes.io/zone", app: str = "web") -> str:
    selector = f"labelSelector: {{matchLabels: {{app: {app}}}}}"
    return f"topologySpreadConstraints: [{{maxSkew: 2, topologyKey: {key}, {selector}{extra}}}]"


def test_topology_spread():
    hard = spread(", whenUnsatisfiable: DoNotSchedule, minDomains: 3, matchLabelKeys: [pod-template-hash]")
    result = imported(deployment("web", hard))
    assert list(result.rules) == [
        TopologySpread(rule="topology_spread", workloads="web", level="zone", max_skew=2, min_domains=3)
    ]
    assert not said(result, "approximated", "topology spread")


@pytest.mark.parametrize(
    ("spec", "level", "words", "kept"),
    [
        (spread(", whenUnsatisfiable: ScheduleAnyway"), "dropped", "ScheduleAnyway", False),
        (spread(key="example.com/room"), "dropped", "example.com/room", False),
        (spread(app="api"), "approximated", "other pods than its own", True),
        (spread(", nodeTaintsPolicy: Honor"), "approximated", "nodeTaintsPolicy", True),
        (spread(", matchLabelKeys: [release]"), "approximated", "matchLabelKeys", True),
    ],
)
def test_topology_spread_that_is_not_kept_in_full_is_said(spec, level, words, kept):
    result = imported(deployment("web", spec))
    assert said(result, level, words)
    assert bool(result.rules) == kept


PORT = "containers: [{name: a, ports: [{containerPort: 80, hostPort: 8080}]}]"


def test_a_host_port_is_used_once_per_host():
    result = rules(deployment("a", PORT, replicas=2), deployment("b", PORT), deployment("c"))
    assert result == [
        AntiAffinity(rule="anti_affinity", workloads="a"),
        AntiAffinity(rule="anti_affinity", workloads="a", away_from="b"),
    ]


def test_host_network_takes_the_declared_ports():
    spec = "hostNetwork: true\ncontainers: [{name: a, ports: [{containerPort: 80}]}]"
    result = imported(deployment("a", spec, replicas=2))
    assert list(result.rules) == [AntiAffinity(rule="anti_affinity", workloads="a")]
    assert said(result, "approximated", "hostNetwork")


def test_a_host_port_that_a_daemonset_uses_is_said():
    result = imported(deployment("a", PORT), deployment("agent", PORT, kind="DaemonSet"))
    assert not result.rules
    assert said(result, "dropped", "port 8080/TCP of the host, which the daemonset agent uses")
