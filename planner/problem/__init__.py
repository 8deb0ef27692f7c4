"""The scenario as arrays: see README.md."""

from planner.problem.build import build
from planner.problem.decode import decode
from planner.problem.forms import Apart, Limit, Near, Quota, Spread, Together
from planner.problem.names import Names
from planner.problem.problem import UNLIMITED, Problem
from planner.problem.score import broken_forms, score
from planner.problem.solution import Solution

__all__ = [
    "UNLIMITED",
    "Apart",
    "Limit",
    "Names",
    "Near",
    "Problem",
    "Quota",
    "Solution",
    "Spread",
    "Together",
    "broken_forms",
    "build",
    "decode",
    "score",
]
