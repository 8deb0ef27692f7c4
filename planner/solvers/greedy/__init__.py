"""Zones first, then many fast packings: see `greedy.py`."""

from planner.solvers.greedy.greedy import Greedy

__all__ = ["Greedy"]
