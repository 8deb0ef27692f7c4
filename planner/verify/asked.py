"""Answers that are kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Answer = TypeVar("_Answer")


class Asked(dict[_Key, _Answer]):
    """What a function answers, asked once for each key: `Asked(function)[key]`."""

    def __init__(self, function: Callable[[_Key], _Answer]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, key: _Key) -> _Answer:
        answer = self[key] = self._function(key)
        return answer
