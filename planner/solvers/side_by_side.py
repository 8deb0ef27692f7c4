"""Solvers side by side: each in a thread of its own, under one clock.

Kernels and LP solvers let go of the interpreter while they work, so that two of them use two cores.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from planner.problem import Problem, Solution
from planner.problem.score import tier_value, unplaced
from planner.solvers.independent import SUMS
from planner.solvers.result import Observer, Progress, Result, deciding_goal

Run = Callable[[Observer | None], Result]
"""A solver with all it needs but its observer."""


def side_by_side(runs: Sequence[Run], observer: Observer | None) -> list[Result]:
    """Run all, and return their results in order once the last has ended; the first exception is raised."""
    if len(runs) < 2:
        return [run(observer) for run in runs]
    with ThreadPoolExecutor(len(runs)) as threads:
        ended = [threads.submit(run, observer) for run in runs]
        return [future.result() for future in ended]


class Improving:
    """Passes on progress lines that are better than all before, with the best bound known; from any thread.

    Attributes
    ----------
    bound : float or None
        The best bound known of the deciding tier.
    """

    def __init__(self, observer: Observer | None) -> None:
        self.observer = observer
        self.bound: float | None = None
        self._best: tuple[int, float] | None = None
        self._lock = threading.Lock()

    def __call__(self, progress: Progress) -> None:
        """Take one progress line."""
        if self.observer is None or progress.incumbent is None:
            return
        with self._lock:
            value = progress.unplaced, progress.incumbent
            if self._best is not None and value > self._best:
                return
            self._best = value
            known = [bound for bound in (progress.bound, self.bound) if bound is not None]
            self.bound = max(known, default=None)
            self.observer(replace(progress, bound=self.bound))


def beside(observer: Observer, others: Sequence[tuple[Problem, Solution]]) -> Observer:
    """An observer of one part of a problem that tells of the whole: what the other parts come to is added."""
    goal = deciding_goal(others[0][0].goals)
    value = sum(tier_value(problem, solution, goal) for problem, solution in others)
    left = sum(int(unplaced(problem, solution).sum()) for problem, solution in others)

    def told(progress: Progress) -> None:
        if progress.incumbent is not None and goal.goal in SUMS:
            whole = progress.incumbent + value
            observer(replace(progress, incumbent=whole, unplaced=progress.unplaced + left, bound=None))

    return told
