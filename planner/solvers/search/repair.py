"""Repair: a few hosts of a plan are freed, and what was on them is packed anew, exactly.

A neighbourhood of P. Shaw, "Using Constraint Programming and Local Search Methods to Solve Vehicle Routing Problems"
(1998). Where forms bind domains, the hosts are of bin types in equal domains and stay there, so that every domain
holds what it held before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from planner.problem import Problem, Solution, broken_forms, score
from planner.problem.forms import HOST, Ints
from planner.problem.score import cap_use
from planner.solvers.cp_sat import CpSat
from planner.solvers.result import deciding_goal
from planner.solvers.search.arrays import Given
from planner.solvers.search.books import Rows
from planner.solvers.slice import sliced
from planner.solvers.stop import Clock

FREED = 3, 8
"""Hosts freed at once: at least, and at most."""
DRAWN = 4
"""Hosts compared for each one that is freed."""
TYPES = 10
"""Bin types offered beside those of the hosts freed: the commonest of the plan."""
EXACT = CpSat(max_variables=3000, workers=1)


def repaired(
    problem: Problem, given: Given, plan: Solution, draw: np.random.Generator, clock: Clock
) -> Solution | None:
    """A better plan that differs in a few hosts only; None where none is found in time.

    Parameters
    ----------
    plan : Solution
        It breaks no form and leaves nothing out.
    clock : Clock
        Under an iteration limit, equal states of `draw` give equal answers.
    """
    rows = Rows.of(plan, 0)
    freed = _freed(problem, given, rows, draw)
    if len(freed) < 2:
        return None
    stays = rows.some(np.setdiff1d(np.arange(len(rows.bin)), freed)).solution()
    bins = _offered(problem, given, rows, freed)
    smaller, items = _neighbourhood(problem, stays, bins)
    place = {int(i): n for n, i in enumerate(items)}
    seat = {int(b): n for n, b in enumerate(bins)}
    hosts = rows.some(freed).solution().patterns()
    begun = Solution.of((seat[b], n, {place[i]: copies for i, copies in content.items()}) for b, n, content in hosts)
    if not EXACT.can(smaller, begun):
        return None
    seed = int(draw.integers(2**31))
    found = EXACT.solve(smaller, clock, seed=seed, start=begun).solution
    if score(smaller, found) >= score(smaller, begun):
        return None
    packed = [
        (int(bins[b]), n, {int(items[i]): copies for i, copies in content.items()})
        for b, n, content in found.patterns()
    ]
    whole = Solution.of([*stays.patterns(), *packed])
    better = score(problem, whole) < score(problem, plan) and not broken_forms(problem, whole)
    return whole if better else None


def _freed(problem: Problem, given: Given, rows: Rows, draw: np.random.Generator) -> Ints:
    """Hosts of little worth for what they cost: each the poorest of a few drawn, in one spot where forms ask for it."""
    inside = np.arange(rows.item.shape[1]) < rows.slots[:, None]
    worth = (np.where(inside, rows.copies, 0) * given.worth[rows.item]).sum(axis=1)
    value = worth / np.maximum(1e-12, given.open[rows.bin])
    open_to = np.arange(len(rows.bin))
    if problem.has_domain_forms:
        spot = given.spot[rows.bin]
        open_to = np.flatnonzero(spot == spot[draw.integers(len(spot))])
    number = min(int(draw.integers(FREED[0], FREED[1] + 1)), len(open_to))
    chosen: set[int] = set()
    for _ in range(number):
        some = [int(h) for h in draw.choice(open_to, min(DRAWN, len(open_to)), replace=False) if int(h) not in chosen]
        if some:
            chosen.add(min(some, key=lambda h: float(value[h])))
    return np.array(sorted(chosen), dtype=np.int64)


def _offered(problem: Problem, given: Given, rows: Rows, freed: Ints) -> Ints:
    """int64[new B]: bin types of the hosts freed, and the commonest of the plan."""
    own = set(rows.bin[freed].tolist())
    common = [b for b, _ in Counter(rows.bin.tolist()).most_common()]
    if problem.has_domain_forms:
        spots = set(given.spot[list(own)].tolist())
        common = [b for b in common if int(given.spot[b]) in spots]
    return np.array(sorted(own.union(common[:TYPES])), dtype=np.int64)


def _neighbourhood(problem: Problem, stays: Solution, bins: Ints) -> tuple[Problem, Ints]:
    """What the hosts that stay leave to be placed, in what they leave of all that is shared; and its item types."""
    used = stays.bins_used(problem.bins)
    count = problem.count - stays.placed(problem.items)
    rest = replace(
        problem,
        count=count,
        available=np.maximum(0, problem.available - used),
        required=np.maximum(0, problem.required - used),
        quotas=tuple(replace(quota, most=quota.most - int(quota.weight @ used)) for quota in problem.quotas),
        caps=tuple(replace(cap, most=cap.most - cap_use(stays, cap)) for cap in problem.caps),
        limits=tuple(form for form in problem.limits if form.level == HOST),
        apart=tuple(form for form in problem.apart if form.level == HOST),
        together=tuple(form for form in problem.together if form.level == HOST),
        near=tuple(form for form in problem.near if form.level == HOST),
        spreads=(),
        rooms=(),
        goals=tuple(goal for goal in problem.goals if goal.goal == "unplaced" or goal == deciding_goal(problem.goals)),
        relaxation=None,
        device=None,
    )
    items = np.flatnonzero(count)
    return sliced(rest, items, bins), items
