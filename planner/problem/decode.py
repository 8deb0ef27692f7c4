"""Give the names back: from patterns over types to hosts that carry replicas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.bulk import collection_paused, constructed
from models.plan import PlannedHost
from models.resources import Resources, plain_resource
from planner.problem.names import Names
from planner.problem.problem import UNLIMITED, Problem
from planner.problem.solution import Solution
from planner.problem.stay import matched

_FIELDS = set(PlannedHost.model_fields)
"""All are set: one set of their names does for every host."""


@collection_paused()
def decode(problem: Problem, names: Names, solution: Solution) -> tuple[PlannedHost, ...]:
    """Hosts of the plan, with the ordinals of the replicas that each carries.

    Merged offerings (equal zones, say) take turns, so that hosts that nothing tells apart spread
    over them; of equal standing hosts, each carries what runs there today as far as that can be.
    Ordinals are handed out in order of hosts.
    """
    replicas = [_Replicas(names, item) for item in range(problem.items)]
    patterns, bindings = solution.patterns(), _bindings(problem, solution)
    vectors, demand = _Vectors(), _Demand(names)
    carried: list[_Carried] = []
    for p in _largest_first(patterns):
        bin_type, multiplicity, content = patterns[p]
        kept = _sum((names.room[item][1].amounts(), n) for item, n in content.items() if item in names.room)
        same = bin_type, vectors[tuple(kept.items())], _held(names, content), bindings[p]
        carried += [_Carried(*same, runs=_runs(replicas, content)) for _ in range(multiplicity)]
    hosts: list[PlannedHost] = []
    numbers: dict[str, int] = defaultdict(int)
    for host, offering in zip(carried, _handed_out(names, carried), strict=True):
        counts = tuple((workload, len(ordinals)) for workload, ordinals in host.runs.items())
        hosts.append(_host(names, offering, _name(names, offering, numbers), host, vectors[demand[counts]]))
    return tuple(hosts)


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a host of the plan carries: replicas by workload, and the rest as all hosts of its pattern do."""

    bin_type: int
    reserved: Resources
    held: dict[str, int]
    binding: str
    runs: dict[str, tuple[int, ...]]


class _Replicas:
    """The replicas of an item type, handed out in their order."""

    def __init__(self, names: Names, item: int) -> None:
        workloads = names.scenario.spec.workloads
        self._parts = [(workloads[part.workload].name, part.ordinals) for part in names.parts[item]]
        self._part = self._taken = 0

    def next(self, copies: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """So many more, as far as there are any, by workload."""
        while copies > 0 and self._part < len(self._parts):
            name, ordinals = self._parts[self._part]
            given = ordinals[self._taken : self._taken + copies]
            copies, self._taken = copies - len(given), self._taken + len(given)
            if self._taken == len(ordinals):
                self._part, self._taken = self._part + 1, 0
            yield name, given


def _runs(replicas: Sequence[_Replicas], content: Mapping[int, int]) -> dict[str, tuple[int, ...]]:
    """Ordinals by workload for one more host with such a content."""
    runs: dict[str, tuple[int, ...]] = {}
    for item, copies in content.items():
        for name, given in replicas[item].next(copies):
            runs[name] = tuple(sorted((*runs[name], *given))) if name in runs else tuple(sorted(given))
    return dict(sorted(runs.items())) if len(runs) > 1 else runs


def _held(names: Names, content: Mapping[int, int]) -> dict[str, int]:
    """For how many further replicas of which workloads room is held."""
    held: dict[str, int] = defaultdict(int)
    for item in content.keys() & names.held.keys():
        held[names.scenario.spec.workloads[names.held[item]].name] += content[item]
    return dict(sorted(held.items()))


def _largest_first(patterns: Sequence[tuple[int, int, dict[int, int]]]) -> list[int]:
    """Patterns in a stable order: by bin type, then the most used first."""
    return sorted(range(len(patterns)), key=lambda p: (patterns[p][0], -patterns[p][1], sorted(patterns[p][2].items())))


def _handed_out(names: Names, carried: Sequence[_Carried]) -> list[int]:
    """The offering of every host: standing ones where most replicas stay, others in turn."""
    by_bin: dict[int, list[int]] = defaultdict(list)
    for n, host in enumerate(carried):
        by_bin[host.bin_type].append(n)
    today = {host.name: host.runs for host in names.scenario.spec.hosts}
    offerings = [0] * len(carried)
    for b, numbers in by_bin.items():
        members = names.members[b]
        chosen = [members[n % len(members)] for n in range(len(numbers))]
        if names.offerings[members[0]].host:
            planned = [{name: len(ordinals) for name, ordinals in carried[n].runs.items()} for n in numbers]
            chosen = [members[m] for m in matched([names.offerings[o] for o in members], today, planned)]
        for n, offering in zip(numbers, chosen, strict=True):
            offerings[n] = offering
    return offerings


def _name(names: Names, o: int, numbers: dict[str, int]) -> str:
    """The standing host's name, or one that says pool, place, type and number."""
    offer = names.offerings[o]
    if offer.host:
        return offer.host
    stem = f"{offer.pool}-{offer.location.rpartition('/')[2]}-{offer.host_type}"
    if offer.purchase != "on_demand":
        stem += f"-{offer.purchase.replace('_', '-')}"
    numbers[stem] += 1
    return f"{stem}-{numbers[stem]}"


def _host(names: Names, o: int, name: str, carried: _Carried, used: Resources) -> PlannedHost:
    offer = names.offerings[o]
    return constructed(
        PlannedHost,
        _FIELDS,
        {
            "name": name,
            "location": offer.location,
            "host_type": offer.host_type,
            "pool": offer.pool,
            "purchase": offer.purchase,
            "per_hour": offer.per_hour,
            "standing": bool(offer.host),
            "allocatable": names.allocatable[o],
            "used": used,
            "reserved": carried.reserved,
            "binding": carried.binding,
            "runs": carried.runs,
            "held": carried.held,
        },
    )


class _Demand(dict[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]):
    """What replicas take at their peak, by how many there are of each workload: asked once for equal hosts."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        workloads = names.scenario.spec.workloads
        self._of = {workload.name: asked for workload, asked in zip(workloads, names.over_time, strict=True)}

    def __missing__(self, counts: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
        peak = _peak(_sum((self._of[workload], count) for workload, count in counts))
        self[counts] = found = tuple(peak.items())
        return found


class _Vectors(dict[tuple[tuple[str, int], ...], Resources]):
    """Vectors by their amounts: hosts that carry as much share one."""

    def __missing__(self, amounts: tuple[tuple[str, int], ...]) -> Resources:
        self[amounts] = made = Resources.of(dict(amounts))
        return made


def _sum(parts: Iterable[tuple[Mapping[str, int], int]]) -> dict[str, int]:
    """Amounts times counts, by resource."""
    total: dict[str, int] = defaultdict(int)
    for amounts, count in parts:
        for name, amount in amounts.items():
            total[name] += amount * count
    return dict(total)


def _peak(amounts: Mapping[str, int]) -> dict[str, int]:
    """The most of every resource that is taken at any moment."""
    peak: dict[str, int] = {}
    for name, amount in amounts.items():
        resource = plain_resource(name)
        peak[resource] = max(peak.get(resource, 0), amount)
    return peak


def _bindings(problem: Problem, solution: Solution) -> list[str]:
    """By pattern, the resource of which the largest share is used; "" on an empty host."""
    load, room = solution.load(problem.size), problem.capacity[solution.bin]
    share = np.where((room > 0) & (room < UNLIMITED), load / np.maximum(room, 1), 0.0)
    titles = [plain_resource(resource) for resource in problem.resources]
    largest, most = share.argmax(axis=1).tolist(), share.max(axis=1, initial=0.0).tolist()
    return [titles[r] if used > 0 else "" for r, used in zip(largest, most, strict=True)]
