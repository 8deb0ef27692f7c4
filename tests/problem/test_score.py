"""Goal values, and one broken solution for every form."""

import numpy as np
import pytest
from problems import ZONE, goals, problem_of

from planner.problem import Apart, Limit, Near, Quota, Solution, Spread, Together, broken_forms, score
from planner.problem.forms import HOST, Room
from planner.problem.score import domain_counts, fullest_share, tier_value


def test_solutions_join_equal_patterns():
    solution = Solution.of([(0, 1, {1: 2, 0: 1}), (0, 2, {0: 1, 1: 2}), (1, 0, {0: 3}), (1, 1, {})])
    assert solution.patterns() == [(0, 3, {0: 1, 1: 2}), (1, 1, {})]
    assert solution.hosts == 4
    assert solution.placed(2).tolist() == [3, 6]
    assert solution.bins_used(3).tolist() == [3, 1, 0]
    assert solution.load(np.array([[1, 10], [2, 20]])).tolist() == [[5, 50], [0, 0]]


def test_scores_are_tiers_in_order_with_priorities_expanded():
    named = goals("unplaced", "cost", "hosts", "domains", "balance")
    problem = problem_of(
        [[2], [3]], [2, 4], [[10], [8]], [7, 5], zones=[0, -1], priority=[1, 9], goals=named
    )  # fmt: skip
    solution = Solution.of([(0, 2, {0: 1, 1: 1}), (1, 1, {1: 1})])
    assert score(problem, solution) == (1, 0, 19, 3, 1, 500_000)
    assert tier_value(problem, solution, named[0]) == 1
    assert fullest_share(problem, Solution.of([])) == 0


def test_domain_counts_by_zone_and_by_host():
    problem = problem_of([[1], [1]], [9, 9], [[9], [9]], [1, 1], zones=[4, 5])
    solution = Solution.of([(0, 2, {0: 3}), (1, 1, {0: 1, 1: 1}), (1, 1, {})])
    assert domain_counts(problem, solution, np.array([0]), ZONE) == {4: 6, 5: 1}
    assert list(domain_counts(problem, solution, np.array([0, 1]), HOST).values()) == [3, 2, 0]


def _hosts(text):
    """`0:aab 1:` is a host of bin type 0 with two copies of item 0 and one of item 1, and an empty one of type 1."""
    hosts = (host.split(":") for host in text.split())
    return Solution.of([(int(b), 1, {i: inside.count(letter) for i, letter in enumerate("ab")}) for b, inside in hosts])


A, B = np.array([0]), np.array([1])
TWO = np.arange(2)
CASES = {
    "limit on hosts": ({"limits": (Limit(HOST, A, 1, "r"),)}, "0:a 0:a", "0:aa"),
    "limit in zones": ({"limits": (Limit(ZONE, A, 1, "r"),)}, "0:a 2:aaa", "0:a 0:a"),
    "apart on hosts": ({"apart": (Apart(HOST, A, B, "r"),)}, "0:a 0:b", "0:ab"),
    "apart in zones": ({"apart": (Apart(ZONE, A, B, "r"),)}, "0:a 1:b", "0:a 0:b"),
    "together on a host": ({"together": (Together(HOST, A, "r"),)}, "0:aa", "0:a 0:a"),
    "together in a zone": ({"together": (Together(ZONE, A, "r"),)}, "0:a 0:a", "0:a 1:a"),
    "near on hosts": ({"near": (Near(HOST, A, B, "r"),)}, "0:ab 0:b", "0:a 0:b"),
    "near in zones": ({"near": (Near(ZONE, A, B, "r"),)}, "0:a 0:b", "0:a 1:b"),
    "spread": ({"spreads": (Spread(ZONE, A, 1, TWO, False, "r"),)}, "0:aa 1:a", "0:aa"),
    "spread from zero": ({"spreads": (Spread(ZONE, A, 1, TWO, True, "r"),)}, "0:a", "0:aa 1:aa"),
    "quota": ({"quotas": (Quota(np.array([2, 1, 0]), 3, "r"),)}, "0:a 1:a 2:a", "0:a 0:a"),
    "headroom": ({"rooms": (Room(ZONE, 1, 1, np.array([True, True, False]), "r"),)}, "0:aaa 2:a", "0:aaaa"),
    "headroom by zone": ({"rooms": (Room(ZONE, 1, 1, np.array([True, True, False]), "r"),)}, "0:aaaa 0:", "0:aaaa 1:"),
    "required": ({"required": [0, 1, 0]}, "1:", "0:a"),
    "available": ({"available": [1, 9, 9]}, "0:a", "0:a 0:a"),
    "capacity": ({}, "0:aaab", "0:aabb"),
    "count": ({}, "0:a 0:a 0:a 0:a", "0:a 0:a 0:a 0:a 0:a"),
    "fits": ({"fits": [[True, False, True], [True] * 3]}, "0:a", "1:a"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_form_is_kept_once_and_broken_once(case):
    fields, kept, broken = CASES[case]
    problem = problem_of([[1], [2]], [4, 2], [[5], [5], [5]], [1, 1, 1], zones=[0, 1, -1], **fields)
    assert broken_forms(problem, _hosts(kept)) == []
    found = broken_forms(problem, _hosts(broken))
    assert found
    assert all(sentence.startswith(case.split()[0]) for sentence in found)
