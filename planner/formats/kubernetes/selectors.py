"""Rules on hosts that a pod spec states: node selector, required node affinity, tolerations."""

from __future__ import annotations

from collections.abc import Iterator

from models.rules import Expression, NodeAffinity, NodeSelector, Rule, Toleration, Tolerations
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import NO_CHOICES, Choices, Report

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
HOSTNAME = "kubernetes.io/hostname"

_OLD_LABELS = {
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
}


def modern(label: str) -> str:
    """The present name of a well-known node label (Kubernetes "Well-Known Labels")."""
    return _OLD_LABELS.get(label, label)


def host_rules(
    spec: Entry, name: str, place: str, report: Report, choices: Choices = NO_CHOICES, *, daemon: bool = False
) -> Iterator[Rule]:
    """The rules of workload `name` that speak of hosts.

    Parameters
    ----------
    spec : Entry
        The pod spec, with the runtime class's scheduling merged in.
    name : str
        The workload's name.
    place : str
        How the report calls it.
    report : Report
    choices : Choices
        Whether preferences are kept, as soft rules.
    daemon : bool
        Whether it is a daemonset: its controller writes each pod's node into the affinity.
    """
    labels = {modern(key): value for key, value in spec.get("nodeSelector").texts().items()}
    if labels:
        yield NodeSelector(rule="node_selector", workloads=name, labels=labels)
    affinity = spec.get("affinity", "nodeAffinity")
    yield from _wishes(affinity.get(PREFERRED), name, place, report, choices, daemon=daemon)
    terms = _terms(affinity.get(REQUIRED, "nodeSelectorTerms"), place, report, daemon=daemon)
    if terms:
        yield affinity.build(NodeAffinity, rule="node_affinity", workloads=name, terms=terms)
    tolerations = tuple(_tolerations(spec.get("tolerations"), place, report))
    if tolerations:
        yield Tolerations(rule="tolerations", workloads=name, tolerations=tolerations)


def _wishes(
    entry: Entry, name: str, place: str, report: Report, choices: Choices, *, daemon: bool
) -> Iterator[NodeAffinity]:
    """Preferred node affinity: a soft rule for each term, priced by its weight."""
    if choices.soft is None or daemon:
        if any(entry.items()):
            report.dropped(place, "preferred node affinity", "a wish: the plan does not weigh it")
        return
    for item in entry.items():
        preferred = Entry(item.source, item.path, [item.get("preference").value])
        terms = _terms(preferred, place, report, daemon=False)
        rule = item.build(NodeAffinity, rule="node_affinity", workloads=name, terms=terms)
        yield choices.wish(rule, item.get("weight").whole(1))


def _terms(entry: Entry, place: str, report: Report, *, daemon: bool) -> tuple[tuple[Expression, ...], ...]:
    terms = []
    for term in entry.items():
        expressions = [_expression(e) for e in term.get("matchExpressions").items()]
        fields = [] if daemon else list(term.get("matchFields").items())
        for condition in fields:  # metadata.name is the only field that Kubernetes knows
            expressions.append(_expression(condition, key=HOSTNAME))
            report.approximated(place, "node affinity by matchFields", f"read as the label {HOSTNAME}")
        if not expressions and daemon and term.get("matchFields"):
            return ()  # the controller's own term: this pod's node, and nothing else
        terms.append(tuple(expressions))
    return tuple(terms)


def _expression(entry: Entry, key: str = "") -> Expression:
    return entry.build(
        Expression,
        key=key or modern(entry.get("key").text()),
        operator=entry.get("operator").text(),
        values=tuple(value.text() for value in entry.get("values").items()),
    )


def _tolerations(entry: Entry, place: str, report: Report) -> Iterator[Toleration]:
    for item in entry.items():
        if item.get("tolerationSeconds"):
            if not item.get("key").text().startswith("node.kubernetes.io/"):  # those every pod is given
                what = f"toleration of {item.get('key').text()!r} for a number of seconds"
                report.dropped(place, what, "it ends, so the planned state does not count on it")
            continue
        operator = item.get("operator").text("Equal") or "Equal"
        if operator not in {"Equal", "Exists"}:
            report.dropped(place, f"toleration with operator {operator}", "such taints keep the workload off")
            continue
        yield item.build(
            Toleration,
            key=item.get("key").text(),
            operator=operator,
            value=item.get("value").text(),
            effect=item.get("effect").text() or None,
        )
