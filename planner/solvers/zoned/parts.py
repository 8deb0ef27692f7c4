"""Independent parts of a frozen problem: rows and bin types that meet no others, most often a zone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np

from planner.bounds.kinds import bin_kinds, carried_over
from planner.problem import Problem, Solution
from planner.problem.forms import Ints
from planner.problem.score import cap_use


@dataclass(frozen=True, eq=False)
class Part:
    """Rows and bin types that meet no others: most often one zone.

    Bin types that nothing tells apart any more (the zones of a cloud, for rows that may go to all of
    them) are one; what is placed on it is put back on the first of them.

    Attributes
    ----------
    problem : Problem
        Their own problem, with what the other parts leave of the quotas and caps.
    rows : int64 array
        Places of its item types in the whole.
    alike : tuple of tuple of int
        The bin types of the whole behind each of its own.
    """

    problem: Problem
    rows: Ints
    alike: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, whole: Problem, rows: Ints, bins: Ints, current: Solution) -> Part:
        """The part of a whole, beside what the current solution opens elsewhere."""
        others = current.bins_used(whole.bins)
        others[bins] = 0
        alike = _alike(whole, rows, bins)
        first = np.array([group[0] for group in alike], dtype=np.int64)
        quotas = tuple(
            replace(quota, weight=quota.weight[first], most=quota.most - int(quota.weight @ others))
            for quota in whole.quotas
            if quota.weight[first].any()
        )
        elsewhere = Solution.of(pattern for pattern in current.patterns() if pattern[0] not in set(bins.tolist()))
        left = replace(whole, caps=tuple(replace(c, most=c.most - cap_use(elsewhere, c)) for c in whole.caps))
        inside = np.full(whole.items, -1, dtype=np.int64)
        inside[rows] = np.arange(len(rows))
        limits = (replace(form, items=_kept(inside, form.items)) for form in whole.limits)
        apart = (replace(form, a=_kept(inside, form.a), b=_kept(inside, form.b)) for form in whole.apart)
        smaller = replace(
            whole,
            size=whole.size[rows],
            count=whole.count[rows],
            priority=whole.priority[rows],
            capacity=whole.capacity[first],
            price=whole.price[first],
            available=np.array([whole.available[list(group)].sum() for group in alike], dtype=np.int64),
            required=whole.required[first],
            fits=whole.fits[np.ix_(rows, first)],
            domain=whole.domain[first],
            limits=tuple(form for form in limits if len(form.items)),
            apart=tuple(form for form in apart if len(form.a) and len(form.b)),
            quotas=quotas,
            **carried_over(left, rows, first),
        )
        return cls(smaller, rows, alike)

    def start(self, whole: Solution) -> Solution:
        """What a solution of the whole has in this part."""
        row_at = {int(row): k for k, row in enumerate(self.rows)}
        bin_at = {b: n for n, group in enumerate(self.alike) for b in group}
        return Solution.of(
            (bin_at[b], multiplicity, {row_at[row]: copies for row, copies in content.items()})
            for b, multiplicity, content in whole.patterns()
            if b in bin_at
        )

    def put_back(self, whole: Solution, own: Solution, available: Ints) -> Solution:
        """The whole with this part replaced."""
        mine = {b for group in self.alike for b in group}
        patterns = [pattern for pattern in whole.patterns() if pattern[0] not in mine]
        left = {b: int(available[b]) for b in mine}
        for n, multiplicity, content in own.patterns():
            inside = {int(self.rows[k]): copies for k, copies in content.items()}
            for b in self.alike[n]:
                some = min(multiplicity, left[b])
                patterns.append((b, some, inside))
                left[b] -= some
                multiplicity -= some
        return Solution.of(patterns)


def parts(problem: Problem, current: Solution) -> list[tuple[Ints, Ints]]:
    """Rows and bin types of the independent parts of a frozen problem, the dearest first."""
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    graph.add_nodes_from(("row", k) for k in range(problem.items))
    graph.add_edges_from((("row", int(k)), ("bin", int(b))) for k, b in zip(*np.nonzero(problem.fits), strict=True))
    found = []
    for component in nx.connected_components(graph):
        rows = np.array(sorted(n for kind, n in component if kind == "row"), dtype=np.int64)
        bins = np.array(sorted(n for kind, n in component if kind == "bin"), dtype=np.int64)
        if len(rows) and len(bins):
            found.append((rows, bins))
    spent = problem.price * current.bins_used(problem.bins)
    return sorted(found, key=lambda part: -int(spent[part[1]].sum()))


def _alike(problem: Problem, rows: Ints, bins: Ints) -> tuple[tuple[int, ...], ...]:
    """Bin types in groups of equal room, price, quotas, costs and admitted rows; in one domain if those are a goal."""
    weight, fits, kinds = problem.quota_weight, problem.fits[rows], bin_kinds(problem, rows)
    domains = any(goal.goal in ("domains", "risk") for goal in problem.goals)
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for b in bins.tolist():
        place = problem.domain[b].tobytes() if domains else b""
        room = problem.capacity[b].tobytes(), int(problem.price[b]), fits[:, b].tobytes()
        key = (*room, weight[:, b].tobytes(), int(kinds[b]), place)
        groups[(*key, b) if problem.required[b] else key].append(b)
    return tuple(tuple(group) for group in groups.values())


def _kept(inside: Ints, items: Ints) -> Ints:
    """The items of a form that are in the part, by their places there."""
    return inside[items][inside[items] >= 0]
