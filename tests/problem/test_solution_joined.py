"""Solutions from arrays are those from mappings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from planner.problem import Solution
from planner.problem.solution import ranges

CONTENTS = st.dictionaries(st.integers(0, 3), st.integers(0, 2), max_size=3)
PATTERNS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), CONTENTS), max_size=8)


@given(PATTERNS, st.randoms(use_true_random=False))
def test_arrays_in_any_order_make_the_solution_that_mappings_make(patterns, random):
    entries = [(p, item, copies) for p, (_, _, content) in enumerate(patterns) for item, copies in content.items()]
    random.shuffle(entries)
    pattern, item, copies = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    heads = np.array([(b, m) for b, m, _ in patterns], dtype=np.int64).reshape(-1, 2)
    made = Solution.joined(heads[:, 0], heads[:, 1], pattern, item, copies)
    assert made.patterns() == Solution.of(patterns).patterns()


def test_what_is_said_of_an_item_twice_adds_up():
    one, two = np.array([0]), np.array([0, 0])
    made = Solution.joined(np.array([5]), np.array([3]), two, np.array([7, 7]), np.array([1, 2]))
    assert made.patterns() == [(5, 3, {7: 3})]
    assert made.load(np.array([[0]] * 7 + [[2]])).tolist() == [[6]]
    assert Solution.joined(one, one, one, one, one).patterns() == []


def test_ranges_follow_one_another():
    assert ranges(np.array([4, 9, 0]), np.array([2, 0, 3])).tolist() == [4, 5, 0, 1, 2]
    assert ranges(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).tolist() == []
