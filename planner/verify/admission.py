"""Which single hosts a workload may run on: labels, allowed hosts, taints, platform."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from functools import singledispatch
from typing import Any

from models.catalog import Catalog
from models.rules import Allow, Forbid, NodeAffinity, NodeSelector, Toleration, Tolerations
from models.scenario import Scenario
from models.selectors import WorkloadIndex
from models.supply import Offering
from models.workload import Workload

HostRule = NodeSelector | NodeAffinity | Allow | Forbid


@singledispatch
def refusal(rule: Any, facts: Offering) -> str:
    """Why a rule keeps its workloads off a host; "" where it admits them."""
    raise TypeError(f"{rule!r} says nothing about single hosts")


@refusal.register
def _(rule: NodeSelector, facts: Offering) -> str:
    for key, value in rule.labels.items():
        if facts.labels.get(key) != value:
            return f"needs the label {key}={value}, the host has {_label(facts, key)}"
    return ""


@refusal.register
def _(rule: NodeAffinity, facts: Offering) -> str:
    if rule.holds(facts.labels):
        return ""
    keys = dict.fromkeys(expression.key for term in rule.terms for expression in term)
    return f"meets none of {len(rule.terms)} terms; the host has " + ", ".join(_label(facts, key) for key in keys)


@refusal.register
def _(rule: Allow, facts: Offering) -> str:
    return "" if rule.hosts.selects(facts) else f"is not among the allowed hosts ({_stated(rule)})"


@refusal.register
def _(rule: Forbid, facts: Offering) -> str:
    return f"is among the forbidden hosts ({_stated(rule)})" if rule.hosts.selects(facts) else ""


def _label(facts: Offering, key: str) -> str:
    return f"{key}={facts.labels[key]}" if key in facts.labels else f"no {key}"


def _stated(rule: Allow | Forbid) -> str:
    conditions = rule.hosts.model_dump(exclude_defaults=True)
    return "; ".join(f"{key}: {', '.join(map(str, value))}" for key, value in conditions.items()) or "all hosts"


class Admission:
    """The rules on single hosts by workload, gathered once.

    Attributes
    ----------
    host_rules : dict of int to list
        By workload position, the rules that look at one host at a time.
    tolerations : dict of int to list of Toleration
        By workload position, what it puts up with.
    clouds : dict of int to dict
        By workload position, the clouds that its claims ask for, with the storage class of each.
    """

    def __init__(self, scenario: Scenario, catalog: Catalog, index: WorkloadIndex) -> None:
        self._workloads: tuple[Workload, ...] = scenario.spec.workloads
        self._written: dict[int, str] = {}
        self.host_rules: dict[int, list[HostRule]] = defaultdict(list)
        self.tolerations: dict[int, list[Toleration]] = defaultdict(list)
        for rule in scenario.spec.rules:
            if isinstance(rule, HostRule):
                for w in index.select(rule.workloads):
                    self.host_rules[w].append(rule)
            elif isinstance(rule, Tolerations):
                for w in index.select(rule.workloads):
                    self.tolerations[w].extend(rule.tolerations)
        self.clouds: dict[int, dict[str, str]] = defaultdict(dict)
        for w, asking in enumerate(self._workloads):
            for claim in asking.volumes:
                known = catalog.storage_class_of.get(claim.storage_class or "")
                if known and known.cloud:
                    self.clouds[w][known.cloud] = known.name

    def untolerated(self, workload: int, facts: Offering) -> tuple[str, ...]:
        """The host's taints that keep the workload off; a PreferNoSchedule taint is only a wish."""
        known = self.tolerations.get(workload, [])
        strict = (taint for taint in facts.taints if taint.effect != "PreferNoSchedule")
        return tuple(str(taint) for taint in strict if not any(t.covers(taint) for t in known))

    def platform_fits(self, workload: int, facts: Offering) -> bool:
        """Whether the host's platform runs this kind: virtual machines or containers."""
        machine = self._workloads[workload].kind == "virtual_machine"
        return facts.runs == ("virtual_machines" if machine else "containers")

    def eligible(self, workload: int, facts: Offering) -> bool:
        """Whether labels, allowed hosts and platform admit the workload, taints left aside."""
        rules = self.host_rules.get(workload, [])
        return self.platform_fits(workload, facts) and not any(refusal(rule, facts) for rule in rules)

    def conditions(self, workload: int) -> Hashable:
        """A key that is equal for workloads that are eligible on the same hosts."""
        rules = frozenset(self._text(rule) for rule in self.host_rules.get(workload, []))
        return self._workloads[workload].kind == "virtual_machine", rules

    def _text(self, rule: HostRule) -> str:
        """What a rule says, whoever it says it to."""
        if id(rule) not in self._written:
            self._written[id(rule)] = rule.model_dump_json(exclude={"workloads", "name"})
        return self._written[id(rule)]

    def admitted(self, workload: int, facts: Offering) -> bool:
        """Whether the workload may run on the host: taints and its claims' clouds included."""
        reachable = all(facts.cloud == cloud for cloud in self.clouds.get(workload, ()))
        return reachable and self.eligible(workload, facts) and not self.untolerated(workload, facts)
