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
from planner.problem.forms import HOST
from planner.solvers.stop import Stop


def is_cold() -> bool:
    """Whether the largest kernel was never compiled on this machine."""
    from planner.solvers.search import anneal_kernel

    kernel = anneal_kernel.anneal
    line = kernel.py_func.__code__.co_firstlineno
    return not any(Path(kernel.stats.cache_path).glob(f"anneal_kernel.anneal-{line}.*.nbi"))


def warm() -> None:
    """Compile all kernels of planning, or load them, by solving a problem of three copies."""
    from planner.solvers.greedy import Greedy
    from planner.solvers.patterns import Patterns
    from planner.solvers.search import Search

    problem = _small()
    for solver in (Greedy(), Patterns(), Search()):
        solver.solve(problem, Stop(seconds=None, iterations=8))


def _small() -> Problem:
    """Two item types that two bin types take, in resources of which one binds everywhere."""
    return Problem(
        resources=("cpu", "memory"),
        size=np.array([[3, 2], [2, 5]]),
        count=np.array([5, 4]),
        priority=np.zeros(2, dtype=np.int64),
        capacity=np.array([[7, 9], [12, 14]]),
        price=np.array([5, 9]),
        available=np.full(2, UNLIMITED),
        required=np.zeros(2, dtype=np.int64),
        fits=np.ones((2, 2), dtype=bool),
        domain=np.full((2, HOST + 1), -1),
        goals=(GoalTier(goal="unplaced"), GoalTier(goal="cost"), GoalTier(goal="hosts")),
    )


if __name__ == "__main__":
    warm()
