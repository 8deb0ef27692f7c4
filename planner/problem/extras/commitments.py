"""Commitments: use that is paid for a term, whether it is used or not.

What bounds may rely on: whatever hosts a plan has, some choice of covered ones among them, and of parts of hosts,
makes the sum of prices no more than the plan's bill, with two exceptions: the weights of hosts in quotas are
rounded up, and standing hosts are covered at each other's expense without a twin. `relaxed` is a problem
without exceptions.

The other way round the bill may be higher than the sum of prices: where several commitments select the same
hosts, solvers share these out as suits them, and the bill in the order of the scenario. Then a plan has a
gap; it is never called better than it is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planner.problem.forms import Quota
from planner.problem.solution import Solution

if TYPE_CHECKING:
    from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
FULL = 1_000_000
"""A discount in millionths of the price."""


@dataclass(frozen=True, eq=False)
class Commitment:
    """Covers `hosts` hosts of the bin types in `bins`, or so much `spend` at a discount.

    Attributes
    ----------
    bins : bool[B]
    list_price : int64[B]
        Micro-USD per hour of one host where no commitment covers it; the problem's price of bin
        types that stand for covered hosts is 0.
    hosts : int
        Resource-based: the dearest hosts first; 0 for a spend-based one.
    spend, off : int
        Spend-based: micro-USD per hour at the discounted price, and the discount in millionths.
    rule : str
        The commitment's name.
    """

    bins: Bools
    list_price: Ints
    hosts: int
    spend: int
    off: int
    rule: str

    def each(self, price: int) -> float:
        """What one host of a list price uses of it."""
        return 1.0 if self.hosts else price * (FULL - self.off) / FULL

    @property
    def whole(self) -> float:
        """Hosts, or micro-USD per hour at the discounted price."""
        return float(self.hosts or self.spend)


def quota_label(name: str) -> str:
    """The rule of the quota that covered hosts of a commitment share."""
    return f"commitment {name}"


def billed(commitments: Sequence[Commitment], solution: Solution) -> int:
    """Micro-USD per hour for all hosts after commitments in their order, the fees of these left aside.

    Each covers the dearest hosts first, part of a host at the end; of equally dear ones, those first that
    other commitments do not select.
    """
    prices = commitments[0].list_price
    left: dict[tuple[int, tuple[bool, ...]], float] = defaultdict(float)  # hosts not yet covered
    for b, hosts in enumerate(solution.bins_used(len(prices)).tolist()):
        if hosts and prices[b]:
            left[int(prices[b]), tuple(bool(commitment.bins[b]) for commitment in commitments)] += hosts
    for n, commitment in enumerate(commitments):
        room = commitment.whole
        for kind in sorted((kind for kind in left if kind[1][n]), key=lambda kind: (-kind[0], kind[1])):
            taken = min(left[kind], room / commitment.each(kind[0]))
            left[kind] -= taken
            room -= taken * commitment.each(kind[0])
    return round(sum(price * hosts for (price, _), hosts in left.items()))


def relaxed(problem: Problem) -> Problem | None:
    """A problem in which some choice of covered hosts, and parts of hosts, makes prices no more than any plan's bill.

    From the first spend-based commitment on, parts of hosts are covered. Standing hosts use up
    nothing, and those that are not covered today may be covered at the expense of others: at most what they
    cost, and at most what the commitments are worth, is taken off at once. None where the problem is that
    already, and with whole hosts.
    """
    from planner.problem.problem import UNLIMITED

    base, standing = problem.relaxation or problem, problem.available < UNLIMITED
    quotas, partial = list(base.quotas), False
    for commitment in problem.extras.commitments:
        partial |= not commitment.hosts
        for q, quota in enumerate(quotas):
            if quota.rule == quota_label(commitment.rule) and (partial or quota.weight[standing].any()):
                quotas[q] = _loosened(quota, standing, slack=0 if commitment.hosts else 1)
    worth = _worth(problem, standing)
    if not worth and quotas == list(base.quotas):
        return None
    return replace(base, quotas=tuple(quotas), fixed=base.fixed - worth)


def _loosened(quota: Quota, standing: Bools, slack: int) -> Quota:
    """The quota over opened hosts only; `slack` undoes the rounding of a weight."""
    return replace(quota, weight=np.where(standing, 0, np.maximum(quota.weight - slack, 0)))


def _worth(problem: Problem, standing: Bools) -> int:
    """The most that commitments can take off standing hosts that are not covered today, in micro-USD per hour."""
    uncovered = np.zeros(problem.bins, dtype=bool)
    value = 0.0
    for commitment in problem.extras.commitments:
        bins = commitment.bins & standing & (problem.price > 0)
        uncovered |= bins
        dearest = int(problem.price[bins].max(initial=0))
        value += commitment.whole / commitment.each(dearest) * dearest if dearest else 0.0
    return min(int((problem.price * problem.available)[uncovered].sum()), math.ceil(value))
