"""An instance as a problem, solved by the portfolio; its packing checked against the file's own numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.packing.instances import Instance, Known
from benchmarks.rows import Row
from models.goals import GoalTier
from models.topology import LEVELS
from planner.problem import UNLIMITED, Problem, Solution
from planner.solvers.portfolio import Portfolio
from planner.solvers.stop import Stop

GOALS = (GoalTier(goal="unplaced"), GoalTier(goal="hosts"))


def problem_of(instance: Instance) -> Problem:
    """The instance as arrays: one bin type without a price, equal items merged.

    As the compiler makes them, problems have two resources at least: a single dimension counts twice.
    Some instances have needs a little below nothing, which are packed as nothing; bounds are made with bins that
    have all that such items could ever add.
    """
    stated, count = merged(instance)
    size, capacity = np.maximum(stated, 0), np.array([instance.capacity], dtype=np.int64)
    added = count @ (size - stated)
    if len(instance.capacity) == 1:
        size, capacity, added = size.repeat(2, axis=1), capacity.repeat(2, axis=1), added.repeat(2)
    problem = Problem(
        resources=tuple(f"dimension-{n}" for n in range(size.shape[1])),
        size=size,
        count=count,
        priority=np.zeros(len(count), dtype=np.int64),
        capacity=capacity,
        price=np.zeros(1, dtype=np.int64),
        available=np.full(1, UNLIMITED),
        required=np.zeros(1, dtype=np.int64),
        fits=np.all(size[:, None, :] <= capacity[None], axis=2),
        domain=np.full((1, len(LEVELS) - 1), -1, dtype=np.int64),
        goals=GOALS,
    )
    return replace(problem, relaxation=replace(problem, capacity=capacity + added)) if added.any() else problem


def merged(instance: Instance) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The different vectors, int64[I, D], and how many items have each, int64[I]."""
    vectors, of = np.unique(np.array(instance.items, dtype=np.int64), axis=0, return_inverse=True)
    return vectors, np.bincount(of.ravel(), weights=instance.demand).astype(np.int64)


def solved(instance: Instance, known: Known | None, seconds: float, seed: int) -> Row:
    """Solve an instance until the optimum is proven or time is up.

    Raises
    ------
    AssertionError
        If the packing is wrong: a bug in Bayplan.
    """
    problem = problem_of(instance)
    result = Portfolio().solve(problem, Stop(seconds=seconds), seed=seed)
    bins = unpacked(instance, result.solution)
    wrong = breaches(instance, bins)
    if wrong:
        raise AssertionError(f"{instance.name}: {wrong[0]}")
    bound = result.bounds[1]
    more = {"proven": len(bins) == bound.value, "by": bound.method, "solver": result.solver}
    if known is not None and known.heuristic is not None:
        more["heuristic"] = known.heuristic
    best = known.best if known else None
    return Row(instance.name, len(bins), bound.value, round(result.seconds, 2), best=best, more=more)


def unpacked(instance: Instance, solution: Solution) -> list[list[tuple[int, ...]]]:
    """Every bin as the list of the vectors in it."""
    vectors = [tuple(row) for row in merged(instance)[0].tolist()]
    return [
        [vectors[item] for item, copies in content.items() for _ in range(copies)]
        for _, multiplicity, content in solution.patterns()
        for _ in range(multiplicity)
    ]


def breaches(instance: Instance, bins: list[list[tuple[int, ...]]]) -> list[str]:
    """What is wrong with a packing, by the instance's own numbers: bins too full, items missing or extra."""
    wrong = [
        f"bin {n} holds {total} of {most} in dimension {d}"
        for n, inside in enumerate(bins)
        for d, most in enumerate(instance.capacity)
        if (total := sum(vector[d] for vector in inside)) > most
    ]
    asked: dict[tuple[int, ...], int] = {}
    for vector, copies in zip(instance.items, instance.demand, strict=True):
        asked[vector] = asked.get(vector, 0) + copies
    packed: dict[tuple[int, ...], int] = {}
    for vector in (vector for inside in bins for vector in inside):
        packed[vector] = packed.get(vector, 0) + 1
    wrong += [
        f"{packed.get(vector, 0)} of {asked.get(vector, 0)} items {vector} are packed"
        for vector in asked.keys() | packed.keys()
        if packed.get(vector, 0) != asked.get(vector, 0)
    ]
    return wrong
