"""Re-placement: who should move, so that machines are less loaded and moving costs little."""

from planner.solvers.reassign.problem import Reassignment
from planner.solvers.reassign.result import Reassigned
from planner.solvers.reassign.solver import Reassign

__all__ = ["Reassign", "Reassigned", "Reassignment"]
