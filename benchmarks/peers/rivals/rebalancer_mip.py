"""Meta's Rebalancer as a mixed-integer program, by HiGHS."""

from rebalancer_models import HIGHS, solve

solve(lambda seconds: {"optimalSolverSpec": {"solveTime": int(seconds), "solverPackage": HIGHS}})
