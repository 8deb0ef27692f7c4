"""Column generation where hosts hold contents device by device, against enumeration."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import problem_of

from planner.bounds.classes import Classes
from planner.bounds.columns import Generation, generate
from planner.bounds.columns.host_forms import HostForms
from planner.bounds.columns.hosts import Hosts
from planner.bounds.columns.pricing import Pricing
from planner.bounds.device_weights import with_device_weights
from planner.bounds.given import Given
from planner.verify.devices import fits_on_devices

SHARES = st.lists(st.sampled_from([160, 230, 320, 470, 550, 650, 810, 1000]), min_size=2, max_size=3, unique=True)


def on_devices(sizes, counts, capacities, prices):
    sizes = [[size, 1 + n % 2] for n, size in enumerate(sizes)]
    return problem_of(sizes, counts, [[c, 6] for c in capacities], prices, device=np.array([1000, 0]))


def contents(problem, b):
    """All contents that a host of a bin type holds."""
    for copies in product(*(range(n + 1) for n in problem.count.tolist())):
        fits = (np.array(copies) @ problem.size <= problem.capacity[b]).all()
        asks = [int(s) for s, n in zip(problem.size[:, 0], copies, strict=True) for _ in range(n)]
        if fits and fits_on_devices(asks, int(problem.capacity[b, 0])):
            yield np.array(copies)


def fewest_hosts(problem):
    """By dynamic programming over what is left to place."""
    options = [c for b in range(problem.bins) for c in contents(problem, b) if c.any()]
    best = {tuple([0] * problem.items): 0}
    for left in sorted(product(*(range(n + 1) for n in problem.count.tolist()))):
        if any(left):
            rest = (tuple(np.maximum(0, np.array(left) - c).tolist()) for c in options)
            best[left] = 1 + min(best[r] for r in rest if r != left)
    return best[tuple(problem.count.tolist())]


@given(SHARES, st.data())
def test_the_best_content_is_that_of_enumeration(sizes, data):
    problem = on_devices(sizes, [3] * len(sizes), [2000], [1])
    exact = with_device_weights(problem) if data.draw(st.booleans()) else problem
    classes = Classes.merge(exact, apart=True)
    hosts = Hosts.merge(exact, classes, "hosts", Given.full(exact))
    pricing = Pricing.of(classes, hosts, 0, HostForms.of(exact, classes))
    value = np.array([float(data.draw(st.integers(1, 9))) for _ in range(classes.number)])
    offer = pricing.best(value, 0.0, 10_000)
    best = max(float(value @ classes_of(classes, copies)) for copies in contents(problem, 0))
    assert offer.best
    assert offer.value == pytest.approx(best)
    assert all(pricing.takes(content) for content in offer.contents)


def classes_of(classes, copies):
    return np.bincount(classes.of, weights=copies, minlength=classes.number)


@given(SHARES, st.data())
def test_the_bound_is_below_the_fewest_hosts(sizes, data):
    counts = [data.draw(st.integers(1, 3)) for _ in sizes]
    problem = on_devices(sizes, counts, [2000, 1000], [2, 1])
    found = generate(with_device_weights(problem), "hosts")
    assert found.bound.value <= fewest_hosts(problem)


def test_contents_in_sum_only_are_not_taken():
    problem = on_devices([600, 400], [6, 6], [2000], [1])
    run = Generation(problem, "hosts", Given.full(problem))
    assert not run.learn(0, {0: 3})  # 1800 of 2000, but 600 goes once onto each device
    assert run.learn(0, {0: 2, 1: 2})
    assert generate(problem, "hosts").bound.value == 3


def test_devices_beyond_what_is_asked_for_count():
    problem = on_devices([600], [3], [8000], [1])  # three devices for 1.8
    assert generate(problem, "hosts").bound.value == 1
