"""The exact solver for small problems: see `solver.py`."""

from planner.solvers.cp_sat.solver import CpSat

__all__ = ["CpSat"]
