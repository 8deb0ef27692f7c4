from planner.solvers.steered.solver import Steered

__all__ = ["Steered"]
