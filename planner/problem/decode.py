"""Give the names back: from patterns over types to hosts that carry replicas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from models.bulk import collection_paused
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
    replicas = [_ordinals(names, i) for i in range(problem.items)]
    taken = [0] * problem.items
    workloads = names.scenario.spec.workloads
    demand = {workload.name: asked for workload, asked in zip(workloads, names.over_time, strict=True)}
    numbers: dict[str, int] = defaultdict(int)
    vectors = _Vectors()
    carried: list[tuple[int, dict[int, int], dict[str, list[int]]]] = []
    bindings: list[str] = []
    for bin_type, multiplicity, content in _largest_first(problem, solution):
        bindings += [_binding(problem, bin_type, content)] * multiplicity
        for _ in range(multiplicity):
            runs: dict[str, list[int]] = defaultdict(list)
            for item, copies in content.items():
                for workload, ordinal in replicas[item][taken[item] : taken[item] + copies]:
                    runs[workload].append(ordinal)
                taken[item] += copies
            carried.append((bin_type, content, runs))
    hosts: list[PlannedHost] = []
    for (_, content, runs), offering, binding in zip(carried, _handed_out(names, carried), bindings, strict=True):
        name = _name(names, offering, numbers)
        hosts.append(_host(names, offering, name, content, runs, demand, binding, vectors))
    return tuple(hosts)


def _largest_first(problem: Problem, solution: Solution) -> list[tuple[int, int, dict[int, int]]]:
    """Patterns in a stable order: by bin type, then the most used first."""
    return sorted(solution.patterns(), key=lambda p: (p[0], -p[1], sorted(p[2].items())))


def _handed_out(names: Names, carried: Sequence[tuple[int, dict[int, int], dict[str, list[int]]]]) -> list[int]:
    """The offering of every host: standing ones where most replicas stay, others in turn."""
    by_bin: dict[int, list[int]] = defaultdict(list)
    for n, (b, _, _) in enumerate(carried):
        by_bin[b].append(n)
    today = {host.name: host.runs for host in names.scenario.spec.hosts}
    offerings = [0] * len(carried)
    for b, numbers in by_bin.items():
        members = names.members[b]
        chosen = [members[n % len(members)] for n in range(len(numbers))]
        if names.offerings[members[0]].host:
            planned = [{name: len(ordinals) for name, ordinals in carried[n][2].items()} for n in numbers]
            chosen = [members[m] for m in matched([names.offerings[o] for o in members], today, planned)]
        for n, offering in zip(numbers, chosen, strict=True):
            offerings[n] = offering
    return offerings


def _ordinals(names: Names, item: int) -> list[tuple[str, int]]:
    workloads = names.scenario.spec.workloads
    return [(workloads[part.workload].name, n) for part in names.parts[item] for n in part.ordinals]


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


def _host(
    names: Names,
    o: int,
    name: str,
    content: dict[int, int],
    runs: dict[str, list[int]],
    demand: Mapping[str, Mapping[str, int]],
    binding: str,
    vectors: _Vectors,
) -> PlannedHost:
    offer = names.offerings[o]
    used = _peak(_sum((demand[workload], len(ordinals)) for workload, ordinals in runs.items()))
    reserved = _sum((names.room[item][1].amounts(), copies) for item, copies in content.items() if item in names.room)
    held: dict[str, int] = defaultdict(int)
    for item in content.keys() & names.held.keys():
        held[names.scenario.spec.workloads[names.held[item]].name] += content[item]
    return PlannedHost.model_construct(
        _FIELDS,
        name=name,
        location=offer.location,
        host_type=offer.host_type,
        pool=offer.pool,
        purchase=offer.purchase,
        per_hour=offer.per_hour,
        standing=bool(offer.host),
        allocatable=names.allocatable[o],
        used=vectors[tuple(used.items())],
        reserved=vectors[tuple(reserved.items())],
        binding=binding,
        runs={workload: tuple(sorted(ordinals)) for workload, ordinals in sorted(runs.items())},
        held=dict(sorted(held.items())),
    )


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


def _binding(problem: Problem, bin_type: int, content: dict[int, int]) -> str:
    """The resource of which the largest share is used; "" on an empty host."""
    load = np.zeros(len(problem.resources), dtype=np.int64)
    for item, copies in content.items():
        load += problem.size[item] * copies
    room = problem.capacity[bin_type]
    share = np.where((room > 0) & (room < UNLIMITED), load / np.maximum(room, 1), 0.0)
    return plain_resource(problem.resources[int(share.argmax())]) if share.max(initial=0) > 0 else ""
