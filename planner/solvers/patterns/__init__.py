"""Gilmore–Gomory packing: patterns by price, made whole: see `solver.py`."""

from planner.solvers.patterns.recombine import recombine
from planner.solvers.patterns.solver import Patterns

__all__ = ["Patterns", "recombine"]
