"""Pausing the search for reference cycles leaves it as it was."""

import gc
from collections.abc import Iterator

import pytest

from models.bulk import collection_paused


@pytest.fixture(autouse=True)
def _left_on() -> Iterator[None]:
    yield
    gc.enable()


def test_the_search_rests_inside_and_goes_on_after_the_outermost_block() -> None:
    with collection_paused():
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_starts_it_again() -> None:
    with pytest.raises(ValueError, match="broken"), collection_paused():
        raise ValueError("broken")
    assert gc.isenabled()


def test_whoever_has_turned_it_off_finds_it_off() -> None:
    gc.disable()
    with collection_paused():
        pass
    assert not gc.isenabled()


def test_a_function_can_be_paused_as_a_whole() -> None:
    @collection_paused()
    def asked() -> bool:
        return gc.isenabled()

    assert [asked(), asked()] == [False, False]
    assert gc.isenabled()
