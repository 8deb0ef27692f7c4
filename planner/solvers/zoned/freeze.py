"""Freeze the domains of a start: smaller problems whose plans keep every form on domains."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.bounds.kinds import carried_over
from planner.problem import Apart, Limit, Problem, Solution, Spread
from planner.problem.extras import Extras
from planner.problem.forms import HOST, Ints
from planner.solvers.greedy.lots import FREE, Lot, Packing, Unit, packing

Bools = npt.NDArray[np.bool_]


def _cells(problem: Problem) -> Ints:
    """int64[B]: the set of bin types that no domain tells apart, for each."""
    return np.unique(problem.domain, axis=0, return_inverse=True)[1].reshape(-1)


def freeze(problem: Problem, start: Solution, free: bool) -> tuple[Problem, Packing] | None:
    """The problem with each copy bound to the cell where the start has it.

    Parameters
    ----------
    free : bool
        Let one copy of each item type go to any cell where its forms still hold.

    Returns
    -------
    The smaller problem and the rows behind its item types, or None where a form does not carry over.
    """
    cell_of_bin = _cells(problem)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for b, multiplicity, content in start.patterns():
        for item, copies in content.items():
            counts[item, int(cell_of_bin[b])] += copies * multiplicity
    homes: dict[tuple[int, int], Bools] = {(i, cell): cell_of_bin == cell for i, cell in counts}
    if free:
        homes |= _movable(problem, start, counts, cell_of_bin)
    lots = [Lot(Unit(((i, 1),), n), n, homes[i, cell]) for (i, cell), n in sorted(counts.items())]
    rows = packing(problem, lots)
    if (rows.member > 1).any():
        return None
    items = [np.array(sorted({lot.unit.items[0] for lot in behind})) for behind in rows.behind]
    limits = [
        Limit(HOST, np.array([k]), int(most), "a limit on hosts") for k, most in enumerate(rows.most) if most < FREE
    ]
    limits += [
        Limit(HOST, np.flatnonzero(member), int(most), "a limit on hosts")
        for member, most in zip(rows.member, rows.group_most, strict=True)
        if member.any()
    ]
    smaller = replace(
        problem,
        size=rows.size.copy(),
        count=rows.count.copy(),
        priority=np.array([problem.priority[held[0]] for held in items], dtype=np.int64),
        fits=rows.fits.copy(),
        limits=tuple(limits),
        apart=tuple(_clashes(problem, items)),
        spreads=(),
        near=(),
        together=(),
        extras=Extras(),
        relaxation=None,
        **carried_over(problem, np.array([held[0] for held in items], dtype=np.int64)),
    )
    return smaller, rows


def _movable(
    problem: Problem, start: Solution, counts: dict[tuple[int, int], int], cell_of_bin: Ints
) -> dict[tuple[int, int], Bools]:
    """Of each item type that shares no form, the copies of one cell that may go elsewhere, with all they may go to.

    Only one cell of an item type is freed, the one where room costs the start most, so that moves of
    different item types cannot break a form together.
    """
    own, shared = _forms_of(problem)
    held: dict[int, dict[int, int]] = defaultdict(dict)
    for (i, cell), n in counts.items():
        held[i][cell] = n
    domain = {int(cell): problem.domain[b] for b, cell in enumerate(cell_of_bin)}
    paid = _paid_per_demand(problem, start, counts, cell_of_bin)
    freed: dict[tuple[int, int], Bools] = {}
    for i, cells in held.items():
        if i in shared or i not in own:
            continue
        for cell in sorted(cells, key=lambda c: -paid[c]):
            others = {c: n for c, n in cells.items() if c != cell}
            open_to = [
                c
                for c in domain
                if all(_holds(form, {**others, c: others.get(c, 0) + cells[cell]}, domain) for form in own[i])
            ]
            if cells[cell] == 1 and len(open_to) > 1:
                freed[i, cell] = np.isin(cell_of_bin, open_to)
                break
    return freed


def _paid_per_demand(
    problem: Problem, start: Solution, counts: dict[tuple[int, int], int], cell_of_bin: Ints
) -> dict[int, float]:
    """What the start pays in each cell per share of all demand that it places there."""
    weight = (problem.size / np.maximum(problem.size.T @ problem.count, 1)).sum(axis=1)
    spent, demand = defaultdict[int, float](float), defaultdict[int, float](float)
    for b, multiplicity in zip(start.bin.tolist(), start.multiplicity.tolist(), strict=True):
        spent[int(cell_of_bin[b])] += float(problem.price[b]) * multiplicity
    for (i, cell), n in counts.items():
        demand[cell] += float(weight[i]) * n
    return {cell: spent[cell] / share for cell, share in demand.items()}


def _forms_of(problem: Problem) -> tuple[dict[int, list[Limit | Spread]], set[int]]:
    """Forms on domains that bind one item type alone, and the item types bound together with others."""
    own: dict[int, list[Limit | Spread]] = defaultdict(list)
    shared: set[int] = set()
    alone: list[Limit | Spread] = [*problem.limits, *problem.spreads]
    for form in alone:
        if form.level != HOST:
            if len(form.items) == 1:
                own[int(form.items[0])].append(form)
            else:
                shared |= set(form.items.tolist())
    for apart in problem.apart:
        if apart.level != HOST:
            shared |= {*apart.a.tolist(), *apart.b.tolist()}
    for near in problem.near:
        shared |= {*near.a.tolist(), *near.b.tolist()}
    for together in problem.together:
        shared |= set(together.items.tolist())
    return own, shared


def _holds(form: Limit | Spread, cells: dict[int, int], domain: dict[int, Ints]) -> bool:
    """Whether copies per cell keep a form on one item type."""
    counts: dict[int, int] = defaultdict(int)
    for cell, n in cells.items():
        counts[int(domain[cell][form.level])] += n
    if isinstance(form, Limit):
        return all(n <= form.most for d, n in counts.items() if d >= 0)
    if not set(counts) <= set(form.domains.tolist()):
        return False
    held = [counts[int(d)] for d in form.domains]
    return max(held) - (0 if form.zero_minimum else min(held)) <= form.max_skew


def _clashes(problem: Problem, items: list[Ints]) -> list[Apart]:
    clashes = []
    for form in problem.apart:
        if form.level == HOST:
            a, b = ([k for k, held in enumerate(items) if set(held) & set(side)] for side in (form.a, form.b))
            if a and b:
                clashes.append(replace(form, a=np.array(a), b=np.array(b)))
    return clashes


def in_rows(problem: Problem, rows: Packing, start: Solution) -> Solution:
    """The start with item types replaced by the rows that hold them in its cells."""
    cell_of_bin = _cells(problem)
    row_of: dict[tuple[int, int], int] = {}
    for k, behind in enumerate(rows.behind):
        for lot in behind:
            assert lot.bins is not None
            cells = np.unique(cell_of_bin[lot.bins]).tolist()
            row_of |= {
                (lot.unit.items[0], cell): k
                for cell in cells
                if (len(cells) == 1) or (lot.unit.items[0], cell) not in row_of
            }
    patterns = []
    for b, multiplicity, content in start.patterns():
        inside: dict[int, int] = defaultdict(int)
        for item, copies in content.items():
            inside[row_of[item, int(cell_of_bin[b])]] += copies
        patterns.append((b, multiplicity, dict(inside)))
    return Solution.of(patterns)
