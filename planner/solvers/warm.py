"""Compiling the kernels of the solvers once per installation, before any clock runs.

Compiled kernels are kept beside their sources (by numba, in `__pycache__`), or in the user's cache folder
where those cannot be written. Compiling takes about a minute and cannot be stopped halfway.

    python -m planner.solvers.warm
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.goals import GoalTier
from planner.problem import UNLIMITED, Problem
from planner.problem.extras import Survival
from planner.problem.forms import HOST, Ints
from planner.problem.takeover import displaced
from planner.solvers.stop import Stop


def is_cold() -> bool:
    """Whether the largest kernel was never compiled on this machine."""
    from planner.solvers.search import anneal_kernel

    kernel = anneal_kernel.anneal
    line = kernel.py_func.__code__.co_firstlineno
    return not any(Path(kernel.stats.cache_path).glob(f"anneal_kernel.anneal-{line}.*.nbi"))


def warm() -> None:
    """Compile all kernels of planning, or load them, by solving problems of nine copies."""
    from planner.solvers.greedy import Greedy
    from planner.solvers.patterns import Patterns
    from planner.solvers.search import Search

    stop = Stop(seconds=None, iterations=8)
    devices = _small(np.array([[3, 2, 3], [2, 5, 1]]), np.array([[7, 9, 10], [12, 14, 15]]), np.array([0, 0, 5]))
    for solver in (Greedy(), Patterns(), Search()):
        found = solver.solve(devices, stop)
    displaced(devices, found.solution, Survival(HOST, np.ones(2, dtype=bool), "warm"))
    few, many = [[3, 2], [2, 5]], [[3, 2, 4, 1, 2], [2, 5, 1, 3, 2]]
    for size in (few, many):  # prices are found on a grid, and by branching
        Patterns().solve(_small(np.array(size), np.array([[7] * len(size[0]), [12] * len(size[0])])), stop)


def _small(size: Ints, capacity: Ints, device: Ints | None = None) -> Problem:
    """Two item types that two bin types take."""
    return Problem(
        resources=tuple(f"resource-{r}" for r in range(size.shape[1])),
        size=size,
        count=np.array([5, 4]),
        priority=np.zeros(2, dtype=np.int64),
        capacity=capacity,
        device=device,
        price=np.array([5, 9]),
        available=np.full(2, UNLIMITED),
        required=np.zeros(2, dtype=np.int64),
        fits=np.ones((2, 2), dtype=bool),
        domain=np.full((2, HOST + 1), -1),
        goals=(GoalTier(goal="unplaced"), GoalTier(goal="cost"), GoalTier(goal="hosts")),
    )


if __name__ == "__main__":
    warm()
