"""Which single hosts a workload may run on: labels, allowed hosts, taints, platform."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from functools import partial, singledispatch
from typing import Any, get_args

from models.catalog import Catalog
from models.rules import Allow, Forbid, NodeAffinity, NodeSelector, Residency, Toleration, Tolerations
from models.scenario import Scenario
from models.selectors import WorkloadIndex
from models.supply import Offering
from models.workload import Workload
from planner.verify.asked import Asked
from planner.verify.sources import Sources

HostRule = NodeSelector | NodeAffinity | Allow | Forbid | Residency
Refusals = Asked[Offering, str]
HOST_RULES: tuple[type[HostRule], ...] = get_args(HostRule)


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


@refusal.register
def _(rule: Residency, facts: Offering) -> str:
    if rule.admits(facts):
        return ""
    stands = f"stands in {facts.country or 'no known country'} ({facts.location})"
    return f"{stands}, to stay in {', '.join((*rule.countries, *rule.locations))}"


def _label(facts: Offering, key: str) -> str:
    return f"{key}={facts.labels[key]}" if key in facts.labels else f"no {key}"


def _stated(rule: Allow | Forbid) -> str:
    conditions = rule.hosts.model_dump(exclude_defaults=True)
    return "; ".join(f"{key}: {', '.join(map(str, value))}" for key, value in conditions.items()) or "all hosts"


class Admission:
    """The rules on single hosts by workload, gathered once.

    Attributes
    ----------
    host_rules : dict of int to list of mapping
        By workload position, what the hard rules that look at one host at a time have against a host.
    tolerations : dict of int to list of Toleration
        By workload position, what it puts up with.
    sources : Sources
        Where claims take their volumes from.
    """

    def __init__(self, scenario: Scenario, catalog: Catalog, index: WorkloadIndex) -> None:
        self._workloads: tuple[Workload, ...] = scenario.spec.workloads
        self._refusals: dict[str, Refusals] = {}
        self._known: dict[int, Refusals] = {}
        self.host_rules: dict[int, list[Refusals]] = defaultdict(list)
        self.tolerations: dict[int, list[Toleration]] = defaultdict(list)
        for rule in scenario.spec.rules_of(*HOST_RULES):
            if rule.mode == "hard":
                for w in index.select(rule.workloads):
                    self.host_rules[w].append(self.refusals(rule))
        for tolerated in scenario.spec.rules_of(Tolerations):
            for w in index.select(tolerated.workloads):
                self.tolerations[w].extend(tolerated.tolerations)
        self.sources = Sources(scenario, catalog)

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
        fits = self.platform_fits(workload, facts) and self._workloads[workload].takes_gpu(facts.gpu_model)
        return fits and not any(refusals[facts] for refusals in self.host_rules.get(workload, ()))

    def conditions(self, workload: int) -> Hashable:
        """A key that is equal for workloads that are eligible on the same hosts."""
        asking, said = self._workloads[workload], frozenset(map(id, self.host_rules.get(workload, ())))
        return asking.kind == "virtual_machine", asking.gpu_models, said

    def refusals(self, rule: HostRule) -> Refusals:
        """By host, why a rule keeps its workloads off it; one mapping for all rules that say the same."""
        if id(rule) not in self._known:  # the scenario keeps the rule, so nothing else gets its id
            says = rule.model_dump_json(exclude={"workloads", "name"})
            self._known[id(rule)] = self._refusals.setdefault(says, Asked(partial(refusal, rule)))
        return self._known[id(rule)]

    def admitted(self, workload: int, facts: Offering) -> bool:
        """Whether the workload may run on the host: taints and the classes of its claims included."""
        claims = filter(self.sources.asks, self._workloads[workload].volumes)
        served = all(self.sources.of(claim, facts.location) is not None for claim in claims)
        return served and self.eligible(workload, facts) and not self.untolerated(workload, facts)
