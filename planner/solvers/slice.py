"""A problem cut down to some of its item types and bin types."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.bounds.kinds import carried_over
from planner.problem import Problem
from planner.problem.forms import Ints


def sliced(problem: Problem, items: Ints, bins: Ints) -> Problem:
    """The core of a problem for some item types (int64[new I]) and bin types (int64[new B]).

    Forms keep the items that are in it; those left without any, or without one side, are dropped, and so
    are quotas that weigh none of the bin types. Quotas and caps keep their whole amounts.
    """
    place = np.full(problem.items, -1, dtype=np.int64)
    place[items] = np.arange(len(items))

    def kept(chosen: Ints) -> Ints:
        inside: Ints = place[chosen][place[chosen] >= 0]
        return inside

    limits = (replace(form, items=kept(form.items)) for form in problem.limits)
    together = (replace(form, items=kept(form.items)) for form in problem.together)
    spreads = (replace(form, items=kept(form.items)) for form in problem.spreads)
    apart = (replace(form, a=kept(form.a), b=kept(form.b)) for form in problem.apart)
    near = (replace(form, a=kept(form.a), b=kept(form.b)) for form in problem.near)
    rooms = (form for form in problem.rooms if place[form.item] >= 0)
    return replace(
        problem.core,
        size=problem.size[items],
        count=problem.count[items],
        priority=problem.priority[items],
        capacity=problem.capacity[bins],
        price=problem.price[bins],
        available=problem.available[bins],
        required=problem.required[bins],
        fits=problem.fits[np.ix_(items, bins)],
        domain=problem.domain[bins],
        limits=tuple(form for form in limits if len(form.items)),
        together=tuple(form for form in together if len(form.items)),
        spreads=tuple(form for form in spreads if len(form.items)),
        apart=tuple(form for form in apart if len(form.a) and len(form.b)),
        near=tuple(form for form in near if len(form.a) and len(form.b)),
        quotas=tuple(replace(q, weight=q.weight[bins]) for q in problem.quotas if q.weight[bins].any()),
        rooms=tuple(replace(form, item=int(place[form.item]), bins=form.bins[bins]) for form in rooms),
        relaxation=None if problem.relaxation is None else sliced(problem.relaxation, items, bins),
        **carried_over(problem, items, bins),
    )
