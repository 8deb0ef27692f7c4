"""Recombination: the best multiplicities for host patterns that several plans have.

A set-covering program over the patterns that a search has seen (as in many heuristics for vehicle routing; for vector
packing: K. Heßler, T. Gschwind, S. Irnich, "Stabilized branch-and-price algorithms for vector packing problems", 2018).
Copies that are covered twice are taken off afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from planner.bounds.charge import Objective
from planner.bounds.columns import Generation
from planner.bounds.given import Given
from planner.problem import Problem, Solution, broken_forms, score
from planner.solvers.patterns.deal import deal
from planner.solvers.patterns.leftovers import inserted
from planner.solvers.patterns.rounding import NODES, chosen
from planner.solvers.result import deciding_goal

SHARE = 0.3
"""Of the time, what duals for choosing among the patterns may use."""


def recombine(
    problem: Problem,
    bag: Iterable[tuple[int, Mapping[int, int]]],
    seconds: float = math.inf,
    *,
    start: Solution | None = None,
    rounds: int = 0,
    nodes: int = NODES,
) -> Solution | None:
    """Pick the best hosts from a bag of patterns (bin type, {item type: copies}).

    Parameters
    ----------
    seconds : float
        Time limit; without one, `nodes` of the branch-and-bound tree are the limit.
    start : Solution, optional
        A plan whose hosts join the bag; the result is never worse.
    rounds : int
        Rounds of pricing that may add patterns of their own.

    Returns
    -------
    Solution or None
        None (or `start`) where no better one is found, or forms bind domains.
    """
    if problem.has_domain_forms:
        return start
    run = Generation(problem, objective_of(problem), Given.full(problem))
    if not run.classes.number or not run.hosts.number:
        return start
    for bin_type, content in bag:
        run.learn(bin_type, content)
    for bin_type, _, content in start.patterns() if start is not None else ():
        run.learn(bin_type, content)
    run.run_within(seconds * SHARE, rounds)
    if run.centre is None:
        return start
    hosts = chosen(run, seconds * (1 - SHARE), math.inf, nodes)
    if hosts is None:
        return start
    found = inserted(problem, deal(problem, run, hosts))
    if broken_forms(problem, found) or (start is not None and score(problem, found) >= score(problem, start)):
        return start
    return found


def objective_of(problem: Problem) -> Objective:
    """The goal for which patterns are made: the deciding one, where it is a sum over hosts."""
    goal = deciding_goal(problem.goals).goal
    return goal if goal in ("cost", "carbon") else "hosts"
