"""GPU shares against the devices of a host, by hand and by brute force."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.verify.devices import fits_on_devices


@pytest.mark.parametrize(
    ("asks", "milli", "fits"),
    [
        ([], 0, True),
        ([1000, 1000], 2000, True),
        ([1000, 1], 1000, False),
        ([600, 600, 600], 2000, False),
        ([600, 600, 400, 400], 2000, True),
        ([1500, 500], 2000, True),
        ([1500, 600], 2000, False),
        ([500, 500, 500], 1500, True),
        ([750, 750], 1500, False),
        ([400, 400, 300, 300, 300, 300], 2000, True),  # first-fit decreasing alone needs a third device
    ],
)
def test_by_hand(asks: list[int], milli: int, fits: bool):
    assert fits_on_devices(asks, milli) is fits


@given(st.lists(st.integers(1, 10).map(lambda n: n * 100), max_size=6), st.integers(0, 3))
def test_by_brute_force(asks: list[int], devices: int):
    possible = any(
        all(sum(ask for ask, at in zip(asks, where, strict=True) if at == device) <= 1000 for device in range(devices))
        for where in product(range(devices), repeat=len(asks))
    )
    assert fits_on_devices(asks, devices * 1000) is possible
