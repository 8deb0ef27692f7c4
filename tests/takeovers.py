"""Losses and who could take over, by trying every way to hand out what falls."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from problems import ZONE, problems

from planner.problem.extras import Extras, Survival
from planner.problem.forms import HOST


def survived(problem, solution):
    """Whether a solution has room after every loss of every survival, by any packing."""
    return all(
        some_packing(problem, survival, rest, fallen)
        for survival in problem.extras.survivals
        for _, rest, fallen in losses(problem, solution, survival)
    )


def losses(problem, solution, survival):
    """Each loss: the domain, the hosts that remain, the surviving copies that fall."""
    single = [(b, p, content) for p, (b, n, content) in enumerate(solution.patterns()) for _ in range(n)]
    at = [-1 - p if survival.level == HOST else int(problem.domain[b, survival.level]) for b, p, _ in single]
    for domain in {d for d in at if d >= 0 or survival.level == HOST}:
        gone = [h for h, d in enumerate(at) if d == domain]
        gone = gone[:1] if survival.level == HOST else gone
        fallen = [i for h in gone for i, n in single[h][2].items() if survival.survives[i] for _ in range(n)]
        yield domain, [(b, content) for h, (b, _, content) in enumerate(single) if h not in gone], fallen


def some_packing(problem, survival, rest, fallen):
    """Whether any way to hand the fallen copies to the other hosts works."""
    return any(
        all(_holds(problem, survival, b, content, [i for i, to in zip(fallen, way, strict=True) if to == h])
            for h, (b, content) in enumerate(rest))
        for way in product(range(len(rest)), repeat=len(fallen))
    )  # fmt: skip


def _holds(problem, survival, b, content, more):
    """Whether a host takes these copies once what gives way to the highest of them is gone."""
    if not more:
        return True
    rank = max(problem.priority[i] for i in more)
    inside = np.zeros(problem.items, dtype=np.int64)
    for i, n in content.items():
        if survival.survives[i] or problem.priority[i] >= rank:
            inside[i] += n
    for i in more:
        inside[i] += 1
    limits = (inside[f.items].sum() <= f.most for f in problem.limits if f.level == HOST)
    apart = (not (inside[f.a].any() and inside[f.b].any()) for f in problem.apart if f.level == HOST)
    room = (inside @ problem.size <= problem.capacity[b]).all()
    return bool(room and problem.fits[more, b].all() and all(limits) and all(apart))


def surviving(problem, *items, level=ZONE):
    """All items survive, or those that are named."""
    survives = np.zeros(problem.items, dtype=bool)
    survives[list(items) or slice(None)] = True
    return replace(problem, extras=Extras(survivals=(Survival(level, survives, "r"),)))


@st.composite
def promised(draw):
    """A small problem with any forms, in which some items survive the loss of any zone or host."""
    problem = draw(problems(copies=4, items=2, forms=1, named=("cost", "hosts")))
    survives = np.array([draw(st.booleans()) for _ in range(problem.items)]) & (problem.count > 0)
    assume(survives.any())
    return surviving(problem, *np.flatnonzero(survives).tolist(), level=draw(st.sampled_from([ZONE, HOST])))
