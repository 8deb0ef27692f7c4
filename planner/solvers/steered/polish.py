"""Polish: single moves on the whole problem, kept where they make its score better.

Only what the extras speak of is touched: copies in soft forms that break, with traffic, with a licence, and
their hosts, which may be exchanged for others; with survivals, any host, and empty ones are closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from planner.problem import Problem, Solution, score
from planner.problem.extras import Soft
from planner.problem.forms import Apart, Near, Quota, Room

Pattern = tuple[int, int, dict[int, int]]


@dataclass
class Polish:
    """A descent by single moves.

    Attributes
    ----------
    problem : Problem
    holds : callable
        Whether a solution is a plan: it is asked of better neighbours only.
    over : callable
        Whether time is up.
    most : int
        So many neighbours are looked at.
    """

    problem: Problem
    holds: Callable[[Solution], bool]
    over: Callable[[], bool]
    most: int
    _about: dict[int, list[Soft]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for soft in self.problem.extras.soft:
            for item in _items(soft):
                self._about[item].append(soft)

    def run(self, solution: Solution) -> Solution:
        """Take better neighbours, the first found each time, until there is none."""
        if not self.holds(solution):
            return solution
        improving = True
        while improving:
            before = solution
            for item in sorted(self._hot(solution)):
                solution = self._descend(solution, partial(_moves, self.problem, item))
            solution = self._descend(solution, self._exchanges)
            improving = solution is not before
        return solution

    def _descend(
        self, solution: Solution, neighbours: Callable[[Solution], Iterator[tuple[set[int], Solution]]]
    ) -> Solution:
        """The solution after better neighbours of one kind, while there are any."""
        while True:
            better = next((near for near in self._better(solution, neighbours(solution)) if self.holds(near)), None)
            if better is None:
                return solution
            solution = better

    def _better(self, solution: Solution, neighbours: Iterator[tuple[set[int], Solution]]) -> Iterator[Solution]:
        """Neighbours with a better score; only soft forms on what moved are counted on both sides."""
        known: dict[frozenset[int], tuple[Problem, tuple[int, ...]]] = {}
        for moved, neighbour in neighbours:
            if self.most <= 0 or self.over():
                return
            self.most -= 1
            key = frozenset(moved)
            if key not in known:
                part = self._touched(moved)
                known[key] = part, score(part, solution)
            part, value = known[key]
            if score(part, neighbour) < value:
                yield neighbour

    def _exchanges(self, solution: Solution) -> Iterator[tuple[set[int], Solution]]:
        return _exchanges(self.problem, solution, self._hot(solution))

    def _touched(self, items: set[int]) -> Problem:
        """The problem with those soft forms only that a move of some items may change."""
        forms = {id(soft): soft for item in items for soft in self._about[item]}
        hosts = [soft for soft in self.problem.extras.soft if isinstance(soft.form, Quota)]
        return replace(self.problem, extras=replace(self.problem.extras, soft=(*forms.values(), *hosts)))

    def _hot(self, solution: Solution) -> set[int]:
        """Items whose moves may change what the extras cost."""
        extras = self.problem.extras
        found = {i for soft in extras.soft if soft.breaches(self.problem, solution) for i in _items(soft)}
        for flow in extras.egress.flows if extras.egress else ():
            found.update(int(i) for i in (*flow.a, *(() if flow.b is None else flow.b)))
        for licence in extras.licences:
            found.update(int(i) for i in licence.items)
        return found


def _items(soft: Soft) -> list[int]:
    """The items of a soft form; none of one that speaks of hosts."""
    form = soft.form
    if isinstance(form, Quota | Room):
        return []
    return [int(i) for i in ((*form.a, *form.b) if isinstance(form, Apart | Near) else form.items)]


def _moves(problem: Problem, item: int, solution: Solution) -> Iterator[tuple[set[int], Solution]]:
    """One copy of an item on another host, in exchange for another copy, or on a new host; and which items moved."""
    patterns = solution.patterns()
    free = problem.capacity[solution.bin] - solution.load(problem.size)
    size = problem.size[item]
    for p, (b, times, content) in enumerate(patterns):
        if item not in content:
            continue
        for q, (other, _, there) in enumerate(patterns):
            if not problem.fits[item, other] or (p == q and times == 1):
                continue
            if (free[q] >= size).all():
                yield {item}, _moved(patterns, p, q, item)
            for swapped in there:
                more = problem.size[swapped] - size
                if (
                    swapped != item
                    and problem.fits[swapped, b]
                    and (free[q] >= -more).all()
                    and (free[p] >= more).all()
                ):
                    yield {item, swapped}, _moved(patterns, p, q, item, swapped)
        for new in _newcomers(problem, solution, {item: 1}):
            yield {item}, _moved([*patterns, (new, 1, {})], p, len(patterns), item)


def _moved(patterns: list[Pattern], p: int, q: int, item: int, swapped: int | None = None) -> Solution:
    """One copy from a host of pattern p to one of pattern q, and another one back."""
    source, target = dict(patterns[p][2]), dict(patterns[q][2])
    source[item] -= 1
    target[item] = target.get(item, 0) + 1
    if swapped is not None:
        target[swapped] -= 1
        source[swapped] = source.get(swapped, 0) + 1
    rest = [(b, times - (n == p) - (n == q), content) for n, (b, times, content) in enumerate(patterns)]
    return Solution.of([*rest, (patterns[p][0], 1, source), (patterns[q][0], 1, target)])


def _newcomers(problem: Problem, solution: Solution, content: dict[int, int]) -> Iterator[int]:
    """The cheapest bin type that can be opened and takes all of this, in each place that domains tell apart."""
    load = sum((problem.size[i] * n for i, n in content.items()), np.zeros(len(problem.resources), dtype=np.int64))
    takes = (problem.capacity >= load).all(axis=1) & (solution.bins_used(problem.bins) < problem.available)
    for item in content:
        takes &= problem.fits[item]
    bins = np.flatnonzero(takes)
    cheapest: dict[bytes, int] = {}
    for b in bins[np.argsort(problem.price[bins], kind="stable")].tolist():
        cheapest.setdefault(problem.domain[b].tobytes(), b)
    yield from cheapest.values()


def _exchanges(problem: Problem, solution: Solution, hot: set[int]) -> Iterator[tuple[set[int], Solution]]:
    """One host less where it is empty, or another one that takes the same; and which items moved."""
    patterns, used = solution.patterns(), solution.bins_used(problem.bins)
    for p, (b, times, content) in enumerate(patterns):
        if used[b] <= problem.required[b] or not (problem.extras.survivals or hot & content.keys()):
            continue
        rest = [*patterns[:p], (b, times - 1, content), *patterns[p + 1 :]]
        if not content:
            yield set(), Solution.of(rest)
        for other in _newcomers(problem, solution, content):
            if other != b:
                yield set(content), Solution.of([*rest, (other, 1, content)])
