"""Which of several equal standing hosts carries what: the one on which most of it runs today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.supply import Offering

MOST_MATCHED = 1000
"""Equal hosts; more of them carry what is planned in the order in which they are stated."""


def matched(
    hosts: Sequence[Offering], today: Mapping[str, Mapping[str, int]], planned: Sequence[Mapping[str, int]]
) -> list[int]:
    """Hand equal hosts out so that most replicas stay where they run: a largest assignment.

    Parameters
    ----------
    hosts : sequence of Offering
        Equal standing hosts, at least as many as are planned.
    today : mapping of str to mapping of str to int
        By host, replicas by workload that run there today.
    planned : sequence of mapping of str to int
        Replicas by workload on each host of the plan.

    Returns
    -------
    list of int
        For each host of the plan, which of `hosts` it is. Those that must stay are all among them; equal choices
        fall on hosts in their order.
    """
    order = sorted(range(len(hosts)), key=lambda h: hosts[h].releasable)
    if len(hosts) > MOST_MATCHED or not any(today.get(host.host) for host in hosts):
        return order[: len(planned)]
    stay = np.zeros((len(order), len(order)), dtype=np.int64)  # rows beyond the plan: hosts that are not used
    for row, runs in enumerate(planned):
        stay[row] = [_kept(runs, today.get(hosts[h].host, {})) for h in order]
    # What must stay outweighs every replica; one replica outweighs the order.
    must = np.array([not hosts[h].releasable for h in order], dtype=np.int64) * (int(stay.sum()) + 1)
    stay[: len(planned)] = (stay[: len(planned)] + must) * (len(order) ** 2) - np.arange(len(order))
    return [order[column] for column in _largest(stay)[: len(planned)]]


def _largest(worth: npt.NDArray[np.int64]) -> list[int]:
    """The column of each row in an assignment of the largest worth."""
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    solver = SimpleLinearSumAssignment()
    rows, columns = np.indices(worth.shape)
    solver.add_arcs_with_cost(rows.ravel(), columns.ravel(), -worth.ravel())
    if solver.solve() != solver.OPTIMAL:
        raise RuntimeError("an assignment between as many rows as columns was not found")
    return [solver.right_mate(row) for row in range(len(worth))]


def _kept(planned: Mapping[str, int], today: Mapping[str, int]) -> int:
    return sum(min(copies, today.get(workload, 0)) for workload, copies in planned.items())
