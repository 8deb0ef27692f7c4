"""What rules drafted over workloads and offerings, over item types and bin types."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.problem.draft import CapDraft, Draft, QuotaDraft, WorkloadForm
from planner.problem.extras import Soft, Survival
from planner.problem.extras.soft import mending
from planner.problem.forms import HOST, Apart, Cap, Limit, Near, Quota, Room, Spread, Together
from planner.problem.merge import Item
from planner.problem.problem import Problem
from planner.problem.solution import Solution

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def placing_of(draft: Draft, items: list[Item]) -> Ints | None:
    """int64[I, O]: what a copy costs on each offering beside the host, moves from where it runs now included."""
    moving = [(i, item) for i, item in enumerate(items) if item.home >= 0 and draft.tracked[item.parts[0].workload]]
    if draft.placing is None and not moving:
        return None
    rows = np.zeros((len(items), len(draft.offerings)), dtype=np.int64)
    if draft.placing is not None:
        for i, item in enumerate(items):
            if item.parts:
                rows[i] = draft.placing[item.parts[0].workload]
    for i, item in moving:
        rows[i] += draft.tracked[item.parts[0].workload]
        rows[i, item.home] -= draft.tracked[item.parts[0].workload]
    return rows


def moving_of(draft: Draft, items: list[Item], first: list[int]) -> Bools | None:
    """bool[I, B]: whether a copy on a bin type has left its host, where moves count."""
    if not draft.tracked:
        return None
    homes = np.array([item.home for item in items], dtype=np.int64)
    return np.asarray((homes[:, None] >= 0) & (homes[:, None] != np.array(first)[None, :]))


def caps_of(drafts: Iterable[CapDraft], items: list[Item], item_sets: dict[int, list[int]]) -> list[Cap]:
    """Caps over item types, with weights on offerings still."""
    made = []
    for cap in drafts:
        # Workloads that share an item type weigh the same: it has one row.
        rows = list({i: n for n, w in enumerate(cap.workloads) for i in item_sets[w]}.items())
        if rows:
            weight = cap.weight[[n for _, n in rows]]
            if cap.moves:
                homes = np.array([items[i].home for i, _ in rows], dtype=np.int64)[:, None]
                weight = np.where((homes >= 0) & (homes != np.arange(weight.shape[1])), weight, 0)
            made.append(Cap(np.array([i for i, _ in rows], dtype=np.int64), weight, cap.most, cap.rule))
    return made


def soft_of(
    problem: Problem,
    draft: Draft,
    items: list[Item],
    item_sets: dict[int, list[int]],
    members: tuple[tuple[int, ...], ...],
) -> tuple[Soft, ...]:
    """Soft forms, and forms to mend, over item and bin types."""
    made = []
    first = [group[0] for group in members]
    now = _running_now(draft, items, members) if any(soft.mend for soft in draft.soft) else Solution.of([])
    for soft in draft.soft:
        form: Any
        match soft.form:
            case QuotaDraft():
                form = Quota(soft.form.weight[first], soft.form.most, soft.form.rule)
            case CapDraft():
                cap = next(iter(caps_of([soft.form], items, item_sets)), None)
                form = cap and replace(cap, weight=cap.weight[:, first])
            case WorkloadForm():
                form = _form(soft.form, item_sets)
        if form is not None:
            made.append(mending(problem, form, now) if soft.mend else Soft(form, soft.price))
    return tuple(made)


def _running_now(draft: Draft, items: list[Item], members: tuple[tuple[int, ...], ...]) -> Solution:
    """The standing hosts with what runs on them today."""
    item_of = {(part.workload, n): i for i, item in enumerate(items) for part in item.parts for n in part.ordinals}
    bin_of = {o: b for b, group in enumerate(members) for o in group}
    inside: dict[int, Counter[int]] = {o: Counter() for o, offer in enumerate(draft.offerings) if offer.host}
    for w in range(len(draft.scenario.spec.workloads)):
        if draft.count(w):
            for ordinals, o in draft.homes(w):
                inside[o].update(item_of[w, n] for n in ordinals)
    return Solution.of((bin_of[o], 1, content) for o, content in inside.items())


def rooms_of(draft: Draft, items: list[Item], first: list[int]) -> tuple[Room, ...]:
    """Room kept free in every domain with an opened host."""
    at = [i for i, item in enumerate(items) if item.room]
    return tuple(
        Room(kept.level, i, kept.copies, kept.hosts[first], kept.rule)
        for i, kept in zip(at, draft.rooms, strict=True)
        if kept.level is not None
    )


def held_rooms(items: list[Item]) -> dict[int, list[int]]:
    """By workload, the item types that are room held for further replicas of it."""
    held: dict[int, list[int]] = defaultdict(list)
    for i, item in enumerate(items):
        if item.held >= 0:
            held[item.held].append(i)
    return held


def survivals_of(draft: Draft, items: list[Item]) -> tuple[Survival, ...]:
    """Survivals over item types; what survives and what does not was not merged."""
    made = []
    for form in draft.survivals:
        meant = form.workloads()
        survives = np.array([any(part.workload in meant for part in item.parts) for item in items], dtype=bool)
        made.append(Survival(survives=survives, **form.values))
    return tuple(made)


_FIELD = {Limit: "limits", Apart: "apart", Together: "together", Near: "near", Spread: "spreads"}


def forms_of(draft: Draft, item_sets: dict[int, list[int]], held: dict[int, list[int]]) -> dict[str, Any]:
    """Forms over item types, by the field of `Problem` that holds them.

    Room held for further replicas of a workload keeps to its limits on hosts, and to whom it stays apart from there.
    """
    with_room = defaultdict(list, {w: [*own, *held.get(w, ())] for w, own in item_sets.items()})
    made: dict[str, list[Any]] = {name: [] for name in _FIELD.values()}
    for form in draft.forms:
        on_hosts = form.kind in (Limit, Apart) and form.values["level"] == HOST
        made[_FIELD[form.kind]].append(_form(form, with_room if on_hosts else item_sets))
    return {name: tuple(forms) for name, forms in made.items()}


def _form(form: WorkloadForm, item_sets: dict[int, list[int]]) -> Any:
    sets = {
        name: np.array(sorted({i for w in members for i in item_sets[w]}), dtype=np.int64)
        for name, members in form.sets.items()
    }
    return form.kind(**sets, **form.values)
