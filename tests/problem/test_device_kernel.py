"""Shares on devices, against enumeration."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.problem.device_kernel import UNKNOWN, all_held, held
from planner.verify.devices import fits_on_devices

ASKS = st.sampled_from([1000, 2000, 1500, 810, 650, 550, 500, 470, 340, 320, 230, 160, 110, 50])


def by_enumeration(asks: list[int], room: int) -> bool:
    devices = room // 1000 - sum(ask // 1000 for ask in asks)
    if devices < 0:
        return False
    rooms, shares = np.array([1000] * devices + [room % 1000]), [ask % 1000 for ask in asks if ask % 1000]
    for where in product(range(len(rooms)), repeat=len(shares)):
        load = np.bincount(np.array(where, dtype=int), weights=shares, minlength=len(rooms)) if shares else np.zeros(1)
        if (load <= rooms).all():
            return True
    return False


def ask(asks: list[int], room: int) -> int:
    sizes, copies = np.unique(asks, return_counts=True)
    return held(sizes, copies, room, 1000)


@given(st.lists(ASKS, min_size=1, max_size=6), st.sampled_from([0, 400, 1000, 1400, 2000, 3000, 3700]))
def test_it_says_what_enumeration_says(asks: list[int], room: int):
    assert bool(ask(asks, room)) is by_enumeration(asks, room)


@given(st.lists(ASKS, min_size=1, max_size=30), st.sampled_from([4000, 8000, 8200]))
def test_the_verifier_agrees_with_whatever_it_admits(asks: list[int], room: int):
    known = ask(asks, room)
    assert known == UNKNOWN or bool(known) is fits_on_devices(asks, room)


def test_what_best_fit_misses_is_found():
    asks = [400, 400, 300, 300, 300, 300]  # best fit decreasing puts both of 400 on one device, and needs a third
    assert ask(asks, 2000) == 1


def test_rooms_without_limit_hold_everything():
    assert ask([650] * 50, 2**40) == 1


@pytest.mark.parametrize(("unit", "expected"), [((0, 0), 1), ((1000, 0), 0), ((0, 1000), 1), ((1000, 1000), 0)])
def test_only_resources_with_devices_are_asked(unit, expected):
    size, copies = np.array([[600, 500]]), np.array([3])
    assert all_held(size, copies, np.array([2000, 2000]), np.array(unit)) == expected
