"""How often a solution breaks a form: the unit in which soft rules are priced.

Limit: copies above the most, over all domains. Apart: in each domain with both, the copies of the
fewer. Together: copies outside the domain that holds most of them. Near: copies of `a` in domains
without a `b`. Spread: copies above the smallest domain and the skew. Quota and cap: each percent, or
part of it, by which the limit is exceeded (every unit where the limit is 0); for a quota of hosts,
every host.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.problem.forms import HOST, Apart, Cap, Form, Ints, Limit, Near, Quota, Room, Spread, Together
from planner.problem.problem import Problem
from planner.problem.score import cap_use
from planner.problem.solution import Solution


def breaches(problem: Problem, solution: Solution, form: Form) -> int:
    """Breaches of one form, 0 where it holds."""
    match form:
        case Limit():
            copies, times = _held(problem, solution, form.items, form.level)
            return int((np.maximum(copies - form.most, 0) * times).sum())
        case Apart():
            (a, times), (b, _) = (_held(problem, solution, items, form.level) for items in (form.a, form.b))
            return int((np.minimum(a, b) * times).sum())
        case Near():
            held = (_held(problem, solution, items, form.level, everywhere=True) for items in (form.a, form.b))
            (a, times), (b, _) = held
            return int((a * times)[b == 0].sum())
        case Together():
            copies, times = _held(problem, solution, form.items, form.level, everywhere=True)
            return int((copies * times).sum() - copies.max(initial=0))
        case Spread():
            copies, _ = _held(problem, solution, form.items, form.level, everywhere=True)
            # A domain in which no bin type is left holds nothing.
            counts = np.append(copies, 0)[np.minimum(form.domains + 1, len(copies))]
            most = (0 if form.zero_minimum else counts.min()) + form.max_skew
            return int(np.maximum(counts - most, 0).sum())
        case Quota():
            return percent_over(int((form.weight * solution.bins_used(problem.bins)).sum()), form.most, form.weight)
        case Cap():
            return percent_over(cap_use(solution, form), form.most, form.weight)
        case Room():
            raise TypeError("kept room is never soft")


def percent_over(used: int, most: int, weight: npt.NDArray[np.int64]) -> int:
    """Breaches of a sum: each started percent above the most; each unit where units are counted one by one."""
    over = max(0, used - most)
    return over if most == 0 or int(weight.max(initial=0)) <= 1 else -(-over * 100 // most)


def _held(
    problem: Problem, solution: Solution, items: Ints, level: int, *, everywhere: bool = False
) -> tuple[Ints, Ints]:
    """Copies in each domain, by its id + 1, and how many such domains there are: 1.

    First stand the bin types outside any domain of the level, which count only with `everywhere`. At the
    level of hosts: copies on a host of each pattern, and how many such hosts there are.
    """
    wanted = np.zeros(problem.items, dtype=bool)
    wanted[items] = True
    running = np.append(0, np.cumsum(np.where(wanted[solution.item], solution.copies, 0)))
    on_host = running[solution.start[1:]] - running[solution.start[:-1]]
    if level == HOST:
        return on_host, solution.multiplicity
    domain = problem.domain[solution.bin, level]
    ids = int(problem.domain[:, level].max(initial=-1)) + 2
    copies = np.bincount(domain + 1, weights=on_host * solution.multiplicity, minlength=ids).astype(np.int64)
    if not everywhere:
        copies[0] = 0
    return copies, np.ones(ids, dtype=np.int64)
