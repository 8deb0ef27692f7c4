"""Cells of hosts that are alike: zones with equal host types at equal prices, whose plans share their patterns.

A cell is a set of bin types that no domain tells apart. Where each copy keeps the cell in which a start has it, every
form on domains holds as it does there, and what is left are problems without such forms: one for each cell. Those of
cells that are alike differ in nothing but the copies to place, so that patterns for one are patterns for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.problem import Problem, Solution
from planner.problem.forms import HOST, Ints
from planner.solvers.slice import sliced


@dataclass(frozen=True, eq=False)
class Alike:
    """Some cells that are alike.

    Attributes
    ----------
    problem : Problem
        The hosts of one cell, with the copies of all of them; without forms on domains.
    cells : tuple of int64[B']
        The bin types of each, in the order of those of the problem.
    counts : int64[cells, I]
        Copies of item types that the start has in each.
    """

    problem: Problem
    cells: tuple[Ints, ...]
    counts: Ints

    def alone(self, n: int) -> Problem:
        """The problem of one cell."""
        return replace(self.problem, count=self.counts[n])

    def of_cells(self, whole: Solution) -> list[Solution]:
        """What a solution of the whole has in each cell."""
        place = {b: (n, k) for n, bins in enumerate(self.cells) for k, b in enumerate(bins.tolist())}
        inside: list[list[tuple[int, int, dict[int, int]]]] = [[] for _ in self.cells]
        for b, times, content in whole.patterns():
            if b in place:
                n, k = place[b]
                inside[n].append((k, times, content))
        return [Solution.of(patterns) for patterns in inside]

    def back(self, n: int, own: Solution) -> Iterator[tuple[int, int, dict[int, int]]]:
        """The patterns of a solution of a cell, as those of the whole."""
        for k, times, content in own.patterns():
            yield int(self.cells[n][k]), times, content


def alike(problem: Problem, start: Solution) -> tuple[Alike, ...]:
    """The cells of a problem, those that are alike together, most copies first.

    None where hosts or copies of several cells are bound together by more than forms on domains, or where hosts are
    few: whoever shares patterns out takes them to be there for all.
    """
    problem = problem.core
    usable = problem.fits.any(axis=0) & (problem.available > 0)
    few = (problem.available < problem.count.sum())[usable].any()
    if problem.quotas or problem.caps or problem.required.any() or few:
        return ()
    cell_of_bin = cells(problem) if problem.has_domain_forms else np.zeros(problem.bins, dtype=np.int64)
    counts = np.zeros((cell_of_bin.max(initial=-1) + 1, problem.items), dtype=np.int64)
    entry = np.repeat(np.arange(len(start.bin)), np.diff(start.start))
    np.add.at(counts, (cell_of_bin[start.bin[entry]], start.item), start.copies * start.multiplicity[entry])
    groups: dict[tuple[bytes, ...], list[tuple[int, Ints]]] = defaultdict(list)
    for cell in range(len(counts)):
        bins = np.flatnonzero((cell_of_bin == cell) & usable)
        bins = bins[np.lexsort((*problem.capacity[bins].T, problem.price[bins]))]
        if counts[cell].any():
            groups[_told(problem, bins)].append((cell, bins))
    found = []
    for group in groups.values():
        held = counts[[cell for cell, _ in group]]
        smaller = sliced(problem, np.arange(problem.items), group[0][1])
        smaller = replace(
            smaller,
            count=held.sum(axis=0),
            limits=tuple(form for form in smaller.limits if form.level == HOST),
            apart=tuple(form for form in smaller.apart if form.level == HOST),
            spreads=(),
            relaxation=None,
            fixed=0,
        )
        found.append(Alike(smaller, tuple(bins for _, bins in group), held))
    return tuple(sorted(found, key=lambda one: -int(one.counts.sum())))


def cells(problem: Problem) -> Ints:
    """int64[B]: the set of bin types that no domain tells apart, for each."""
    return np.unique(problem.domain, axis=0, return_inverse=True)[1].reshape(-1)


def _told(problem: Problem, bins: Ints) -> tuple[bytes, ...]:
    """Equal for cells whose hosts are equal, in order."""
    tables = [table for table in (problem.placing, problem.moving) if table is not None]
    tables += [] if problem.carbon is None else [problem.carbon[None, :]]
    arrays = [problem.capacity[bins], problem.price[bins], problem.fits[:, bins], *(table[:, bins] for table in tables)]
    return tuple(array.tobytes() for array in arrays)
