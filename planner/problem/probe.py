"""The probe: the container whose room the goal `fragmentation` asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from models.scenario import Scenario
from models.workload import Workload

Ints = npt.NDArray[np.int64]


def probe_of(scenario: Scenario, size: Ints) -> Ints | None:
    """int64[R]: what the probe takes; None where no goal asks, or nothing is to be placed.

    Parameters
    ----------
    scenario : Scenario
    size : int64[A, R]
        What one replica of each workload takes, in the order of the scenario; further rows are not looked at.
    """
    goals = (goal for goal in scenario.spec.goals_in_force if goal.goal == "fragmentation")
    goal = next(goals, None)
    w = probe_workload(scenario.spec.workloads, goal.room_for) if goal else None
    return None if w is None else size[w].copy()


def probe_workload(workloads: Sequence[Workload], room_for: Literal["largest", "typical"]) -> int | None:
    """The position of the workload whose replica is the probe: all replicas by CPU, then memory, then position.

    `largest`: the last of them. `typical`: the median, of an even number the lower one.
    """
    demand = [workload.demand() for workload in workloads]
    ranked = sorted(range(len(workloads)), key=lambda w: (demand[w].cpu, demand[w].memory, w))
    counts = np.cumsum([workloads[w].count for w in ranked])
    if not len(counts) or not counts[-1]:
        return None
    wanted = int(counts[-1]) if room_for == "largest" else (int(counts[-1]) + 1) // 2
    return ranked[int(np.searchsorted(counts, wanted))]
