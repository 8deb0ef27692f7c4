"""Meta's Rebalancer by local search: single moves and swaps."""

from rebalancer_models import solve

MOVES = [{"singleMoveTypeSpec": {}}, {"swapMoveTypeSpec": {}}]
solve(lambda seconds: {"localSearchSolverSpec": {"solveTime": int(seconds), "moveTypeList": MOVES}})
