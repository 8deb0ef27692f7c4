"""Further classes: the same containers under the same rules, but for how much they ask for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from planner.simulation.state import LAST_QUEUED, NONE, QUEUED, SHAPE, State

Ints = npt.NDArray[np.int64]


def with_classes(state: State, like: Sequence[int], sizes: Ints) -> State:
    """A state with further classes at the end, each with a shape of its own.

    Parameters
    ----------
    like : sequence of int, length N
        The class whose rules, places and devices each shares.
    sizes : int64[N, R]
        What each asks for.
    """
    table = state.classes[like].copy()
    shapes = table[:, SHAPE].copy()
    table[:, SHAPE] = len(state.size) + np.arange(len(table))
    queue = np.zeros((len(table), state.queue.shape[1]), dtype=np.int64)
    queue[:, [QUEUED, LAST_QUEUED]] = NONE
    scores = np.zeros((len(table) if len(state.scores) else 0, *state.scores.shape[1:]), dtype=np.int64)
    return state._replace(
        classes=np.concatenate([state.classes, table]),
        size=np.concatenate([state.size, sizes]),
        asks=np.concatenate([state.asks, state.asks[shapes]]),
        allowed=np.concatenate([state.allowed, state.allowed[shapes]]),
        queue=np.concatenate([state.queue, queue]),
        waiting=np.concatenate([state.waiting, np.zeros(len(table), dtype=np.int64)]),
        scores=np.concatenate([state.scores, scores]),
    )
