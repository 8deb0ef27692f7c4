"""Freeze the domains of a start: smaller problems whose plans keep every form on domains."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from planner.bounds.kinds import carried_over
from planner.problem import Apart, Limit, Problem, Solution
from planner.problem.extras import Extras
from planner.problem.forms import HOST, Ints
from planner.solvers.greedy.lots import FREE, Lot, Packing, Unit, packing
from planner.solvers.patterns.alike import cells


def freeze(problem: Problem, start: Solution) -> tuple[Problem, Packing] | None:
    """The problem with each copy bound to the cell where the start has it.

    Returns
    -------
    The smaller problem and the rows behind its item types, or None where a form does not carry over.
    """
    cell_of_bin = cells(problem)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for b, multiplicity, content in start.patterns():
        for item, copies in content.items():
            counts[item, int(cell_of_bin[b])] += copies * multiplicity
    inside = {cell: cell_of_bin == cell for cell in set(cell_of_bin.tolist())}
    lots = [Lot(Unit(((i, 1),), n), n, inside[cell]) for (i, cell), n in sorted(counts.items())]
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
    cell_of_bin = cells(problem)
    row_of: dict[tuple[int, int], int] = {}
    for k, behind in enumerate(rows.behind):
        for lot in behind:
            assert lot.bins is not None
            row_of[lot.unit.items[0], int(cell_of_bin[lot.bins][0])] = k
    patterns = []
    for b, multiplicity, content in start.patterns():
        inside: dict[int, int] = defaultdict(int)
        for item, copies in content.items():
            inside[row_of[item, int(cell_of_bin[b])]] += copies
        patterns.append((b, multiplicity, dict(inside)))
    return Solution.of(patterns)
