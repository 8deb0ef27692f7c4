"""Domains that are alike, merged for bounds: fewer rows, and nothing proven that a plan can beat."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from problems import ZONE, goals, optimum, problem_of

from planner.bounds.best import best_bounds
from planner.bounds.given import Given
from planner.bounds.linear import relax, solve_relaxation
from planner.bounds.symmetric import merged
from planner.problem.forms import HOST, Limit, Quota, Spread
from planner.problem.score import tier_value


def _spread(item, skew, zones):
    return Spread(ZONE, np.array([item]), skew, np.arange(zones), zero_minimum=False, rule="spread")


@st.composite
def _zoned(draw):
    """Two pairs of zones that are alike, or three that are, with limits and spreads over them."""
    pairs = draw(st.booleans())
    prices = draw(st.permutations([1, 3]))
    zones = 4 if pairs else 3
    price = [prices[zone // 2] if pairs else prices[0] for zone in range(zones)]
    counts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=2).filter(lambda drawn: sum(drawn) <= 5))
    spreads = [_spread(i, draw(st.integers(1, 2)), zones) for i in range(len(counts)) if draw(st.booleans())]
    limits = [Limit(draw(st.sampled_from([HOST, ZONE])), np.array([0]), draw(st.integers(1, 3)), "limit")]
    return problem_of(
        [[draw(st.integers(2, 6))] for _ in counts], counts, [[9]] * zones, price, zones=list(range(zones)),
        spreads=tuple(spreads), limits=tuple(limits[: draw(st.integers(0, 1))]), goals=goals("unplaced", "cost"),
    )  # fmt: skip


@given(problem=_zoned())
def test_merged_domains_never_prove_too_much(problem):
    best = optimum(problem)
    assume(best is not None)
    bounds = best_bounds(problem, best[1])
    for goal, bound in zip(problem.goals, bounds, strict=True):
        assert bound.value <= tier_value(problem, best[1], goal)
    smaller, groups, classes = merged(problem)
    assert sorted(b for group in groups for b in group) == list(range(problem.bins))
    less = solve_relaxation(smaller, "cost", Given.before(problem, 1, best[1]), classes=classes)
    assert less is None or less.bound.value <= tier_value(problem, best[1], problem.goals[1])


def test_zones_of_one_cloud_become_one():
    problem = problem_of(
        [[4], [3]], [12, 3], [[9]] * 6, [1, 1, 1, 5, 5, 5], zones=list(range(6)), spreads=(_spread(0, 1, 6),),
        limits=(Limit(ZONE, np.array([1]), 1, "limit"),),
    )  # fmt: skip
    smaller, groups, classes = merged(problem)
    assert groups == [[0, 1, 2], [3, 4, 5]]
    assert smaller.spreads[0].domains.tolist() == [0, 3]
    assert smaller.spreads[0].max_skew == 3
    assert smaller.limits == ()  # three copies, one in each of three zones, are all that there are
    assert (classes.spreads[0].least_low, classes.spreads[0].most_low) == (6, 6)


def test_zones_that_a_quota_tells_apart_stay():
    quota = Quota(np.array([1, 0, 0]), 1, "quota")
    problem = problem_of([[4]], [6], [[9]] * 3, [1] * 3, zones=[0, 1, 2], spreads=(_spread(0, 1, 3),), quotas=(quota,))
    assert merged(problem)[0] is problem


def test_every_zone_has_its_share_of_a_spread_in_the_bound():
    problem = problem_of([[9]], [10], [[9]] * 3, [1, 1, 7], zones=[0, 1, 2], spreads=(_spread(0, 1, 3),))
    assert relax(problem, goals("cost")[0]).bound.value == 7 + 3 * 7
    short = problem_of(
        [[9]], [10], [[9]] * 3, [1, 1, 7], zones=[0, 1, 2], spreads=(_spread(0, 1, 3),), available=[9, 9, 1]
    )  # fmt: skip
    assert relax(short, goals("cost")[0]) is None  # not all can be placed, and the program says so
    assert relax(short, goals("cost")[0], partly=True).bought_out > 0
