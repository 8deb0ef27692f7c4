"""The placing policies by the names that people use."""

from __future__ import annotations

from planner.simulation.policies import codes

PLACING = {
    "first_fit": codes.FIRST_FIT,
    "best_fit": codes.BEST_FIT,
    "worst_fit": codes.WORST_FIT,
    "random": codes.RANDOM,
    "dot_product": codes.DOT_PRODUCT,
    "kubernetes": codes.LEAST_ALLOCATED,
    "most_allocated": codes.MOST_ALLOCATED,
    "fgd": codes.FGD,
    "gpu_best_fit": codes.GPU_BEST_FIT,
    "gpu_packing": codes.GPU_PACKING,
    "gpu_clustering": codes.GPU_CLUSTERING,
    "swarm_spread": codes.SWARM_SPREAD,
    "swarm_binpack": codes.SWARM_BINPACK,
}
"""Docker's Swarm strategy "random" is `random`."""
