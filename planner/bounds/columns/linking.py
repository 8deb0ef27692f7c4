"""Rows that bind hosts together beside demand: budgets, limits and spreads over domains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.bounds.classes import Classes
from planner.bounds.columns.hosts import Hosts
from planner.problem.forms import HOST
from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MOST = 2_000
"""Rows of limits and spreads beyond which they are left out: the bound stays valid without."""


@dataclass(frozen=True, eq=False)
class Row:
    """Over all hosts: `host[K]` each and `copy[C', K']` for copies of `classes` on `kinds` come to at most `most`.

    `low` names the spread whose smallest count is taken off the sum; at least 0 instead, if `at_least`.
    """

    host: Floats | None
    classes: Ints
    kinds: Ints
    copy: Floats | float
    most: float
    low: int = -1
    at_least: bool = False


@dataclass(frozen=True, eq=False)
class Linking:
    """All rows `N` but demand and supply.

    Attributes
    ----------
    rows : tuple of Row
    lows : float64[spreads]
        The most that the smallest count of each spread can be.
    """

    rows: tuple[Row, ...]
    lows: Floats

    @classmethod
    def of(cls, problem: Problem, classes: Classes, hosts: Hosts) -> Linking:
        """Budgets first, then limits and spreads over domains, as long as they are not too many."""
        everything, every_kind = np.arange(classes.number), np.arange(hosts.number)
        rows = [
            Row(
                budget.host[hosts.like], everything if budget.copy is not None else everything[:0], every_kind,
                0.0 if budget.copy is None else budget.copy[:, hosts.like], budget.most,
            )
            for budget in hosts.budgets
        ]  # fmt: skip
        domain, lows, more = problem.domain[hosts.like], [], []
        for limit in classes.limits:
            if limit.level != HOST:
                column = domain[:, limit.level]
                more += [
                    Row(None, limit.classes, np.flatnonzero(column == d), 1.0, float(limit.most))
                    for d in np.unique(column[column >= 0]).tolist()
                ]
        for n, spread in enumerate(classes.spreads):
            lows.append(float(spread.most_low))
            for d in spread.domains.tolist():
                inside = np.flatnonzero(domain[:, spread.level] == d)
                more.append(Row(None, spread.classes, inside, 1.0, float(spread.skew), low=n))
                more.append(Row(None, spread.classes, inside, 1.0, 0.0, low=n, at_least=True))
        if len(more) > MOST:
            more, lows = [], []
        return cls(tuple(rows + more), np.array(lows))

    def weights(self, kind: int, copies: Ints) -> list[tuple[int, float]]:
        """What one host of a kind with copies int64[C] weighs in each row, where that is not 0."""
        found = []
        for n, row in enumerate(self.rows):
            at = np.flatnonzero(row.kinds == kind)
            weight = 0.0 if row.host is None else float(row.host[kind])
            if len(at) and len(row.classes):
                factor = row.copy if isinstance(row.copy, float) else row.copy[:, at[0]]
                weight += float((copies[row.classes] * factor).sum())
            if weight:
                found.append((n, weight))
        return found

    def priced(self, duals: Floats, value: Floats, opening: Floats) -> float:
        """Add what duals float64[N] make of copies to `value` float64[K, C] and of hosts to `opening` float64[K].

        Returns what they make of the right-hand sides: the least over all smallest counts of spreads.
        """
        constant, low = 0.0, np.zeros(len(self.lows))
        for n in np.flatnonzero(duals).tolist():
            row, dual = self.rows[n], float(duals[n])
            if row.host is not None:
                opening -= dual * row.host
            if len(row.classes):
                factor = row.copy if isinstance(row.copy, float) else row.copy.T
                value[np.ix_(row.kinds, row.classes)] += dual * factor
            constant += dual * row.most
            if row.low >= 0:
                low[row.low] += dual
        return constant + float(np.minimum(0.0, low) @ self.lows)
