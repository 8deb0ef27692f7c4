"""Merge what is equal: replicas into item types, offerings into bin types."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from planner.problem.demand import Demand
from planner.problem.draft import CapDraft, Draft, QuotaDraft, WorkloadForm
from planner.problem.extras.egress import Flow
from planner.problem.forms import Cap
from planner.problem.names import Part
from planner.problem.problem import ROOM_PRIORITY, UNLIMITED
from planner.problem.rules import commitments, licence

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Item:
    """An item type before it has a row: merged parts, or room kept free.

    `asker` is its row in `Demand`; `home` is the offering where its replicas run now, -1 where they run nowhere
    or nobody counts moves.
    `held` is the workload for whose further replicas room is held, -1 for none.
    """

    asker: int
    priority: int
    fits: Bools
    parts: tuple[Part, ...]
    copies: int
    room: str = ""
    home: int = -1
    held: int = -1


def merge_replicas(draft: Draft, demand: Demand) -> tuple[list[Item], dict[int, list[int]]]:
    """Merge replicas that are equal in demand, priority, places and forms into item types.

    Returns
    -------
    items : list of Item
    item_sets : dict of workload to item types
        Where the replicas of each workload went.
    """
    roles: dict[int, list[tuple[int, str]]] = defaultdict(list)
    hard = [*draft.forms, *(_as_form(cap) for cap in draft.caps), *licence.forms(draft)]
    soft = [soft.form if isinstance(soft.form, WorkloadForm) else _as_form(soft.form) for soft in draft.soft]
    flows = [WorkloadForm(Flow, flow.sets, {}) for flow in (draft.egress.flows if draft.egress else ())]
    for f, form in enumerate([*hard, *soft, *flows, *draft.survivals]):
        for name, members in form.sets.items():
            for w in members:
                roles[w].append((f, name))
    alike: dict[tuple[object, ...], list[Part]] = defaultdict(list)
    demands: dict[tuple[object, ...], Item] = {}
    for w, workload in enumerate(draft.scenario.spec.workloads):
        shape = _shape(demand, w)
        price = b"" if draft.placing is None else draft.placing[w].tobytes()
        for ordinals, fits, home in _parts(draft, w):
            moves = draft.tracked[w] if home >= 0 else 0
            key = (shape, workload.priority, fits.tobytes(), tuple(roles[w]), price, home, moves)
            alike[key].append(Part(w, ordinals))
            demands[key] = Item(w, workload.priority, fits, (), 0, home=home)
    items = [
        replace(demands[key], parts=tuple(parts), copies=sum(len(part.ordinals) for part in parts))
        for key, parts in alike.items()
    ]
    for asker, kept in enumerate(draft.rooms, len(draft.scenario.spec.workloads)):
        copies = kept.copies if kept.level is None else 0
        held = -1 if kept.workload is None else kept.workload
        items.append(Item(asker, ROOM_PRIORITY, kept.hosts, (), copies, kept.rule, held=held))
    item_sets: dict[int, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        for part in item.parts:
            item_sets[part.workload].append(i)
    return items, item_sets


def _shape(demand: Demand, asker: int) -> tuple[bytes, bytes]:
    """Equal for askers whose demand no array tells apart."""
    return demand.size[asker].tobytes(), b"" if demand.least is None else demand.least[asker].tobytes()


def _as_form(form: QuotaDraft | CapDraft) -> WorkloadForm:
    """Whom a cap speaks of, those of equal weight alike; a quota speaks of hosts only."""
    alike: dict[str, list[int]] = defaultdict(list)
    if isinstance(form, CapDraft):
        for n, w in enumerate(form.workloads):
            alike[form.weight[n].tobytes().hex()].append(w)
    return WorkloadForm(Cap, {weight: tuple(members) for weight, members in alike.items()}, {})


def _parts(draft: Draft, w: int) -> list[tuple[tuple[int, ...], Bools, int]]:
    """The replicas of a workload in groups that may go to the same offerings, with where they run now."""
    count = draft.count(w)
    if not count:
        return []
    if w not in draft.split and w not in draft.tracked:
        return [(tuple(range(count)), draft.admits[w], -1)]
    fits = {ordinal: draft.admits[w].copy() for ordinal in range(count)}
    for ordinals, admitted in draft.split.get(w, ()):
        for ordinal in ordinals:
            fits[ordinal] &= admitted
    homes = dict.fromkeys(range(count), -1)
    if w in draft.tracked:
        homes.update({ordinal: o for ordinals, o in draft.homes(w) for ordinal in ordinals})
    groups: dict[tuple[bytes, int], list[int]] = defaultdict(list)
    for ordinal, row in fits.items():
        groups[row.tobytes(), homes[ordinal]].append(ordinal)
    return [(tuple(ordinals), fits[ordinals[0]], home) for (_, home), ordinals in groups.items()]


def merge_offerings(
    draft: Draft,
    demand: Demand,
    fits: Bools,
    reach: Bools,
    placing: Ints | None,
    carbon: Ints | None,
    cap_weights: list[Ints],
) -> tuple[tuple[tuple[int, ...], ...], list[int]]:
    """Merge offerings that no rule, size, price or emission tells apart.

    Returns
    -------
    members : tuple of tuple of int, length B
        Those that no item type reaches (in the sizes of bounds, which are smaller) are left out.
    first : list of int, length B
        One offering of each bin type.
    """
    levels = levels_asked(draft)
    room = demand.room if demand.most is None else np.column_stack([demand.room, demand.most])
    soft = [soft.form for soft in draft.soft]
    weighed = [quota.weight for quota in (*draft.quotas, *soft) if isinstance(quota, QuotaDraft)]
    weighed += [row for weight in cap_weights for row in weight]
    weighed += [row for cap in soft if isinstance(cap, CapDraft) for row in cap.weight]
    weighed += [] if placing is None else list(placing)
    weighed += [] if carbon is None else [carbon]
    weighed += [*commitments.told(draft), *licence.told(draft)]
    told = np.array(weighed, dtype=np.int64).reshape(len(weighed), len(draft.offerings))
    mended = (soft.form for soft in draft.soft if soft.mend and isinstance(soft.form, WorkloadForm))
    running = set(draft.tracked).union(*(form.workloads() for form in mended))
    homes = {o for w in running for _, o in draft.homes(w)}
    kept = np.array([kept.hosts for kept in draft.rooms], dtype=bool).reshape(len(draft.rooms), len(draft.offerings))
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for o, offer in enumerate(draft.offerings):
        key = (
            micro_usd(draft, o), bool(offer.host), offer.releasable, room[o].tobytes(), levels[o].tobytes(),
            np.packbits(reach[:, o]).tobytes(), np.packbits(fits[:, o]).tobytes(), told[:, o].tobytes(),
            kept[:, o].tobytes(), o if o in homes else -1,
        )  # fmt: skip
        if offer.host or reach[:, o].any():
            alike[key].append(o)
    members = tuple(tuple(group) for group in alike.values())
    return members, [group[0] for group in members]


def fits_alone(size: Ints, room: Ints) -> Bools:
    """bool[I, O]: whether sizes int64[I, R] are within rooms int64[O, R], resource by resource."""
    fits = np.ones((len(size), len(room)), dtype=bool)
    for r in range(size.shape[1]):
        fits &= size[:, r, None] <= room[None, :, r]
    return fits


def levels_asked(draft: Draft) -> Ints:
    """int64[O, L]: domains at the levels that a form or a goal asks about, -1 elsewhere; then partitions."""
    soft = [soft.form for soft in draft.soft if isinstance(soft.form, WorkloadForm)]
    asked = {form.values["level"] for form in (*draft.forms, *soft, *draft.survivals)}
    asked |= {draft.level(goal.level) for goal in draft.scenario.spec.goals if goal.goal in ("domains", "risk")}
    asked |= {kept.level for kept in draft.rooms if kept.level is not None}
    table = np.full_like(draft.domain, -1)
    for level in asked:
        if level < table.shape[1]:
            table[:, level] = draft.domain[:, level]
    if not draft.partitions:
        return table
    no_ids = np.full(len(table), -1, dtype=np.int64)  # the column of single hosts
    return np.column_stack([table, no_ids, *draft.partitions])


def micro_usd(draft: Draft, o: int) -> int:
    """What one host costs an hour; nothing where a commitment pays for it."""
    return 0 if draft.offerings[o].covered else int(draft.offerings[o].per_hour * 1_000_000)


def available(draft: Draft, group: tuple[int, ...]) -> int:
    """The most hosts of a bin type: those that stand, or without limit."""
    return len(group) if draft.offerings[group[0]].host else UNLIMITED


def required(draft: Draft, group: tuple[int, ...]) -> int:
    """The hosts of a bin type that stay whatever the plan."""
    first = draft.offerings[group[0]]
    return len(group) if first.host and not first.releasable else 0
