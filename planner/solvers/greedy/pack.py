"""Run one packing variant on portions and turn what the kernels return into a solution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.problem import Problem, Solution
from planner.problem.forms import Ints
from planner.problem.solution import ranges
from planner.solvers.greedy.caps import CapRows
from planner.solvers.greedy.charges import Charges
from planner.solvers.greedy.deal_kernel import deal_takes
from planner.solvers.greedy.fill_kernel import fill_hosts
from planner.solvers.greedy.fit_kernel import pack_portions
from planner.solvers.greedy.lots import Packing, ragged
from planner.solvers.greedy.portions import Portions

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Opened:
    """Hosts that stand open from the start: those that must stay, or a mix to pack into."""

    bin: Ints
    count: Ints


@dataclass(frozen=True, eq=False)
class Supply:
    """What portions cost and weigh on bin types.

    Attributes
    ----------
    regret : float64[K, B] or None
        What a copy costs above its cheapest place.
    caps : CapRows
    """

    regret: Floats | None
    caps: CapRows

    @classmethod
    def of(cls, problem: Problem, portions: Portions, charges: Charges) -> Supply:
        """For the portions of a packing."""
        contents = portions.contents
        return cls(charges.of_rows(contents), CapRows.of_units(problem, contents))

    @property
    def capped(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Caps in the kernels' order, with a budget of their own to spend."""
        caps = self.caps
        return caps.start, caps.of, caps.row, caps.table, caps.most.copy()


@dataclass(frozen=True, eq=False)
class Packed:
    """Patterns of hosts, and what was taken for them off which pile.

    Attributes
    ----------
    bin, multiplicity : int64[P]
    take, pattern, pile, copies : int64[E]
        Each take in the order in which they were made, for every host of one or several patterns.
    left : int64[N]
        Copies of each row of the packing that found no host.
    """

    bin: Ints
    multiplicity: Ints
    take: Ints
    pattern: Ints
    pile: Ints
    copies: Ints
    left: Ints

    def used(self, bins: int) -> Ints:
        """int64[B]: hosts opened of each bin type, empty ones included."""
        return np.bincount(self.bin, weights=self.multiplicity, minlength=bins).astype(np.int64)


def decreasing(
    problem: Problem,
    portions: Portions,
    order: Ints,
    rank: Floats,
    slack_weight: Floats,
    strategy: int,
    opened: Opened,
    supply: Supply,
) -> Packed:
    """First or best fit over the portions in `order`, opening bin types by `rank` and by what a copy costs there."""
    ranks = rank[None, :]
    if supply.regret is not None:
        finite = np.where(np.isfinite(rank), rank, 0.0)
        ranks = np.where(np.isfinite(ranks), finite * (portions.size @ slack_weight)[:, None] + supply.regret, np.inf)
    hosts_left, quota_weight, quota_left = _supply(problem, opened)
    pile, row_start, row_left, row_most = portions.piles
    capped = supply.capped
    packed: list[tuple[Ints, ...]] = []
    for part in _parts(portions, apart=not (problem.quotas or problem.caps)):
        here = part[opened.bin]
        bins, multiplicity, head, node_portion, node_copies, node_next = pack_portions(
            order[portions.fits[order] @ part], portions.size, portions.count, pile, row_start, row_left, row_most,
            portions.fits, problem.capacity, ranks, slack_weight, strategy, opened.bin[here], opened.count[here],
            hosts_left, quota_weight, quota_left, *capped, *portions.host_forms,
        )  # fmt: skip
        pattern, node = _walked(head, node_next)
        packed.append((bins, multiplicity, node, pattern, pile[node_portion[node]], node_copies[node]))
    return _side_by_side(packed, _by_row(portions, row_left))


def _parts(portions: Portions, *, apart: bool) -> Iterator[Bools]:
    """Sets of bin types that no portion can choose between: each is packed alone, with fewer hosts to look at."""
    part = np.arange(portions.fits.shape[1]) if apart else np.zeros(portions.fits.shape[1], dtype=np.int64)
    choosing = np.packbits(portions.fits[portions.fits.sum(axis=1) > 1], axis=1)
    for place in np.unpackbits(np.unique(choosing, axis=0), axis=1, count=len(part)).astype(bool):
        met = np.unique(part[place])
        part[np.isin(part, met[1:])] = met[0]
    for n in np.unique(part):
        yield part == n


def _side_by_side(parts: list[tuple[Ints, ...]], left: Ints) -> Packed:
    """Packings of disjoint sets of hosts as one."""
    patterns = np.cumsum([0, *(len(part[0]) for part in parts)])
    takes = np.cumsum([0, *(int(part[2].max(initial=-1)) + 1 for part in parts)])
    bins, multiplicity, take, pattern, pile, copies = (np.concatenate([part[n] for part in parts]) for n in range(6))
    entries = [len(part[2]) for part in parts]
    return Packed(
        bins, multiplicity, take + np.repeat(takes[:-1], entries), pattern + np.repeat(patterns[:-1], entries),
        pile, copies, left,
    )  # fmt: skip


def filled(
    problem: Problem,
    portions: Portions,
    cost: Floats,
    value: Floats,
    by_distance: bool,
    candidates: Ints,
    opened: Opened,
    supply: Supply,
) -> Packed:
    """Fill host after host, each time the candidate of least cost per value of its content."""
    hosts_left, quota_weight, quota_left = _supply(problem, opened)
    demand = portions.size.T @ portions.count
    scale = np.maximum(np.minimum(problem.capacity, demand), 1)
    total = np.maximum(demand, 1)
    weight = np.sqrt(total / total.max())[None, :] / scale
    standing = np.bincount(opened.bin, weights=opened.count, minlength=problem.bins).astype(np.int64)
    types = np.unique(np.concatenate([candidates, opened.bin]))
    start, of = ragged([np.flatnonzero(portions.fits[:, b] & (portions.count > 0)).tolist() for b in types])
    regret = np.empty((0, problem.bins)) if supply.regret is None else supply.regret
    pile, row_start, row_left, row_most = portions.piles
    bins, multiplicity, take, pattern, taken_off, copies = fill_hosts(
        portions.size, portions.count, pile, row_start, row_left, row_most, problem.capacity, cost, regret, value,
        weight, by_distance, types, start, of, standing[types], np.isin(types, candidates),
        hosts_left, quota_weight, quota_left, *supply.capped, *portions.host_forms,
    )  # fmt: skip
    return Packed(bins, multiplicity, take, pattern, taken_off, copies, _by_row(portions, row_left))


def _supply(problem: Problem, opened: Opened) -> tuple[Ints, Ints, Ints]:
    """What may still be opened beyond the hosts that stand open."""
    already = np.bincount(opened.bin, weights=opened.count, minlength=problem.bins).astype(np.int64)
    weight = problem.quota_weight
    return problem.available - already, weight, problem.quota_most - weight @ already


def _by_row(portions: Portions, left: Ints) -> Ints:
    """int64[N]: what is left of each row, in the order of the packing."""
    rows = np.empty_like(left)
    rows[portions.row] = left
    return rows


def _walked(head: Ints, following: Ints) -> tuple[Ints, Ints]:
    """All nodes of linked lists: the list that each is in, and the node; lists may share their tails."""
    at = [(np.flatnonzero(head >= 0), head[head >= 0])]
    while len(at[-1][0]):
        pattern, node = at[-1]
        further = following[node]
        at.append((pattern[further >= 0], further[further >= 0]))
    return np.concatenate([pattern for pattern, _ in at]), np.concatenate([node for _, node in at])


def unpack(portions: Portions, packed: Packed) -> Solution:
    """The solution over item types: every host gets the lots behind its rows."""
    rows = portions.rows
    order = np.lexsort((packed.pattern, packed.take))
    take, pattern, copies = packed.take[order], packed.pattern[order], packed.copies[order]
    first = np.flatnonzero(np.diff(take, prepend=-1))
    host = np.cumsum([0, *packed.multiplicity], dtype=np.int64)  # hosts are numbered, pattern after pattern
    behind = [rows.behind[row] for row in portions.row.tolist()]
    lots = [lot for inside in behind for lot in inside]
    lot_start, _ = ragged([[0] * len(inside) for inside in behind])
    begin, end, lot = deal_takes(
        np.append(first, len(take)), packed.pile[order][first], copies[first], host[pattern],
        packed.multiplicity[pattern], portions.row_start, rows.count[portions.row], rows.most[portions.row],
        lot_start, np.array([lot.count for lot in lots], dtype=np.int64),
    )  # fmt: skip
    return _as_patterns(packed, host, begin, end, [lots[n].unit.content for n in range(len(lots))], lot)


def _as_patterns(
    packed: Packed, host: Ints, begin: Ints, end: Ints, content: list[tuple[tuple[int, int], ...]], lot: Ints
) -> Solution:
    """Hosts in a row that hold the same lots as one pattern.

    Parameters
    ----------
    host : int64[P + 1]
        The number of the first host of each pattern.
    begin, end, lot : int64[pieces]
        One copy of a lot on each of these hosts.
    content : list of (item type, copies) pairs
        What a copy of each lot holds.
    """
    changes = np.zeros(host[-1] + 1, dtype=bool)
    changes[host] = changes[begin] = changes[end] = True
    part = np.cumsum(changes) - 1  # of each host, the stretch of equal hosts that it is in
    starts = np.flatnonzero(changes)
    whole = np.repeat(np.arange(len(packed.bin)), packed.multiplicity)
    pairs, of = ragged([[i for i, _ in inside] for inside in content])
    each = np.array([n for inside in content for _, n in inside], dtype=np.int64)
    stretches = part[end] - part[begin]
    pattern, lot = ranges(part[begin], stretches), np.repeat(lot, stretches)
    inside, length = pairs[lot], np.diff(pairs)[lot]
    entry = ranges(inside, length)
    return Solution.joined(
        packed.bin[whole[starts[:-1]]], np.diff(starts), np.repeat(pattern, length), of[entry], each[entry]
    )


def with_lots(rows: Packing, solution: Solution) -> Solution:
    """A solution over rows as one over item types: every host gets the lots behind its rows."""
    alone = Portions.of(rows, apart=True)
    entries = np.arange(len(solution.item))
    pattern = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
    left = rows.count - solution.placed(len(rows.count))
    return unpack(
        alone, Packed(solution.bin, solution.multiplicity, entries, pattern, solution.item, solution.copies, left)
    )
