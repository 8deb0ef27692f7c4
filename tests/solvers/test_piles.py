"""Piles: rows that only their limit on one host keeps apart are packed as one, and dealt out so that it holds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import problem_of

from planner.problem import Apart, Limit, Problem, Solution, broken_forms
from planner.problem.forms import HOST
from planner.solvers.greedy import Greedy
from planner.solvers.greedy.deal_kernel import deal_takes, longest_block, side_by_side, take
from planner.solvers.greedy.lots import Lot, bundle, packing
from planner.solvers.greedy.pack import with_lots
from planner.solvers.greedy.portions import Portions
from planner.solvers.stop import Stop

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3)), min_size=1, max_size=5)


def services(counts: list[int], size: int = 1, room: int = 4) -> Problem:
    """Services of one size, at most one copy of each on a host."""
    limits = tuple(Limit(HOST, np.array([i]), 1, "apart") for i in range(len(counts)))
    return problem_of([[size, size]] * len(counts), counts, [[room, room]], [1], limits=limits)


@given(ROWS, st.integers(1, 4), st.integers(1, 12))
def test_a_block_as_long_as_it_can_be_is_dealt_within_all_limits(rows, copies, hosts):
    left, most = np.array(rows, dtype=np.int64).T
    long = longest_block(0, len(rows), left, most, copies, hosts)
    enough = [t for t in range(hosts + 1) if np.minimum(left, t * most).sum() >= copies * t]
    assert long == max(enough)
    taken, before = np.zeros(len(rows), dtype=np.int64), left.copy()
    assert side_by_side(0, len(rows), left, most) == np.minimum(left, most).sum()
    take(0, len(rows), left, most, copies, long, taken)
    assert (taken == before - left).all()
    assert (left >= 0).all()
    assert taken.sum() == copies * long
    assert (taken <= long * most).all()
    begin, end, lot = deal_takes(
        np.array([0, 1]), np.array([0]), np.array([copies]), np.array([0]), np.array([long]),
        np.array([0, len(rows)]), before, most, np.arange(len(rows) + 1), before,
    )  # fmt: skip
    held = np.zeros((hosts, len(rows)), dtype=np.int64)
    for first, last, row in zip(begin, end, lot, strict=True):
        held[first:last, row] += 1
    assert (held.sum(axis=1)[:long] == copies).all()
    assert (held <= most).all()


def test_services_of_one_size_are_one_pile_and_fill_hosts_side_by_side():
    problem = services([6, 3, 3, 9, 3])
    rows = packing(problem, [Lot(unit, unit.count) for unit in bundle(problem)])
    assert rows.pile.tolist() == [0] * 5
    assert rows.most.tolist() == [1] * 5
    solution = Greedy().solve(problem, Stop(iterations=1)).solution
    assert broken_forms(problem, solution) == []
    assert solution.placed(problem.items).tolist() == problem.count.tolist()
    assert solution.hosts == 9  # the largest service needs as many; all others stand beside it


def test_different_places_sizes_and_priorities_are_piles_of_their_own():
    problem = problem_of([[1], [1], [2], [1]], [2] * 4, [[4], [4]], [1, 1], priority=[0, 0, 0, 1])
    here = np.array([True, False])
    lots = [Lot(unit, unit.count, here if n == 1 else None) for n, unit in enumerate(bundle(problem))]
    assert sorted(packing(problem, lots).pile.tolist()) == [0, 1, 2, 3]


def test_the_relaxation_binds_whole_copies_of_a_pile_to_bin_types():
    problem = problem_of([[1], [1]], [5, 5], [[4], [4]], [1, 1])
    portions = Portions.of(packing(problem, [Lot(unit, unit.count) for unit in bundle(problem)]))
    assert portions.count.tolist() == [10]
    bound = portions.along(np.array([[2.5, 2.5], [3.4, 1.6]]))
    assert bound is not None
    assert list(zip(bound.count.tolist(), bound.fits.tolist(), strict=True)) == [
        (5, [True, False]),
        (4, [False, True]),
        (1, [True, True]),
    ]
    assert portions.along(np.zeros((2, 2))) is None


@pytest.mark.parametrize("seed", range(4))
def test_every_variant_keeps_limits_and_clashes_of_portions(seed):
    draw = np.random.default_rng(seed)
    counts = draw.integers(1, 12, 12)
    sizes = draw.integers(1, 4, (12, 2))
    limits = [Limit(HOST, np.array([i]), int(draw.integers(1, 3)), "own") for i in range(8)]
    limits.append(Limit(HOST, np.array([0, 9]), 2, "together"))
    clash = Apart(HOST, np.array([1, 2]), np.array([3]), "apart")
    problem = problem_of(
        sizes.tolist(), counts.tolist(), [[7, 9], [5, 5]], [9, 6], limits=tuple(limits), apart=(clash,)
    )
    solution = Greedy().solve(problem, Stop(iterations=60)).solution
    assert broken_forms(problem, solution) == []
    assert solution.placed(problem.items).tolist() == counts.tolist()


def test_a_solution_over_rows_gets_the_lots_behind_them():
    problem = problem_of([[1], [1]], [2, 3], [[4]], [1])
    rows = packing(problem, [Lot(unit, unit.count) for unit in bundle(problem)])
    assert rows.count.tolist() == [5]
    dealt = with_lots(rows, Solution.of([(0, 1, {0: 4}), (0, 1, {0: 1})]))
    assert dealt.patterns() == [(0, 1, {0: 2, 1: 2}), (0, 1, {1: 1})]
