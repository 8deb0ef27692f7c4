"""Copies that the patterns of a plan leave out: into room that is left, then packed onto more hosts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from planner.problem import Problem, Solution
from planner.problem.devices import held_on_devices
from planner.problem.extras import Extras
from planner.problem.forms import HOST
from planner.problem.score import cap_use
from planner.solvers.greedy import Greedy
from planner.solvers.stop import Clock
from planner.solvers.trim import drop_empty

Hosts = list[tuple[int, int, dict[int, int]]]


def with_leftovers(problem: Problem, solution: Solution, clock: Clock) -> Solution:
    """The solution with as many of the missing copies as the greedy solver places.

    Only for problems whose forms bind single hosts, or sums over all.
    """
    solution = inserted(problem, solution)
    left = problem.count - solution.placed(problem.items)
    if not left.any():
        return solution
    used = solution.bins_used(problem.bins)
    rest = replace(
        problem,
        count=left,
        available=np.maximum(0, problem.available - used),
        required=np.zeros_like(problem.required),
        quotas=tuple(replace(q, most=q.most - int(q.weight @ used)) for q in problem.quotas),
        caps=tuple(replace(cap, most=cap.most - cap_use(solution, cap)) for cap in problem.caps),
        extras=Extras(),
        relaxation=None,
    )
    more = Greedy(rounds=1).solve(rest, clock.part(0.3, iterations=20)).solution
    return Solution.of([*solution.patterns(), *more.patterns()])


def inserted(problem: Problem, solution: Solution) -> Solution:
    """The solution with missing copies put where they fit, the largest first; not where there are caps."""
    problem = problem.by_device
    left = problem.count - solution.placed(problem.items)
    if not left.any() or problem.caps:
        return solution
    hosts: Hosts = [(b, times, dict(content)) for b, times, content in solution.patterns()]
    hosts += [(b, int(n), {}) for b, n in enumerate(problem.required - solution.bins_used(problem.bins)) if n > 0]
    bins = np.array([b for b, _, _ in hosts], dtype=np.int64)
    free = problem.capacity[bins] - np.array(
        [sum((problem.size[i] * n for i, n in content.items()), np.zeros(len(problem.resources), np.int64))
         for _, _, content in hosts], dtype=np.int64,
    ).reshape(len(hosts), len(problem.resources))  # fmt: skip
    scale, forms = np.maximum(1, problem.size.T @ problem.count), _HostForms(problem)
    for i in sorted(np.flatnonzero(left).tolist(), key=lambda i: -float((problem.size[i] / scale).max())):
        while left[i]:
            open_to = np.flatnonzero(problem.fits[i, bins] & (free >= problem.size[i]).all(axis=1))
            h = next((h for h in open_to.tolist() if forms.take(hosts[h][0], hosts[h][2], i)), None)
            if h is None:
                break
            b, times, content = hosts[h]
            if times > 1:
                hosts[h] = (b, times - 1, content)
                hosts.append((b, 1, dict(content)))
                bins, free = np.append(bins, b), np.vstack([free, free[h]])
                h = len(hosts) - 1
            inside = hosts[h][2]
            inside[i] = inside.get(i, 0) + 1
            free[h] -= problem.size[i]
            left[i] -= 1
    return drop_empty(problem, Solution.of(hosts))


class _HostForms:
    """Limits, clashes and devices of single hosts, by item type."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.limits: dict[int, list[tuple[list[int], int]]] = defaultdict(list)
        self.clashing: dict[int, set[int]] = defaultdict(set)
        for limit in problem.limits:
            if limit.level == HOST:
                for i in limit.items.tolist():
                    self.limits[i].append((limit.items.tolist(), limit.most))
        for form in problem.apart:
            if form.level == HOST:
                for one, other in ((form.a, form.b), (form.b, form.a)):
                    for i in one.tolist():
                        self.clashing[i].update(other.tolist())

    def take(self, bin_type: int, content: dict[int, int], item: int) -> bool:
        """Whether a host with a content takes one more copy, for which it has room in sum."""
        within = all(sum(content.get(i, 0) for i in items) < most for items, most in self.limits.get(item, ()))
        within = within and not any(n and i in self.clashing.get(item, ()) for i, n in content.items())
        if not within or self.problem.device is None or not self.problem.size[item, self.problem.device > 0].any():
            return within
        more = {**content, item: content.get(item, 0) + 1}
        return bool(held_on_devices(self.problem, Solution.of([(bin_type, 1, more)])).all())
