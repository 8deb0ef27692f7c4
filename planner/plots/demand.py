"""What replicas take of a host when it is fullest: demand that varies does not peak everywhere at once.

On hosts of an `overload_risk` rule it is their usage that counts, in place of requests: its mean, and a margin such
that all together stay within the host but for the rule's chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import Any

from models.plan import Plan, PlannedHost
from models.resources import Resources
from models.rules import OverloadRisk
from models.scenario import Scenario
from models.schedule import told

APART = "each at its fullest"
"""What is told of hosts that peak at different times."""


@dataclass(frozen=True)
class _Facts:
    """What is known of a planned host to the selectors of rules."""

    location: str
    host_type: str
    purchase: str
    pool: str
    labels: Mapping[str, str]
    architecture: str = ""
    country: str = ""
    taints: tuple[Any, ...] = ()


class Demands(dict[str, Resources]):
    """What one replica of each workload takes at its own peak, by workload; and at any other time.

    Parameters
    ----------
    scenario : Scenario
    """

    def __init__(self, scenario: Scenario) -> None:
        super().__init__({workload.name: workload.demand() for workload in scenario.spec.workloads})
        self._varying = {workload.name: workload for workload in scenario.spec.workloads if workload.varies}
        self._changes = {name: workload.changes() for name, workload in self._varying.items()}
        self._workloads = {workload.name: workload for workload in scenario.spec.workloads}
        self._rules = [rule for rule in scenario.spec.rules if isinstance(rule, OverloadRisk)]
        self._labels = {pool.name: pool.labels for pool in scenario.spec.pools}
        self._labels |= {host.name: host.labels for host in scenario.spec.hosts}
        self._weekly = any(
            (workload.profile is not None and workload.profile.period == "week")
            or (workload.times is not None and not workload.times.daily)
            for workload in self._varying.values()
        )

    def at_the_fullest(self, hosts: Sequence[PlannedHost], resource: str) -> tuple[str, dict[str, float]]:
        """What each workload takes of a host on average, each of the hosts at its fullest.

        Returns
        -------
        str
            When that is (the first such time, UTC), for people; "" where it is always the same.
        dict of str to float
            By workload, in the model's units for all of its replicas on a host.
        """
        if not self._varying and not self._rules:
            counts: Counter[str] = Counter()
            for host in hosts:
                counts.update({name: len(ordinals) for name, ordinals in host.runs.items() if name in self})
            return "", {name: self[name][resource] * count / len(hosts) for name, count in counts.items()}
        times, total = set[str](), dict[str, float]()
        for host in hosts:
            when, taken = self._fullest(host, resource)
            times.add(when)
            for name, amount in taken.items():
                total[name] = total.get(name, 0) + amount / len(hosts)
        return times.pop() if len(times) == 1 else APART, total

    def _fullest(self, host: PlannedHost, resource: str) -> tuple[str, dict[str, int]]:
        counts = {name: len(ordinals) for name, ordinals in host.runs.items() if name in self}
        likely = self.risk(host, resource) is not None
        taken = {name: self._always(name, resource, likely) * count for name, count in counts.items()}
        varying = [name for name in counts if name in self._varying and self._varies(name, resource)]
        if not varying:
            return "", taken

        def asked(name: str, day: Fraction) -> int:
            return counts[name] * self._at(name, resource, day, likely)

        moments = sorted({Fraction(0)}.union(*(self._changes[name] for name in varying)))
        fullest = max(moments, key=lambda day: sum(asked(name, day) for name in varying))
        taken |= {name: asked(name, fullest) for name in varying}
        return f"at {told(fullest, weekday=self._weekly)} UTC", taken

    def risk(self, host: PlannedHost, resource: str) -> float | None:
        """The chance of overload that a host is planned with, None where requests count.

        A rule that selects hosts by architecture is passed over: a plan does not say theirs.
        """
        labels = self._labels.get(host.name if host.standing else host.pool, {})
        facts = _Facts(host.location, host.host_type, host.purchase, host.pool, labels)
        rules = (rule for rule in self._rules if resource in rule.resources and not rule.hosts.architectures)
        return min((rule.risk for rule in rules if rule.hosts.selects(facts)), default=None)

    def as_used(self, plan: Plan) -> Plan:
        """The plan with what hosts are likely to use, but for the chance of a rule, in place of what is requested."""
        hosts = tuple(self._likely(host) for host in plan.spec.hosts) if self._rules else plan.spec.hosts
        return plan.model_copy(update={"spec": plan.spec.model_copy(update={"hosts": hosts})})

    def _likely(self, host: PlannedHost) -> PlannedHost:
        used = host.used.amounts()
        for resource in {resource for rule in self._rules for resource in rule.resources}:
            risk = self.risk(host, resource)
            if risk is not None:
                spread = sum(
                    self._deviation(name, resource) ** 2 * len(n) for name, n in host.runs.items() if name in self
                )
                mean = sum(self._fullest(host, resource)[1].values())
                used[resource] = round(mean + NormalDist().inv_cdf(1 - risk) * sqrt(spread))
        return host.model_copy(update={"used": Resources.of(used)})

    def _deviation(self, name: str, resource: str) -> float:
        usage = getattr(self._workloads[name].usage, resource, None)
        return usage.deviation if usage is not None else 0.0

    def _always(self, name: str, resource: str, likely: bool) -> int:
        """What one replica takes at its peak; its mean usage where that counts and is stated."""
        workload: Any = self._workloads[name]
        usage = getattr(workload.usage, resource, None) if likely else None
        return self[name][resource] if usage is None else int(usage.mean + workload.overhead[resource])

    def _varies(self, name: str, resource: str) -> bool:
        workload: Any = self._varying[name]
        return workload.times is not None or resource in workload.profile.points

    def _at(self, name: str, resource: str, day: Fraction, likely: bool) -> int:
        """What one replica takes at a time: its profile in place of the peak, nothing while it does not run."""
        workload: Any = self._varying[name]
        if workload.times is not None and not workload.times.covers(day):
            return 0
        most, profile = self._always(name, resource, likely), workload.profile
        by_usage = likely and getattr(workload.usage, resource, None) is not None
        if by_usage or profile is None or resource not in profile.points:
            return most
        return int(most - max(profile.points[resource]) + profile.at(resource, day))
