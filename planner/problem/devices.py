"""Whether hosts hold their copies device by device."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.problem.problem import Problem
from planner.problem.solution import Solution

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def held_on_devices(problem: Problem, solution: Solution) -> Bools:
    """bool[P]: whether the devices of each pattern's host hold what is on it, one by one.

    Asked of `Problem.by_device`, or of a relaxation; sizes rounded to unit fractions pass where their sums do.
    """
    holds = np.ones(len(solution.bin), dtype=bool)
    if problem.device is None:
        return holds
    from planner.problem.device_kernel import all_held

    for p, (b, (start, end)) in enumerate(
        zip(solution.bin.tolist(), np.column_stack([solution.start[:-1], solution.start[1:]]).tolist(), strict=True)
    ):
        size, copies = problem.size[solution.item[start:end]], solution.copies[start:end]
        holds[p] = all_held(size, copies, problem.capacity[b], problem.device) == 1
    return holds
