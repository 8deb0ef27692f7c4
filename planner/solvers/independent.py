"""Independent parts of a problem: item types and bin types that no rule, quota or host joins to others.

What tenants, pools and clouds of their own have to do with each other is nothing: each part is packed
alone, and where goals are sums, the best of the whole is the best of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
import numpy.typing as npt

from planner.bounds.bound import TRIVIAL, Bound
from planner.problem import Problem, Solution
from planner.problem.forms import Ints
from planner.problem.score import tier_value
from planner.solvers.slice import sliced

Bools = npt.NDArray[np.bool_]
SUMS = frozenset({"unplaced", "hosts", "cost", "moves", "carbon"})
"""Goals whose value is the sum of that of the parts."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some item types and bin types of a whole, and their own problem.

    Attributes
    ----------
    items, bins : int64[]
        Places in the whole of the problem's item types and bin types.
    problem : Problem
        What any plan pays whatever it does is in the first part.
    """

    items: Ints
    bins: Ints
    problem: Problem

    def start(self, whole: Solution) -> Solution:
        """What a solution of the whole has in this part."""
        item_at = {item: k for k, item in enumerate(self.items.tolist())}
        bin_at = {b: k for k, b in enumerate(self.bins.tolist())}
        return Solution.of(
            (bin_at[b], multiplicity, {item_at[i]: copies for i, copies in content.items()})
            for b, multiplicity, content in whole.patterns()
            if b in bin_at
        )

    def back(self, own: Solution) -> Iterator[tuple[int, int, dict[int, int]]]:
        """The patterns of a solution of this part, as those of the whole."""
        for b, multiplicity, content in own.patterns():
            yield int(self.bins[b]), multiplicity, {int(self.items[i]): copies for i, copies in content.items()}


def independent(problem: Problem) -> tuple[Part, ...]:
    """The parts of the core of a problem, the largest first: only one where all hangs together.

    Bin types that take nothing, and item types that fit nowhere, are in the first.
    """
    problem = problem.core
    found = components(problem)
    if len(found) < 2:
        return (Part(np.arange(problem.items), np.arange(problem.bins), problem),)
    items, bins = found[0]
    lost_items = np.setdiff1d(np.arange(problem.items), np.concatenate([part[0] for part in found]))
    lost_bins = np.setdiff1d(np.arange(problem.bins), np.concatenate([part[1] for part in found]))
    found[0] = np.sort(np.append(items, lost_items)), np.sort(np.append(bins, lost_bins))
    return tuple(
        Part(items, bins, replace(sliced(problem, items, bins), fixed=0 if n else problem.fixed))
        for n, (items, bins) in enumerate(found)
    )


def components(problem: Problem) -> list[tuple[Ints, Ints]]:
    """Item types and bin types that hang together by what fits and by forms, the most item types first."""
    rows, kind_of = _kinds(problem)
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    graph.add_nodes_from(("kind", k) for k in range(len(rows)))
    for n, linked in enumerate(_links(problem, rows, kind_of)):
        nx.add_path(graph, [("link", n), *linked])
    found = [_members(component, kind_of) for component in nx.connected_components(graph)]
    found = [(items, bins) for items, bins in found if len(items) and len(bins)]
    return sorted(found, key=lambda part: (-len(part[0]), part[0][0]))


def joined(parts: Sequence[Part], solutions: Iterable[Solution]) -> Solution:
    """The solution of the whole that the solutions of its parts make up."""
    return Solution.of(pattern for part, own in zip(parts, solutions, strict=True) for pattern in part.back(own))


def summed_bounds(
    parts: Sequence[Part], solutions: Sequence[Solution], bounds: Sequence[tuple[Bound, ...]]
) -> tuple[Bound, ...]:
    """What the bounds of all parts prove of the whole.

    A bound takes earlier tiers to be no worse than in the solution of its part. Plans of the whole that are no
    worse in sum may be worse in one part and better in another, unless each has reached its bound.
    """
    total: list[Bound] = []
    sums = True
    for tier, goal in enumerate(parts[0].problem.goals):
        sums = sums and (goal.goal in SUMS or (goal.goal == "domains" and goal.level == "host"))
        if not sums:
            total.append(TRIVIAL)
            continue
        of_parts = [found[tier] for found in bounds]
        methods = sorted({bound.method for bound in of_parts if bound.value})
        value = sum(bound.value for bound in of_parts)
        total.append(Bound(value, ", ".join(methods)) if value else TRIVIAL)
        reached = sum(tier_value(part.problem, own, goal) for part, own in zip(parts, solutions, strict=True))
        sums = value >= reached
    return tuple(total)


def _kinds(problem: Problem) -> tuple[Bools, Ints]:
    """bool[kinds, B]: the different rows of `fits`; int64[I]: the row of each item type.

    What fits nowhere is of a kind of its own: it joins nothing but what its forms name.
    """
    keys = np.where(problem.fits.any(axis=1), -1, np.arange(problem.items))
    rows, kind_of = np.unique(np.column_stack([keys, problem.fits]), axis=0, return_inverse=True)
    return rows[:, 1:] > 0, kind_of.reshape(-1)


def _links(problem: Problem, rows: Bools, kind_of: Ints) -> Iterator[list[tuple[str, int]]]:
    """Nodes of the graph that belong together: a kind of item types with its bins, members of a form."""
    for k, row in enumerate(rows):
        yield [("kind", k), *(("bin", b) for b in np.flatnonzero(row).tolist())]
    groups = [limit.items for limit in problem.limits] + [form.items for form in problem.together]
    groups += [spread.items for spread in problem.spreads] + [cap.items for cap in problem.caps]
    groups += [np.append(form.a, form.b) for form in problem.apart]
    groups += [np.append(form.a, form.b) for form in problem.near]
    for items in groups:
        kinds = np.unique(kind_of[items])
        if len(kinds) > 1:
            yield [("kind", k) for k in kinds.tolist()]
    for quota in problem.quotas:
        yield [("bin", b) for b in np.flatnonzero(quota.weight).tolist()]
    for room in problem.rooms:
        yield [("kind", int(kind_of[room.item])), *(("bin", b) for b in np.flatnonzero(room.bins).tolist())]


def _members(component: Iterable[tuple[str, int]], kind_of: Ints) -> tuple[Ints, Ints]:
    found = list(component)
    kinds = np.array([n for what, n in found if what == "kind"], dtype=np.int64)
    bins = np.array(sorted(n for what, n in found if what == "bin"), dtype=np.int64)
    return np.flatnonzero(np.isin(kind_of, kinds)), bins
