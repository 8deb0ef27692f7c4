"""What an assignment costs and which rules it breaks, straight from the problem's own arrays.

Written apart from the kernels, which only follow changes: it shares no line with them, and checks them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from planner.solvers.reassign.problem import Integers, Reassignment


def costs(problem: Reassignment, place: Integers) -> dict[str, int]:
    """The five costs of an assignment; their sum is what counts.

    Parameters
    ----------
    place : (P,) int64
        The machine of each process.
    """
    used = _usage(problem, place, np.ones(len(place), dtype=np.bool_))
    free = problem.capacity - used
    moved = place != problem.initial
    process, service, machine = (int(weight) for weight in problem.move_weights)
    over = np.maximum(0, used - problem.safety).sum(axis=0)
    balances = [
        weight * np.maximum(0, target * free[:, first] - free[:, second]).sum()
        for first, second, target, weight in problem.balance
    ]
    return {
        "load": int(over @ problem.load_weight),
        "balance": int(sum(balances)),
        "process": process * int(problem.process_move[moved].sum()),
        "service": service * int(np.bincount(problem.service[moved], minlength=1).max()),
        "machine": machine * int(problem.machine_move[problem.initial, place].sum()),
    }


def violations(problem: Reassignment, place: Integers) -> dict[str, int]:
    """How often an assignment breaks each rule: all are 0 where it is a solution."""
    used = _usage(problem, place, np.ones(len(place), dtype=np.bool_))
    held = used + _usage(problem, problem.initial, place != problem.initial)
    full = np.where(problem.transient, held, used) > problem.capacity
    pairs = np.stack([problem.service, place])
    covers = _seen(problem.service, problem.location[place], len(problem.spread)).sum(axis=1)
    near = _seen(problem.service, problem.neighbourhood[place], len(problem.spread))
    missing = near[problem.depends[:, 0]] & ~near[problem.depends[:, 1]]
    return {
        "capacity": int(full.sum()),
        "conflict": len(place) - np.unique(pairs, axis=1).shape[1],
        "spread": int((covers < problem.spread).sum()),
        "dependency": int(missing.sum()),
    }


def _usage(problem: Reassignment, place: Integers, among: NDArray[np.bool_]) -> Integers:
    """Usage (M, R) by some of the processes."""
    used = np.zeros_like(problem.capacity)
    np.add.at(used, place[among], problem.need[among])
    return used


def _seen(rows: Integers, columns: Integers, count: int) -> NDArray[np.bool_]:
    """Table (count, most columns) of the pairs that occur."""
    table = np.zeros((count, int(columns.max()) + 1), dtype=np.bool_)
    table[rows, columns] = True
    return table
