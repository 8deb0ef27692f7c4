"""Every form as constraints of the exact model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planner.problem import Apart, Limit, Near, Problem, Spread, Together
from planner.problem.forms import Cap, Form, Room
from planner.solvers.cp_sat.model import Model


def add_forms(model: Model, problem: Problem) -> None:
    """Add all forms but quotas, which are part of every model."""
    for limit in problem.limits:
        _limit(model, limit)
    for apart in problem.apart:
        _apart(model, apart)
    for together in problem.together:
        _together(model, together)
    for near in problem.near:
        _near(model, near)
    for spread in problem.spreads:
        _spread(model, spread)
    for room in problem.rooms:
        _room(model, room)
    for cap in problem.caps:
        _cap(model, cap)


def _limit(model: Model, form: Limit) -> None:
    for domain, slots in model.domains(form.level).items():
        if domain >= 0 and model.highest(form.items, slots) > form.most:
            model.model.add(model.total(form.items, slots) <= form.most)


def _apart(model: Model, form: Apart) -> None:
    for domain, slots in model.domains(form.level).items():
        a, b = model.highest(form.a, slots), model.highest(form.b, slots)
        if domain >= 0 and a and b:
            for_a = model.model.new_bool_var("")
            model.model.add(model.total(form.a, slots) == 0).only_enforce_if(~for_a)
            model.model.add(model.total(form.b, slots) == 0).only_enforce_if(for_a)


def _together(model: Model, form: Together) -> None:
    holds = []
    for slots in model.domains(form.level).values():
        if most := model.highest(form.items, slots):
            holds.append(model.model.new_bool_var(""))
            model.model.add(model.total(form.items, slots) <= most * holds[-1])
    model.model.add_at_most_one(holds)


def _near(model: Model, form: Near) -> None:
    for slots in model.domains(form.level).values():
        if most := model.highest(form.a, slots):
            model.model.add(model.total(form.a, slots) <= most * model.total(form.b, slots))


def _spread(model: Model, form: Spread) -> None:
    here = model.domains(form.level)
    most_low = 0 if form.zero_minimum else int(model.problem.count[form.items].sum()) // len(form.domains)
    low = model.model.new_int_var(0, most_low, "")
    for domain in form.domains.tolist():
        copies = model.total(form.items, here.get(domain, []))
        model.model.add(copies >= low)
        model.model.add(copies <= low + form.max_skew)


def _room(model: Model, form: Room) -> None:
    """Copies that would still fit, slot by slot, suffice in every domain with an opened host of the kind."""
    problem, size = model.problem, model.problem.size[form.item]
    for slots in model.domains(form.level).values():
        inside = [s for s in slots if form.bins[model.slot[s]]]
        free = []
        for s in inside:
            b = model.slot[s]
            if not problem.fits[form.item, b]:
                continue
            more = model.model.new_int_var(0, form.copies, "")
            free.append(more)
            model.model.add(more <= form.copies * model.open[s])
            for r in model.limited(b):
                if size[r]:
                    room = int(problem.capacity[b, r]) * model.open[s]
                    model.model.add(model.load(s, r) + int(size[r]) * more <= room)
        for s in inside:
            model.model.add(sum(free) >= form.copies).only_enforce_if(model.open[s])


def _cap(model: Model, form: Cap) -> None:
    model.model.add(model.weighed(form.items, form.weight) <= int(form.most))


def without(problem: Problem, rules: set[str]) -> Problem:
    """The problem without the forms of some rules."""
    kept: dict[str, Any] = {
        name: tuple(form for form in getattr(problem, name) if form.rule not in rules)
        for name in ("limits", "apart", "together", "near", "spreads", "quotas", "rooms", "caps")
    }
    return replace(problem, **kept)


def rules_of(problem: Problem) -> list[str]:
    """The names of all rules that forms came from, in order."""
    forms: tuple[Form, ...] = (
        *problem.quotas, *problem.caps, *problem.rooms, *problem.together, *problem.near,
        *problem.spreads, *problem.apart, *problem.limits,
    )  # fmt: skip
    return list(dict.fromkeys(form.rule for form in forms))
