"""Exact packing of a start whose domains are frozen: see `solver.py`."""

from planner.solvers.zoned.solver import Zoned

__all__ = ["Zoned"]
