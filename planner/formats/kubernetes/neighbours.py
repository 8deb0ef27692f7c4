"""Rules between workloads that a pod spec states: pod (anti-)affinity, topology spread, host ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from models.rules import Affinity, AntiAffinity, Rule, TopologySpread
from models.topology import Level
from planner.formats.kubernetes.entry import Entry
from planner.formats.kubernetes.imported import NO_CHOICES, Choices, Report
from planner.formats.kubernetes.podset import PER_POD_LABELS, PodSet
from planner.formats.kubernetes.selectors import HOSTNAME, PREFERRED, REQUIRED, modern

LEVEL_OF: dict[str, Level] = {
    HOSTNAME: "host",
    "topology.kubernetes.io/zone": "zone",
    "topology.kubernetes.io/region": "region",
    "topology.ebs.csi.aws.com/zone": "zone",
    "topology.k8s.aws/zone-id": "zone",
    "topology.gke.io/zone": "zone",
    "topology.disk.csi.azure.com/zone": "zone",
    "bayplan.io/cloud": "cloud",
    "bayplan.io/site": "site",
    "bayplan.io/rack": "rack",
}
"""The level of the topology that a node label tells."""


@dataclass(frozen=True)
class Neighbourhood:
    """All pod sets with their workload names, and the labels of the namespaces they live in."""

    sets: Sequence[PodSet]
    names: Sequence[str]
    namespaces: Mapping[str, Mapping[str, str]]

    def matching(self, selector: Entry, namespaces: set[str]) -> list[int]:
        """Positions of the sets in these namespaces whose pods a label selector matches; none if it is null."""
        if not selector:
            return []
        pair = next(iter(selector.get("matchLabels").texts().items()), None)
        likely = {i for namespace in namespaces for i in self._having.get((namespace, pair), ())}
        return [i for i in sorted(likely) if holds(selector, self._labels[i])]

    @cached_property
    def _labels(self) -> list[dict[str, str]]:
        return [each.labels for each in self.sets]

    @cached_property
    def _having(self) -> dict[tuple[str, tuple[str, str] | None], list[int]]:
        """Positions by namespace and one label; all of a namespace under no label."""
        found: dict[tuple[str, tuple[str, str] | None], list[int]] = {}
        for i, (each, labels) in enumerate(zip(self.sets, self._labels, strict=True)):
            for pair in (None, *labels.items()):
                found.setdefault((each.namespace, pair), []).append(i)
        return found

    def namespaces_of(self, term: Entry, own: str) -> set[str]:
        """The namespaces that an affinity term speaks of."""
        named = {item.text() for item in term.get("namespaces").items()}
        selector = term.get("namespaceSelector")
        if not selector:
            return named or {own}
        known = {each.namespace for each in self.sets}
        chosen = {
            name
            for name in known
            if holds(selector, {"kubernetes.io/metadata.name": name, **self.namespaces.get(name, {})})
        }
        return named | chosen


def holds(selector: Entry, labels: Mapping[str, str]) -> bool:
    """Whether labels meet a label selector (Kubernetes "Labels and Selectors")."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels").texts().items()):
        return False
    return all(_meets(expression, labels) for expression in selector.get("matchExpressions").items())


def _meets(expression: Entry, labels: Mapping[str, str]) -> bool:
    value = labels.get(expression.get("key").text())
    values = [item.text() for item in expression.get("values").items()]
    match expression.get("operator").text():
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise expression.get("operator").refuse("one of In, NotIn, Exists, DoesNotExist")


def neighbour_rules(
    at: int, hood: Neighbourhood, report: Report, choices: Choices = NO_CHOICES
) -> Iterator[AntiAffinity | Affinity | TopologySpread]:
    """The rules of the set at position `at` that speak of other replicas; wishes as soft rules if they are wanted."""
    affinity = hood.sets[at].spec.get("affinity")
    for key, read in (("podAntiAffinity", _apart), ("podAffinity", _together)):
        for term in affinity.get(key, REQUIRED).items():
            yield from read(term, at, hood, report)
        wishes = list(affinity.get(key, PREFERRED).items())
        if wishes and choices.soft is None:
            what = "preferred pod affinity" if key == "podAffinity" else "preferred pod anti-affinity"
            report.dropped(hood.sets[at].place, what, "a wish: the plan does not weigh it")
        for wish in wishes if choices.soft is not None else ():
            for rule in read(wish.get("podAffinityTerm"), at, hood, report):
                yield choices.wish(rule, wish.get("weight").whole(1))
    for constraint in hood.sets[at].spec.get("topologySpreadConstraints").items():
        if constraint.get("whenUnsatisfiable").text("DoNotSchedule") == "DoNotSchedule":
            yield from _spread(constraint, at, hood, report)
        elif choices.soft is not None:
            yield from (choices.wish(rule) for rule in _spread(constraint, at, hood, report))
        else:
            what = f"topology spread over {modern(constraint.get('topologyKey').text())} (ScheduleAnyway)"
            report.dropped(hood.sets[at].place, what, "a wish: the plan does not weigh it")


def _apart(term: Entry, at: int, hood: Neighbourhood, report: Report) -> Iterator[AntiAffinity]:
    own, place = hood.names[at], hood.sets[at].place
    if hood.sets[at].model == "daemon_set":
        report.dropped(place, "pod anti-affinity of a daemonset", "it runs on every host that admits it")
        return
    others = _selected(term, at, hood, "pod anti-affinity", report)
    if not others:
        return
    key = modern(term.get("topologyKey").text())
    level = LEVEL_OF.get(key)
    if level is None:
        what = f"pod anti-affinity by {key}"
        report.approximated(place, what, "hosts are not known by this label: kept apart by host, which is weaker")
    away = None if others == [at] else tuple(hood.names[i] for i in others)
    yield AntiAffinity(rule="anti_affinity", workloads=own, away_from=away, level=level or "host")


def _together(term: Entry, at: int, hood: Neighbourhood, report: Report) -> Iterator[Affinity]:
    own, place = hood.names[at], hood.sets[at].place
    if hood.sets[at].model == "daemon_set":
        report.dropped(place, "pod affinity of a daemonset", "it is counted on every host that its selectors admit")
        return
    others = _selected(term, at, hood, "pod affinity", report)
    level = LEVEL_OF.get(modern(term.get("topologyKey").text()))
    if level is None:
        report.dropped(place, f"pod affinity by {term.get('topologyKey').text()}", "hosts are not known by this label")
        return
    if at in others and len(others) > 1:
        report.approximated(place, "pod affinity to itself and others", "read as affinity to the others")
        others.remove(at)
    if others:
        yield Affinity(rule="affinity", workloads=own, near=tuple(hood.names[i] for i in others), level=level)


def _spread(constraint: Entry, at: int, hood: Neighbourhood, report: Report) -> Iterator[TopologySpread]:
    own, place = hood.names[at], hood.sets[at].place
    key = modern(constraint.get("topologyKey").text())
    level = LEVEL_OF.get(key)
    if level is None or hood.sets[at].model == "daemon_set":
        why = "hosts are not known by this label" if level is None else "a daemonset runs on every host that admits it"
        report.dropped(place, f"topology spread over {key}", why)
        return
    selected = hood.matching(constraint.get("labelSelector"), {hood.sets[at].namespace})
    if selected != [at]:
        report.approximated(
            place, f"topology spread over {key} of other pods than its own", "the workload is spread by itself"
        )
    _say_policies(constraint, place, report)
    yield constraint.build(
        TopologySpread,
        rule="topology_spread",
        workloads=own,
        level=level,
        max_skew=constraint.get("maxSkew").whole(1),
        min_domains=constraint.get("minDomains").whole(1),
    )


def _say_policies(constraint: Entry, place: str, report: Report) -> None:
    odd = {"nodeAffinityPolicy": "Ignore", "nodeTaintsPolicy": "Honor"}
    for policy, value in odd.items():
        if constraint.get(policy).text() == value:
            default = "Honor" if value == "Ignore" else "Ignore"
            report.approximated(place, f"topology spread with {policy} {value}", f"counted as {default}, the default")
    if {item.text() for item in constraint.get("matchLabelKeys").items()} - PER_POD_LABELS:
        report.approximated(place, "topology spread with matchLabelKeys", "the keys are not looked at")


def _selected(term: Entry, at: int, hood: Neighbourhood, what: str, report: Report) -> list[int]:
    """Positions of the sets that an affinity term means, daemonsets left out."""
    place = hood.sets[at].place
    keys = [*term.get("matchLabelKeys").items(), *term.get("mismatchLabelKeys").items()]
    if {item.text() for item in keys} - PER_POD_LABELS:
        report.approximated(place, f"{what} with matchLabelKeys", "the keys are not looked at")
    found = hood.matching(term.get("labelSelector"), hood.namespaces_of(term, hood.sets[at].namespace))
    daemons = [i for i in found if hood.sets[i].model == "daemon_set"]
    if daemons:
        names = ", ".join(hood.names[i] for i in daemons)
        report.dropped(place, f"{what} to the daemonset {names}", "daemonsets are not weighed by host")
    elif not found:
        report.dropped(place, f"{what} to pods that are not in the input", "the rule is left out")
    return [i for i in found if i not in daemons]


def port_rules(hood: Neighbourhood, report: Report) -> Iterator[Rule]:
    """Workloads that use the same port of a host, which only one of their replicas can have."""
    users: dict[tuple[int, str], list[int]] = {}
    for i, each in enumerate(hood.sets):
        for port in sorted(_host_ports(each)):
            users.setdefault(port, []).append(i)
        if each.spec.get("hostNetwork").flag() and each.model != "daemon_set":
            report.approximated(each.place, "hostNetwork", "only the ports that it declares are kept apart by host")
    daemons = {i for i, each in enumerate(hood.sets) if each.model == "daemon_set"}
    placed = {port: [i for i in who if i not in daemons] for port, who in users.items()}
    for i in sorted({i for who in placed.values() for i in who}):
        if hood.sets[i].replicas > 1:
            yield AntiAffinity(rule="anti_affinity", workloads=hood.names[i])
    for a, b in sorted({(a, b) for who in placed.values() for a in who for b in who if a < b}):
        yield AntiAffinity(rule="anti_affinity", workloads=hood.names[a], away_from=hood.names[b])
    for (number, protocol), who in users.items():
        taken = ", ".join(hood.names[i] for i in who if i in daemons)
        for i in placed[number, protocol] if taken else ():
            what = f"port {number}/{protocol} of the host, which the daemonset {taken} uses, too"
            report.dropped(hood.sets[i].place, what, "this clash is not planned")


def _host_ports(each: PodSet) -> set[tuple[int, str]]:
    """Ports of the host that a pod takes; with `hostNetwork` all that it declares."""
    on_host = each.spec.get("hostNetwork").flag()
    found = set()
    for container in (*each.spec.get("containers").items(), *each.spec.get("initContainers").items()):
        for port in container.get("ports").items():
            number = port.get("hostPort").whole() or (port.get("containerPort").whole() if on_host else 0)
            if number:
                found.add((number, port.get("protocol").text("TCP")))
    return found


def without_cycles(rules: Sequence[Rule], report: Report) -> list[Rule]:
    """Leave out affinity rules that lead back to where other affinity rules started.

    Kubernetes lets two workloads be near each other; a plan's affinity has a direction.
    """
    kept: list[Rule] = []
    near: dict[str, set[str]] = {}
    for rule in rules:
        if isinstance(rule, Affinity) and rule.workloads.names != rule.near.names:
            own = rule.workloads.names[0]
            if any(_leads(near, start, own) for start in rule.near.names):
                what = f"pod affinity to {', '.join(rule.near.names)}"
                report.dropped(f"workload {own}", what, "other affinity leads back from there; those rules are kept")
                continue
            near.setdefault(own, set()).update(rule.near.names)
        kept.append(rule)
    return kept


def _leads(near: Mapping[str, set[str]], start: str, goal: str) -> bool:
    seen, waiting = set(), [start]
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(near.get(here, ()))
    return False
