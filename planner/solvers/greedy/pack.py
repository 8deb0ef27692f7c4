"""Run one packing variant on lots and turn what the kernels return into a solution."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.problem import Problem
from planner.problem.forms import Ints
from planner.solvers.greedy.caps import CapRows
from planner.solvers.greedy.charges import Charges
from planner.solvers.greedy.fill_kernel import fill_hosts
from planner.solvers.greedy.fit_kernel import pack_lots
from planner.solvers.greedy.lots import Packing, Unit
from planner.solvers.trim import Patterns

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Opened:
    """Hosts that stand open from the start: those that must stay, or a mix to pack into."""

    bin: Ints
    count: Ints


@dataclass(frozen=True, eq=False)
class Supply:
    """What rows cost and weigh on bin types.

    Attributes
    ----------
    regret : float64[K, B] or None
        What a copy costs above its cheapest place.
    caps : CapRows
    """

    regret: Floats | None
    caps: CapRows

    @classmethod
    def of(cls, problem: Problem, lots: Packing, charges: Charges) -> Supply:
        """For the rows of a packing."""
        contents = lots.contents
        return cls(charges.of_rows(contents), CapRows.of_units(problem, contents))

    @property
    def capped(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Caps in the kernels' order, with a budget of their own to spend."""
        caps = self.caps
        return caps.start, caps.of, caps.row, caps.table, caps.most.copy()


@dataclass(frozen=True, eq=False)
class Packed:
    """Patterns over the rows of a packing, and the copies of each row that found no host."""

    patterns: Patterns
    left: Ints


def decreasing(
    problem: Problem,
    lots: Packing,
    order: Ints,
    rank: Floats,
    slack_weight: Floats,
    strategy: int,
    opened: Opened,
    supply: Supply,
) -> Packed:
    """First or best fit over the rows in `order`, opening bin types by `rank` and by what a row costs there."""
    ranks = rank[None, :]
    if supply.regret is not None:
        finite = np.where(np.isfinite(rank), rank, 0.0)
        ranks = np.where(np.isfinite(ranks), finite * (lots.size @ slack_weight)[:, None] + supply.regret, np.inf)
    hosts_left, quota_weight, quota_left = _supply(problem, opened)
    bins, multiplicity, head, node_lot, node_copies, node_next, left = pack_lots(
        order, lots.size, lots.count, lots.fits, lots.most, problem.capacity, ranks, slack_weight, strategy,
        opened.bin, opened.count, hosts_left, quota_weight, quota_left, *supply.capped, *lots.host_forms,
    )  # fmt: skip
    patterns: Patterns = []
    for b, m, node in zip(bins.tolist(), multiplicity.tolist(), head.tolist(), strict=True):
        content: dict[int, int] = {}
        while node >= 0:
            content[int(node_lot[node])] = content.get(int(node_lot[node]), 0) + int(node_copies[node])
            node = int(node_next[node])
        patterns.append((b, m, content))
    return Packed(patterns, left)


def filled(
    problem: Problem,
    lots: Packing,
    cost: Floats,
    value: Floats,
    by_distance: bool,
    candidates: Ints,
    opened: Opened,
    supply: Supply,
) -> Packed:
    """Fill host after host, each time the candidate of least cost per value of its content."""
    hosts_left, quota_weight, quota_left = _supply(problem, opened)
    scale = np.maximum(np.minimum(problem.capacity, lots.size.T @ lots.count), 1)
    total = np.maximum(lots.size.T @ lots.count, 1)
    weight = np.sqrt(total / total.max())[None, :] / scale
    standing = np.bincount(opened.bin, weights=opened.count, minlength=problem.bins).astype(np.int64)
    types = np.unique(np.concatenate([candidates, opened.bin]))
    rows = [np.flatnonzero(lots.fits[:, b] & (lots.count > 0)) for b in types]
    row_start = np.cumsum([0, *(len(row) for row in rows)], dtype=np.int64)
    row_of = np.concatenate([*rows, np.empty(0, dtype=np.int64)]).astype(np.int64)
    regret = np.empty((0, problem.bins)) if supply.regret is None else supply.regret
    bins, multiplicity, start, row, copies, left = fill_hosts(
        lots.size, lots.count, lots.most, problem.capacity, cost, regret, value, weight, by_distance,
        types, row_start, row_of, standing[types], np.isin(types, candidates),
        hosts_left, quota_weight, quota_left, *supply.capped, *lots.host_forms,
    )  # fmt: skip
    patterns: Patterns = []
    for p, (b, m) in enumerate(zip(bins.tolist(), multiplicity.tolist(), strict=True)):
        inside = slice(start[p], start[p + 1])
        patterns.append((b, m, dict(zip(row[inside].tolist(), copies[inside].tolist(), strict=True))))
    return Packed(patterns, left)


def _supply(problem: Problem, opened: Opened) -> tuple[Ints, Ints, Ints]:
    """What may still be opened beyond the hosts that stand open."""
    already = np.bincount(opened.bin, weights=opened.count, minlength=problem.bins).astype(np.int64)
    weight = problem.quota_weight
    return problem.available - already, weight, problem.quota_most - weight @ already


def unpack(lots: Packing, packed: Packed) -> Patterns:
    """Patterns over item types: rows are dealt out to the lots behind them, host after host."""
    queues = [deque((lot.unit, lot.count) for lot in behind) for behind in lots.behind]
    patterns: Patterns = []
    for b, multiplicity, rows in packed.patterns:
        if all(len(queues[row]) <= 1 for row in rows):
            patterns.append((b, multiplicity, _content((queues[row][0][0], n) for row, n in rows.items())))
            continue
        for _ in range(multiplicity):
            taken = [pair for row, n in rows.items() for pair in _take(queues[row], n)]
            patterns.append((b, 1, _content(taken)))
    return patterns


def _take(queue: deque[tuple[Unit, int]], copies: int) -> list[tuple[Unit, int]]:
    taken: list[tuple[Unit, int]] = []
    while copies:
        unit, left = queue.popleft()
        some = min(copies, left) if queue else copies
        taken.append((unit, some))
        copies -= some
        if left > some or not queue:
            queue.appendleft((unit, left - some))
    return taken


def _content(units: Iterable[tuple[Unit, int]]) -> dict[int, int]:
    content: dict[int, int] = {}
    for unit, copies in units:
        for item, each in unit.content:
            content[item] = content.get(item, 0) + each * copies
    return content
