"""What is to happen: actions by time, in a total order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.simulation.film import Film

Action = Callable[["Film"], None]


class Turn(IntEnum):
    """Who acts first where several act at one time: what is lost, then what comes back, then who makes use of it."""

    FAULT = 0
    REPAIR = 1
    PRICE = 2
    DEMAND = 3
    RELEASE = 4
    SCALE = 5
    REPLAN = 6
    RECORD = 7


class Agenda:
    """Actions to come, by time, turn, and the order in which they were entered."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, Turn, int, Action]] = []
        self._entered = 0

    def enter(self, when: int, turn: Turn, action: Action) -> None:
        """Enter an action for a time in milliseconds."""
        heapq.heappush(self._heap, (when, turn, self._entered, action))
        self._entered += 1

    @property
    def next(self) -> int | None:
        """When something is to happen next; None where nothing is."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: int) -> Iterator[Action]:
        """Take out what is to happen up to a time, with what is entered for it meanwhile."""
        while self._heap and self._heap[0][0] <= now:
            yield heapq.heappop(self._heap)[3]
