"""What keeps a replica off offerings one by one: the rules on single hosts, and its size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from models.plan import Reason
from models.rules import (
    Allow,
    Colocation,
    Forbid,
    Latency,
    NodeAffinity,
    NodeSelector,
    Pinned,
    Residency,
    Spot,
    Toleration,
    Tolerations,
    VolumeLocality,
    rule_label,
)
from models.selectors import Hosts
from models.traffic import Users
from planner.explain.outcome import Bools, Ints, LeftOut, Outcome
from planner.plots.labels import counted


@dataclass(frozen=True, eq=False)
class Step:
    """One thing that keeps a replica off offerings.

    Attributes
    ----------
    rule : str
    blocked : bool[O]
        The offerings it keeps the replica off.
    tell : callable
        The reasons for some of the blocked offerings, as (rule, offerings, detail).
    change : callable
        What would lift it for some of the blocked offerings, as a phrase in the imperative.
    """

    rule: str
    blocked: Bools
    tell: Callable[[Bools], list[tuple[str, Bools, str]]]
    change: Callable[[Bools], str]

    @classmethod
    def plain(cls, rule: str, blocked: Bools, detail: str, change: str) -> Step:
        """A step that says the same of every offering."""
        return cls(rule, blocked, lambda removed: [(rule, removed, detail)], lambda _: change)

    def sparing(self, others: Iterable[Step]) -> Step:
        """The step without the offerings of others that say better what is in the way there."""
        blocked = self.blocked.copy()
        for other in others:
            blocked &= ~other.blocked
        return replace(self, blocked=blocked)

    def reasons(self, outcome: Outcome, removed: Bools) -> list[Reason]:
        """The funnel's lines for the offerings that this step removed."""
        if not removed.any():
            return []
        told = ((rule, outcome.counted(mask), detail) for rule, mask, detail in self.tell(removed))
        return [Reason(rule=rule, hosts=hosts, detail=detail) for rule, hosts, detail in told if hosts]


def rule_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """The rules that narrow where the replicas may go, in the order in which they were applied."""
    blocked: dict[str, Bools] = {}
    for narrowing in outcome.narrowings.get(left.workload, ()):
        if narrowing.ordinals is None or set(narrowing.ordinals) & set(left.ordinals):
            before = blocked.get(narrowing.rule, np.zeros(len(narrowing.admitted), dtype=bool))
            blocked[narrowing.rule] = before | ~narrowing.admitted
    for rule, mask in blocked.items():
        if rule == "taints":
            yield _taints(outcome, left, mask)
        else:
            yield Step.plain(rule, mask, _rule_detail(outcome, left, rule), _rule_change(rule))


def _taints(outcome: Outcome, left: LeftOut, blocked: Bools) -> Step:
    tolerated = _tolerated(outcome, left)

    def refused(o: int) -> list[str]:
        taints = (taint for taint in outcome.names.offerings[o].taints if taint.effect != "PreferNoSchedule")
        return [str(taint) for taint in taints if not any(t.covers(taint) for t in tolerated)]

    def tell(removed: Bools) -> list[tuple[str, Bools, str]]:
        found = Counter(taint for o in np.flatnonzero(removed) for taint in refused(int(o)))
        return [("taints", removed, f"not tolerated: {_listed([taint for taint, _ in found.most_common()])}")]

    def change(alone: Bools) -> str:
        fewest = min((refused(int(o)) for o in np.flatnonzero(alone)), key=len)
        return f"tolerate the taint {_listed(fewest)}"

    return Step("taints", blocked, tell, change)


def _tolerated(outcome: Outcome, left: LeftOut) -> tuple[Toleration, ...]:
    rules = (rule for rule in outcome.rules.get(left.workload, ()) if isinstance(rule, Tolerations))
    return tuple(toleration for rule in rules for toleration in rule.tolerations)


_BUILT_IN = {
    "volume_locality": (
        "its volume cannot be attached there", "move its volume, or offer hosts where the volume can be attached",
    ),
    "storage": (
        "none of its storage classes serves its claims there", "name a storage class that serves its claims elsewhere",
    ),
    "daemonsets": (
        "filled by daemonsets alone", "ask for less in the daemonsets, or offer larger hosts",
    ),
    "gpu_models": (
        "without a GPU of a model that will do", "allow further GPU models, or offer hosts with one of them",
    ),
}  # fmt: skip
"""What keeps replicas off hosts without a rule of that name: what is told, and what would lift it."""


def _rule_change(rule: str) -> str:
    if rule == "platform":
        return "offer hosts whose platform runs this kind of workload"
    return _BUILT_IN[rule][1] if rule in _BUILT_IN else f"lift the rule {rule!r} for it"


def _rule_detail(outcome: Outcome, left: LeftOut, label: str) -> str:
    """What the rules of a label ask of a host, in words."""
    if label == "platform":
        machine = outcome.names.scenario.spec.workloads[left.workload].kind == "virtual_machine"
        return f"platform does not run {'virtual machines' if machine else 'containers'}"
    rules = [rule for rule in outcome.rules.get(left.workload, ()) if rule_label(rule) == label]
    if not rules:
        return _BUILT_IN.get(label, _BUILT_IN["volume_locality"])[0]
    return "; or ".join(dict.fromkeys(_asked(rule) for rule in rules))


def _asked(rule: Any) -> str:
    match rule:
        case NodeSelector():
            return "without the label " + _listed([f"{key}={value}" for key, value in rule.labels.items()])
        case NodeAffinity():
            keys = dict.fromkeys(expression.key for term in rule.terms for expression in term)
            return "meets no term of the node affinity on " + _listed(list(keys))
        case Allow():
            return f"outside the allowed {_selected(rule.hosts)}"
        case Forbid():
            return f"among the forbidden {_selected(rule.hosts)}"
        case Residency():
            return "not in " + _listed([*rule.countries, *rule.locations])
        case Spot():
            return "a spot host"
        case Latency(users=Users(name=whom)):
            return f"farther than {rule.max_ms:g} ms from {whom}"
        case Latency():
            return f"within {rule.max_ms:g} ms of no place of the workload it must be near"
        case Colocation():
            return f"in a {rule.level}, where none may be"
        case Pinned():
            return "not a host that it is pinned to"
        case VolumeLocality():
            return _BUILT_IN["volume_locality"][0]
    level = getattr(rule, "level", None)
    return f"in no {level} that is known" if level else "not admitted"


def _selected(hosts: Hosts) -> str:
    """A host selector in words: `host types m7g.*, locations aws`."""
    stated = {
        "locations": hosts.locations, "host types": hosts.host_types, "architectures": hosts.architectures,
        "purchase options": hosts.purchases, "pools": hosts.pools,
        "labels": [f"{key}={value}" for key, value in hosts.labels.items()],
    }  # fmt: skip
    return ", ".join(f"{what} {_listed(list(values))}" for what, values in stated.items() if values) or "hosts"


def _listed(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def size_step(outcome: Outcome, left: LeftOut) -> Step:
    """Offerings that are too small even when empty, each told by the resource it lacks most of."""
    size = outcome.problem.size[left.item]
    short: Ints = np.maximum(0, size - outcome.room)
    lacks = short / np.maximum(size, 1)
    tightest = lacks.argmax(axis=1)

    def tell(removed: Bools) -> list[tuple[str, Bools, str]]:
        told = []
        for r in np.argsort(-np.bincount(tightest[removed], minlength=len(size)), kind="stable"):
            mask = removed & (tightest == r)
            if mask.any():
                amounts = short[mask, r]
                more = " or more" if amounts.max() > amounts.min() else ""
                least = outcome.amount(r, amounts.min())
                told.append(("capacity", mask, f"short {least}{more} on {outcome.counted(mask)}"))
        return told

    def change(alone: Bools) -> str:
        o = min(np.flatnonzero(alone), key=lambda o: (lacks[o].sum(), outcome.names.offerings[o].per_hour))
        offer = outcome.names.offerings[o]
        amounts = " and ".join(outcome.amount(r, short[o, r]) for r in np.flatnonzero(short[o]))
        return f"ask for {amounts} less, or offer hosts with so much more than {offer.host or offer.host_type}"

    blocked: Bools = np.any(short > 0, axis=1)
    return Step("capacity", blocked, tell, change)


def hosts_needed(outcome: Outcome, left: LeftOut, offerings: Bools) -> tuple[int, int]:
    """The fewest further hosts that hold the replicas left out, and an offering of that kind."""
    copies = {int(o): outcome.copies_per_host(left.item, int(o)) for o in np.flatnonzero(offerings)}
    best = min(copies, key=lambda o: (-copies[o], outcome.names.offerings[o].per_hour))
    return -(-len(left.ordinals) // max(1, copies[best])), best


def more_hosts(count: int) -> str:
    """`1 more host`, `3 more hosts`."""
    return counted(count, "more host")
