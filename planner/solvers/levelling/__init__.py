"""Few hosts, evenly loaded over time: see README.md."""

from planner.solvers.levelling.problem import HostCost, LevellingProblem
from planner.solvers.levelling.result import LevellingResult
from planner.solvers.levelling.solver import Levelling

__all__ = ["HostCost", "Levelling", "LevellingProblem", "LevellingResult"]
