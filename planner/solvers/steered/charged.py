"""What hosts to spare count: the charge of each host in the goal that decides."""

from __future__ import annotations

import numpy as np

from planner.bounds.charge import Charge, Objective
from planner.problem import Problem, Solution
from planner.problem.forms import Ints
from planner.solvers.result import deciding_goal


def host_charge(problem: Problem) -> Ints:
    """int64[B]: what a host of each bin type counts; where no sum over hosts decides, hosts do."""
    goal = deciding_goal(problem.goals).goal
    objective: Objective = goal if goal in ("cost", "carbon") else "hosts"
    return Charge.of(problem, objective).host


def charged(problem: Problem, solution: Solution) -> int:
    """What all hosts of a solution count."""
    return int(np.sum(host_charge(problem)[solution.bin] * solution.multiplicity))
