"""Parts of a problem that nothing joins: found, packed alone, put together again."""

from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from problems import goals, optimum, problem_of, problems

from planner.problem import Problem, Solution, broken_forms, score
from planner.problem.forms import HOST, Cap, Limit, Quota
from planner.solvers.cp_sat import CpSat
from planner.solvers.independent import independent, joined, summed_bounds
from planner.solvers.stop import Stop

STEPS = Stop(seconds=None, iterations=40)


def _two_pools(**more):
    """Two item types, each with a bin type of its own."""
    return problem_of([[2], [3]], [3, 2], [[4], [6]], [5, 7], fits=[[True, False], [False, True]], **more)


def test_pools_of_their_own_are_parts():
    parts = independent(_two_pools())
    assert [(part.items.tolist(), part.bins.tolist()) for part in parts] == [([0], [0]), ([1], [1])]


def test_a_quota_a_cap_and_a_limit_join_what_they_bind():
    for more in (
        {"quotas": (Quota(np.array([1, 1]), 9, "quota"),)},
        {"caps": (Cap(np.array([0, 1]), np.ones((2, 2), dtype=np.int64), 9, "cap"),)},
        {"limits": (Limit(HOST, np.array([0, 1]), 1, "limit"),)},
    ):
        assert len(independent(_two_pools(**more))) == 1


def test_what_fits_nowhere_and_hosts_that_stay_are_in_the_first_part():
    problem = problem_of(
        [[2], [3], [9]], [3, 2, 1], [[4], [6], [1]], [5, 7, 1], required=[0, 0, 1],
        fits=[[True, False, False], [False, True, False], [True, True, True]],
    )  # fmt: skip
    first, second = independent(problem)
    assert (first.items.tolist(), first.bins.tolist()) == ([0, 2], [0, 2])
    assert (second.items.tolist(), second.bins.tolist()) == ([1], [1])


@given(one=problems(copies=3, items=2, bins=2), other=problems(copies=3, items=2, bins=2))
def test_the_best_of_the_parts_is_the_best_of_the_whole(one, other):
    apart = [replace(problem, goals=goals("unplaced", "cost", "hosts")) for problem in (one, other)]
    best = [optimum(problem) for problem in apart]
    assume(all(found is not None for found in best))
    whole = _beside(*apart)
    parts = independent(whole)
    assert len(parts) >= (2 if all(problem.fits.any() for problem in apart) else 1)
    found = [CpSat().solve(part.problem, STEPS) for part in parts]
    solutions = [result.solution for result in found]
    together = joined(parts, solutions)
    assert broken_forms(whole, together) == []
    assert [part.start(together).patterns() for part in parts] == [own.patterns() for own in solutions]
    scores = [score(part.problem, own)[-2:] for part, own in zip(parts, solutions, strict=True)]
    values = np.array(scores).sum(axis=0)
    assert score(whole, together)[-2:] == tuple(values)
    bounds = summed_bounds(parts, solutions, [result.bounds for result in found])
    if not sum(best[n][0][0] for n in (0, 1)):
        assert bounds[1].value <= sum(found[0][-2] for found in best)


def _beside(one: Problem, other: Problem) -> Problem:
    """Two problems as one, in which neither can go where the other does."""
    n, b = one.items, one.bins
    kinds = max(one.size.shape[1], other.size.shape[1])
    levels = max(one.domain.shape[1], other.domain.shape[1])

    def wide(array, width, value=0):
        return np.pad(array, ((0, 0), (0, width - array.shape[1])), constant_values=value)

    def block(a, c):
        if a is None and c is None:
            return None
        a = np.zeros(one.fits.shape, dtype=np.int64) if a is None else a
        c = np.zeros(other.fits.shape, dtype=np.int64) if c is None else c
        made = np.zeros((n + other.items, b + other.bins), dtype=a.dtype)
        made[:n, :b], made[n:, b:] = a, c
        return made

    def row(a, c):
        if a is None and c is None:
            return None
        return np.concatenate([np.zeros(b, dtype=np.int64) if a is None else a,
                               np.zeros(other.bins, dtype=np.int64) if c is None else c])  # fmt: skip

    far = np.where(other.domain >= 0, other.domain + 100, -1)
    solid = [np.maximum(1, wide(problem.size, kinds)) for problem in (one, other)]
    roomy = [wide(problem.capacity, kinds, 1000) for problem in (one, other)]
    return replace(
        one,
        resources=max(one.resources, other.resources, key=len),
        size=np.concatenate(solid), capacity=np.concatenate(roomy),
        count=np.append(one.count, other.count), priority=np.append(one.priority, other.priority),
        price=np.append(one.price, other.price), available=np.append(one.available, other.available),
        required=np.append(one.required, other.required), fits=block(one.fits, other.fits),
        domain=np.concatenate([wide(one.domain, levels, -1), wide(far, levels, -1)]),
        limits=one.limits + tuple(replace(f, items=f.items + n) for f in other.limits),
        apart=one.apart + tuple(replace(f, a=f.a + n, b=f.b + n) for f in other.apart),
        near=one.near + tuple(replace(f, a=f.a + n, b=f.b + n) for f in other.near),
        together=one.together + tuple(replace(f, items=f.items + n) for f in other.together),
        spreads=one.spreads + tuple(replace(f, items=f.items + n, domains=f.domains + 100) for f in other.spreads),
        quotas=tuple(replace(f, weight=np.append(f.weight, np.zeros(other.bins, dtype=np.int64))) for f in one.quotas)
        + tuple(replace(f, weight=np.append(np.zeros(b, dtype=np.int64), f.weight)) for f in other.quotas),
        caps=tuple(replace(f, weight=wide(f.weight, b + other.bins)) for f in one.caps)
        + tuple(replace(f, items=f.items + n, weight=np.pad(f.weight, ((0, 0), (b, 0)))) for f in other.caps),
        rooms=tuple(replace(f, bins=np.append(f.bins, np.zeros(other.bins, dtype=bool))) for f in one.rooms)
        + tuple(replace(f, item=f.item + n, bins=np.append(np.zeros(b, dtype=bool), f.bins)) for f in other.rooms),
        placing=block(one.placing, other.placing), moving=block(one.moving, other.moving),
        carbon=row(one.carbon, other.carbon), probe=None, fixed=one.fixed + other.fixed,
    )  # fmt: skip


def test_a_bound_is_no_sum_where_parts_may_do_worse_in_earlier_tiers():
    problem = replace(_two_pools(available=[1, 9]), goals=goals("unplaced", "cost"))
    parts = independent(problem)
    nothing = [Solution.of([]) for _ in parts]
    bounds = [CpSat().solve(part.problem, STEPS).bounds for part in parts]
    assert summed_bounds(parts, nothing, bounds)[1].value == 0
    assert summed_bounds(parts, nothing, bounds)[0].value == 1
