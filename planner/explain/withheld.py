"""What keeps a replica off hosts that have the room, but by some rule not for it: kept free, or not to be filled.

Rules of headroom, attached volumes and overload lower what arrays see of a host. Here a host is also looked at in
plain words: what it has after daemonsets, less what its replicas ask for. A rule is named where it lowers what is
short, and the host has enough in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from models.resources import CPU, MEMORY, VOLUMES, plain_resource
from models.rules import AttachLimit, Headroom, OverloadRisk, rule_label
from models.selectors import Hosts
from planner.explain.outcome import LOWERED, Bools, Ints, LeftOut, Outcome
from planner.explain.steps import Step
from planner.plots.labels import counted


@dataclass(frozen=True, eq=False)
class _Rule:
    """A rule that withholds something: of which array resources and hosts, and what is said of it."""

    label: str
    columns: Bools
    hosts: Hosts
    detail: str
    change: str


def withheld_when_empty(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Offerings that are large enough in words even for this replica alone, but not as a rule lowers them."""
    short = np.maximum(0, outcome.problem.size[left.item] - outcome.room)
    for rule in _rules(outcome):
        lowered = short * rule.columns
        enough = _enough(outcome, left, outcome.whole, short > 0) & _selected(outcome, rule.hosts)
        blocked: Bools = enough & lowered.any(axis=1)
        if blocked.any():
            r = int(lowered[blocked].max(axis=0).argmax())
            amounts = lowered[blocked, r]
            least = f"short {outcome.amount(r, amounts[amounts > 0].min())}"
            yield Step.plain(rule.label, blocked, f"{rule.detail}; {least}", f"offer larger hosts, or {rule.change}")


def withheld_when_used(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Standing hosts, all in use, of which one has room in words for one more, but not as rules lower it."""
    rules, exhausted = tuple(_rules(outcome)), outcome.exhausted(left.item)
    if not exhausted.any() or not (rules or outcome.names.room):
        return
    problem, solution, size = outcome.problem, outcome.solution, outcome.problem.size[left.item]
    first = [outcome.names.members[b][0] for b in solution.bin.tolist()]
    tight = outcome.free < size
    lasting = tight & (outcome.free + _kept_by_rooms(outcome) < size)
    enough = exhausted[first] & _enough(outcome, left, outcome.whole[first] - outcome.asked, lasting)
    found = []
    for rule in rules:
        lowered = (tight & rule.columns).any(axis=1) & _selected(outcome, rule.hosts)[first]
        found.append((lowered, rule.label, rule.detail, f"offer a further host, or {rule.change}"))
    for label, items in _by_label(outcome).items():
        change = f"offer a further host, or keep less free by {label!r}"
        held = [(_copies(outcome, i) > 0) & (tight & (problem.size[i] > 0)).any(axis=1) for i in items]
        found.append((np.any(held, axis=0), label, _kept(outcome, items[0]), change))
    for patterns, label, detail, change in found:
        bins = np.isin(np.arange(problem.bins), solution.bin[enough & patterns])
        blocked: Bools = outcome.offerings_of(bins) & exhausted
        if blocked.any():
            yield Step.plain(label, blocked, detail, change)


def _rules(outcome: Outcome) -> Iterator[_Rule]:
    resources = outcome.problem.resources
    plain = [plain_resource(name) for name in resources]
    for rule in outcome.names.scenario.spec.rules_in_force:
        label = rule_label(rule)
        match rule:
            case Headroom(percent=float(share)):
                columns = [name in (CPU, MEMORY) for name in plain]
                detail, change = f"has the room, but for the {share:g} % kept free", f"keep less free by {label!r}"
            case AttachLimit():
                columns = [name == VOLUMES for name in plain]
                detail = f"has the room, but for the rule: {counted(rule.max_volumes, 'volume')} attached at most"
                change = f"let more volumes be attached by {label!r}"
            case OverloadRisk(risk=risk):
                words = f"@{risk * 100:g} % risk"
                columns = [words in name for name in resources]
                detail = f"has room for its request, but not for its usage at {risk * 100:g} % risk"
                change = f"accept more risk by {label!r}"
            case _:
                continue
        yield _Rule(label, np.array(columns, dtype=bool), rule.hosts, detail, change)


def _selected(outcome: Outcome, hosts: Hosts) -> Bools:
    return np.array([hosts.selects(offer) for offer in outcome.names.offerings], dtype=bool)


def _enough(outcome: Outcome, left: LeftOut, free: Ints, tight: Bools) -> Bools:
    """bool[n]: hosts with `free` (in words) enough for the replica, where nothing is tight that no rule lowers."""
    asked = outcome.names.scenario.spec.workloads[left.workload].asked()
    other = np.array([plain_resource(name) not in LOWERED for name in outcome.problem.resources], dtype=bool)
    fits = (free >= [asked.get(name, 0) for name in LOWERED]).all(axis=1)
    return np.asarray(fits & ~(tight & other).any(axis=1), dtype=bool)


def _by_label(outcome: Outcome) -> dict[str, list[int]]:
    """The rooms kept free, by the rule that keeps them."""
    found: dict[str, list[int]] = defaultdict(list)
    for item, (label, _) in outcome.names.room.items():
        found[label].append(item)
    return found


def _copies(outcome: Outcome, item: int) -> Ints:
    """int64[P]: copies of an item on a host of each pattern."""
    return np.array([content.get(item, 0) for _, _, content in outcome.solution.patterns()], dtype=np.int64)


def _kept_by_rooms(outcome: Outcome) -> Ints:
    """int64[P, R]: what is kept on a host of each pattern."""
    kept = np.zeros_like(outcome.free)
    for item in outcome.names.room:
        kept += _copies(outcome, item)[:, None] * outcome.problem.size[item]
    return kept


def _kept(outcome: Outcome, item: int) -> str:
    problem = outcome.problem
    asked = ", ".join(outcome.amount(r, value) for r, value in enumerate(problem.size[item]) if value)
    return f"kept free: room for {counted(int(problem.count[item]), 'replica')} of {asked}"
