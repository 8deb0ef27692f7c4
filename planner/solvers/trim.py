"""Take copies off until every form holds: what is left out is unplaced, what is placed keeps all rules.

Capacity, limits, quotas and groups kept apart cannot be broken by taking copies off; a copy that
must be near others, or a spread whose smallest domain stayed small, can be left broken when a
heuristic found no room for some copies. Taking off the offenders mends both, and what is above a cap,
those of the lowest priority first.
"""

from __future__ import annotations

import numpy as np

from planner.problem import Near, Problem, Solution, Spread
from planner.problem.forms import HOST, Cap, Ints
from planner.problem.score import cap_use, domain_counts

Patterns = list[tuple[int, int, dict[int, int]]]


def trim(problem: Problem, solution: Solution) -> Solution:
    """The solution without the copies that stand alone or exceed their spread or a cap."""
    while True:
        before = solution
        for cap in problem.caps:
            solution = _within(problem, solution, cap)
        for near in problem.near:
            lonely = _lonely(problem, solution, near)
            solution = _cut(problem, solution, near.a, near.level, lonely) if lonely else solution
        short = solution.placed(problem.items) < problem.count
        for spread in problem.spreads:
            uneven = _uneven(problem, solution, spread) if short[spread.items].any() else {}
            solution = _cut(problem, solution, spread.items, spread.level, uneven) if uneven else solution
        if solution is before:
            return solution


def _within(problem: Problem, solution: Solution, cap: Cap) -> Solution:
    """The solution without as many of a cap's copies as are above it: low priority and heavy ones go first."""
    over = cap_use(solution, cap) - cap.most
    if over <= 0:
        return solution
    row = {int(item): k for k, item in enumerate(cap.items)}
    hosts = [(b, dict(content)) for b, multiplicity, content in solution.patterns() for _ in range(multiplicity)]
    weighing = [
        (int(problem.priority[i]), -int(cap.weight[row[i], b]), h, i)
        for h, (b, content) in enumerate(hosts)
        for i in content
        if i in row and cap.weight[row[i], b] > 0
    ]
    for _, lighter, h, i in sorted(weighing):
        gone = min(hosts[h][1][i], -(over // lighter))  # weights are positive: over / weight, rounded up
        hosts[h][1][i] -= max(0, gone)
        over += max(0, gone) * lighter
    return drop_empty(problem, Solution.of((b, 1, content) for b, content in hosts))


def _lonely(problem: Problem, solution: Solution, form: Near) -> dict[int, int]:
    """Domains where copies stand without the others that they need: none may stay."""
    beside = domain_counts(problem, solution, form.b, form.level)
    held = domain_counts(problem, solution, form.a, form.level)
    return {domain: 0 for domain, copies in held.items() if copies and not beside.get(domain)}


def _uneven(problem: Problem, solution: Solution, form: Spread) -> dict[int, int]:
    """Domains that hold more than the smallest allows, with what may stay."""
    held = domain_counts(problem, solution, form.items, form.level)
    counts = {int(domain): held.get(int(domain), 0) for domain in form.domains}
    most = form.max_skew + (0 if form.zero_minimum else min(counts.values()))
    return {domain: most for domain, copies in counts.items() if copies > most}


def _cut(problem: Problem, solution: Solution, items: Ints, level: int, most: dict[int, int]) -> Solution:
    """Keep at most `most[domain]` copies of `items` in each domain, dropping the rest."""
    wanted = set(items.tolist())
    room = dict(most)
    kept: Patterns = []
    for p, (b, multiplicity, content) in enumerate(solution.patterns()):
        domain = -1 - p if level == HOST else int(problem.domain[b, level])
        if domain not in room or not wanted & set(content):
            kept.append((b, multiplicity, content))
            continue
        for _ in range(multiplicity):
            left: dict[int, int] = {}
            for item, copies in content.items():
                stays = min(copies, room[domain]) if item in wanted else copies
                if item in wanted:
                    room[domain] -= stays
                left[item] = stays
            kept.append((b, 1, left))
    return drop_empty(problem, Solution.of(kept))


def drop_empty(problem: Problem, solution: Solution) -> Solution:
    """The solution without hosts that carry nothing, but for those that must stay."""
    used = np.diff(solution.start) > 0
    if used.all() and not problem.required.any():
        return solution
    kept = [pattern for p, pattern in enumerate(solution.patterns()) if used[p]]
    opened = np.zeros(problem.bins, dtype=np.int64)
    for b, multiplicity, _ in kept:
        opened[b] += multiplicity
    missing = problem.required - opened
    kept += [(int(b), int(missing[b]), {}) for b in np.flatnonzero(missing > 0)]
    return Solution.of(kept)
