"""Search: ruin and recreate on the hosts of a plan."""

from planner.solvers.search.solver import Search

__all__ = ["Search"]
