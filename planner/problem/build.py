"""Compile a scenario into arrays: merge what is equal, narrow places, add the forms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.catalog import Catalog
from models.resources import CPU, EPHEMERAL_STORAGE, GPU, MEMORY, VOLUMES, Capacity, Resources
from models.rules import AttachLimit
from models.scenario import Scenario
from planner.problem.draft import Draft
from planner.problem.forms import Apart, Limit, Near, Quota, Room, Spread, Together
from planner.problem.names import Names, Part
from planner.problem.problem import UNLIMITED, Problem
from planner.problem.rules import FORMS, PLACES, node_affinity

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MIB = 2**20
ROOM_PRIORITY = 2**40
"""Room that headroom rules keep is placed before any workload: those rules are hard."""


@dataclass(frozen=True, eq=False)
class _Item:
    """An item type before it has a row: merged parts, or room kept free."""

    demand: Resources
    priority: int
    fits: Bools
    parts: tuple[Part, ...]
    copies: int
    room: str = ""


def build(scenario: Scenario, catalog: Catalog) -> tuple[Problem, Names]:
    """Compile a scenario into a `Problem` and the `Names` behind its arrays.

    Parameters
    ----------
    scenario : Scenario
    catalog : Catalog
        The shipped catalog with the scenario's own laid over it.

    Returns
    -------
    problem : Problem
    names : Names
    """
    draft = Draft.of(scenario, catalog)
    for rule in PLACES:
        rule.compile_rules(draft)
        if rule is node_affinity:
            draft.eligible = draft.admits.copy()
    for rule in FORMS:
        rule.compile_rules(draft)
    allocatable = _after_daemonsets(draft)
    items, item_sets = _merge_replicas(draft)
    resources = _resources_asked(items, allocatable, draft)
    size = _sizes(items, resources)
    room = _rooms_of_hosts(draft, allocatable, resources)
    fits = np.array([item.fits for item in items], dtype=bool).reshape(len(items), len(draft.offerings))
    fits &= (size[:, None, :] <= room[None, :, :]).all(axis=2)
    members, first = _merge_offerings(draft, room, fits)
    problem = Problem(
        resources=resources,
        size=size,
        count=np.array([item.copies for item in items], dtype=np.int64),
        priority=np.array([item.priority for item in items], dtype=np.int64),
        capacity=room[first],
        price=np.array([_micro_usd(draft, o) for o in first], dtype=np.int64),
        available=np.array([_available(draft, group) for group in members], dtype=np.int64),
        required=np.array([_required(draft, group) for group in members], dtype=np.int64),
        fits=fits[:, first],
        domain=_levels_asked(draft)[first],
        goals=scenario.spec.goals,
        quotas=tuple(Quota(weight[first], most, label) for weight, most, label in draft.quotas),
        rooms=_conditional_rooms(draft, items, first),
        **_forms(draft, item_sets),
    )
    names = Names(
        scenario=scenario,
        catalog=catalog,
        topology=draft.topology,
        offerings=draft.offerings,
        allocatable=allocatable,
        parts=tuple(item.parts for item in items),
        members=members,
        domains=draft.domains,
        narrowings=tuple(draft.narrowings),
        room={i: (item.room, item.demand) for i, item in enumerate(items) if item.room},
        warnings=tuple(draft.warnings),
    )
    return problem, names


def _after_daemonsets(draft: Draft) -> tuple[Capacity, ...]:
    """Room of each offering less the demand of every daemonset that its rules admit there.

    A host on which the daemonsets alone do not fit takes no workload.
    """
    left = [offer.allocatable for offer in draft.offerings]
    crowded = np.zeros(len(left), dtype=bool)
    for w, workload in enumerate(draft.scenario.spec.workloads):
        if workload.kind == "daemon_set":
            demand = workload.demand()
            for o in np.flatnonzero(draft.admits[w]):
                limits = ((left[o].limit(name), amount) for name, amount in demand.amounts().items())
                crowded[o] |= any(limit is not None and limit < amount for limit, amount in limits)
                left[o] = left[o].minus(demand)
                draft.volume_limit[o] = max(0, draft.volume_limit[o] - demand.volumes)
    if crowded.any():
        draft.narrow("daemonsets", range(len(draft.scenario.spec.workloads)), ~crowded)
    return tuple(left)


def _merge_replicas(draft: Draft) -> tuple[list[_Item], dict[int, list[int]]]:
    """Merge replicas that are equal in demand, priority, places and forms into item types.

    Returns
    -------
    items : list of _Item
    item_sets : dict of workload to item types
        Where the replicas of each workload went.
    """
    roles: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for f, form in enumerate(draft.forms):
        for name, members in form.sets.items():
            for w in members:
                roles[w].append((f, name))
    alike: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    demands: dict[tuple[object, ...], tuple[Resources, Bools]] = {}
    for w, workload in enumerate(draft.scenario.spec.workloads):
        demand = _demand(workload.demand())
        if demand.gpu != workload.requests.gpu:
            shares = f"{workload.requests.gpu}m GPU planned as {demand.gpu}m"
            draft.warnings.append(f"{workload.name}: {shares}; the bound holds for shares of that size")
        shape = tuple(sorted(demand.amounts().items()))
        for ordinals, fits in _parts(draft, w):
            key = (shape, workload.priority, fits.tobytes(), tuple(roles[w]))
            alike[key].append(Part(w, ordinals))
            demands[key] = (demand, fits)
    items = [
        _Item(demands[key][0], int(str(key[1])), demands[key][1], tuple(parts), sum(len(p.ordinals) for p in parts))
        for key, parts in alike.items()
    ]
    for kept in draft.rooms:
        copies = kept.copies if kept.level is None else 0
        items.append(_Item(_demand(kept.shape), ROOM_PRIORITY, kept.hosts, (), copies, kept.rule))
    item_sets: dict[int, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        for part in item.parts:
            item_sets[part.workload].append(i)
    return items, item_sets


def _parts(draft: Draft, w: int) -> list[tuple[tuple[int, ...], Bools]]:
    """The replicas of a workload in groups that may go to the same offerings."""
    count = draft.count(w)
    if not count:
        return []
    if w not in draft.split:
        return [(tuple(range(count)), draft.admits[w])]
    fits = {ordinal: draft.admits[w].copy() for ordinal in range(count)}
    for ordinals, admitted in draft.split[w]:
        for ordinal in ordinals:
            fits[ordinal] &= admitted
    groups: dict[bytes, list[int]] = defaultdict(list)
    for ordinal, row in fits.items():
        groups[row.tobytes()].append(ordinal)
    return [(tuple(ordinals), fits[ordinals[0]]) for ordinals in groups.values()]


def _demand(demand: Resources) -> Resources:
    """Demand with GPU shares rounded up so that what fits in sum also fits device by device.

    A share becomes 1/1, 1/2, 1/4, … of a device: such shares fill devices without a remainder
    that none of them can use. More than one device is asked for in whole devices.
    """
    milli = demand.gpu
    if milli % 1000 == 0:
        return demand
    if milli > 1000:
        rounded = -(-milli // 1000) * 1000
    else:
        parts = 1
        while parts * 2 * milli <= 1000:
            parts *= 2
        rounded = -(-1000 // parts)
    return Resources.of({**demand.amounts(), GPU: rounded})


def _resources_asked(items: list[_Item], allocatable: tuple[Capacity, ...], draft: Draft) -> tuple[str, ...]:
    """Resources that some item asks for and some host or rule limits; always CPU and memory."""
    asked = dict.fromkeys(name for item in items for name in item.demand.amounts())
    limited = {name for name in asked if any(room.limit(name) is not None for room in allocatable)}
    if any(isinstance(rule, AttachLimit) for rule in draft.scenario.spec.rules):
        limited.add(VOLUMES)
    return tuple(dict.fromkeys((CPU, MEMORY, *(name for name in asked if name in limited))))


def _in_units(name: str, value: int, up: bool) -> int:
    if name not in (MEMORY, EPHEMERAL_STORAGE):
        return value
    return -(-value // MIB) if up else value // MIB


def _sizes(items: list[_Item], resources: tuple[str, ...]) -> Ints:
    rows = [[_in_units(name, item.demand[name], up=True) for name in resources] for item in items]
    return np.array(rows, dtype=np.int64).reshape(len(items), len(resources))


def _rooms_of_hosts(draft: Draft, allocatable: tuple[Capacity, ...], resources: tuple[str, ...]) -> Ints:
    """int64[O, R]: room of each offering after kept shares and volume limits."""
    rows = np.full((len(allocatable), len(resources)), UNLIMITED, dtype=np.int64)
    for o, room in enumerate(allocatable):
        for r, name in enumerate(resources):
            limit = room.limit(name)
            if name == VOLUMES:
                limit = int(draft.volume_limit[o]) if limit is None else min(limit, int(draft.volume_limit[o]))
            if limit is not None:
                if name in (CPU, MEMORY):
                    limit = int(limit * (1 - draft.reserved_share[o]))
                rows[o, r] = _in_units(name, limit, up=False)
    return rows


def _merge_offerings(draft: Draft, room: Ints, fits: Bools) -> tuple[tuple[tuple[int, ...], ...], list[int]]:
    """Merge offerings that no rule, size or price tells apart.

    Returns
    -------
    members : tuple of tuple of int, length B
    first : list of int, length B
        One offering of each bin type.
    """
    levels = _levels_asked(draft)
    quotas = np.array([weight for weight, _, _ in draft.quotas], dtype=np.int64).reshape(
        len(draft.quotas), len(draft.offerings)
    )
    kept = np.array([kept.hosts for kept in draft.rooms], dtype=bool).reshape(len(draft.rooms), len(draft.offerings))
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for o, offer in enumerate(draft.offerings):
        key = (
            _micro_usd(draft, o), bool(offer.host), offer.releasable, room[o].tobytes(), levels[o].tobytes(),
            np.packbits(fits[:, o]).tobytes(), quotas[:, o].tobytes(), kept[:, o].tobytes(),
        )  # fmt: skip
        if offer.host or fits[:, o].any():
            alike[key].append(o)
    members = tuple(tuple(group) for group in alike.values())
    return members, [group[0] for group in members]


def _levels_asked(draft: Draft) -> Ints:
    """int64[O, 5]: domains at the levels that a form or a goal asks about, -1 elsewhere."""
    asked = {form.values["level"] for form in draft.forms}
    asked |= {draft.level(goal.level) for goal in draft.scenario.spec.goals if goal.goal == "domains"}
    asked |= {kept.level for kept in draft.rooms if kept.level is not None}
    table = np.full_like(draft.domain, -1)
    for level in asked:
        if level < table.shape[1]:
            table[:, level] = draft.domain[:, level]
    return table


def _micro_usd(draft: Draft, o: int) -> int:
    return int(draft.offerings[o].per_hour * 1_000_000)


def _available(draft: Draft, group: tuple[int, ...]) -> int:
    return len(group) if draft.offerings[group[0]].host else UNLIMITED


def _required(draft: Draft, group: tuple[int, ...]) -> int:
    first = draft.offerings[group[0]]
    return len(group) if first.host and not first.releasable else 0


def _conditional_rooms(draft: Draft, items: list[_Item], first: list[int]) -> tuple[Room, ...]:
    at = [i for i, item in enumerate(items) if item.room]
    return tuple(
        Room(kept.level, i, kept.copies, kept.hosts[first], kept.rule)
        for i, kept in zip(at, draft.rooms, strict=True)
        if kept.level is not None
    )


_FIELD = {Limit: "limits", Apart: "apart", Together: "together", Near: "near", Spread: "spreads"}


def _forms(draft: Draft, item_sets: dict[int, list[int]]) -> dict[str, tuple[Any, ...]]:
    """Forms over item types, by the field of `Problem` that holds them."""
    made: dict[str, list[Any]] = {name: [] for name in _FIELD.values()}
    for form in draft.forms:
        sets = {
            name: np.array(sorted({i for w in members for i in item_sets[w]}), dtype=np.int64)
            for name, members in form.sets.items()
        }
        made[_FIELD[form.kind]].append(form.kind(**sets, **form.values))
    return {name: tuple(forms) for name, forms in made.items()}
