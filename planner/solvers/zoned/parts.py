"""Independent parts of a frozen problem: rows and bin types that meet no others, most often a zone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np

from planner.bounds.kinds import bin_kinds
from planner.problem import Problem, Solution
from planner.problem.forms import Ints
from planner.problem.score import cap_use
from planner.solvers.independent import components
from planner.solvers.slice import sliced


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
        elsewhere = Solution.of(pattern for pattern in current.patterns() if pattern[0] not in set(bins.tolist()))
        left = replace(
            whole,
            quotas=tuple(replace(quota, most=quota.most - int(quota.weight @ others)) for quota in whole.quotas),
            caps=tuple(replace(cap, most=cap.most - cap_use(elsewhere, cap)) for cap in whole.caps),
        )
        available = np.array([whole.available[list(group)].sum() for group in alike], dtype=np.int64)
        smaller = replace(sliced(left, rows, first), available=available)
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
    """Rows and bin types of the parts of a frozen problem that only quotas and caps join, the dearest first."""
    spent = problem.price * current.bins_used(problem.bins)
    found = components(replace(problem, quotas=(), caps=()))
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
