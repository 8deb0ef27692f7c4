"""Meta's Rebalancer by exact solves of subsets of hosts."""

from rebalancer_models import HIGHS, solve

EXACT = {"solverPackage": HIGHS}
solve(lambda seconds: {"optimalSubsetSolverSpec": {"overallTime": seconds, "optimalConfig": EXACT}})
