"""Goal values of a solution, and the forms that it breaks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from models.topology import LEVELS
from planner.problem.forms import HOST
from planner.problem.problem import UNLIMITED, Problem
from planner.problem.solution import Solution

Ints = npt.NDArray[np.int64]


def score(problem: Problem, solution: Solution) -> tuple[int, ...]:
    """Goal values in comparable integers, tier after tier; less is better.

    `unplaced` expands to one value per priority, the highest first, so that a plan is never
    better for placing many replicas of low priority instead of one of high priority. `cost` is in
    micro-USD per hour, `balance` in millionths of the fullest host's fullest resource.
    """
    values: list[int] = []
    for goal in problem.goals:
        values.extend(_values(problem, solution, goal))
    return tuple(values)


def tier_value(problem: Problem, solution: Solution, goal: GoalTier) -> int:
    """One goal's value as a single integer: `unplaced` counts replicas of all priorities."""
    return sum(_values(problem, solution, goal))


def unplaced(problem: Problem, solution: Solution) -> Ints:
    """int64[I]: copies of each item type that the solution leaves out."""
    return problem.count - solution.placed(problem.items)


def _values(problem: Problem, solution: Solution, goal: GoalTier) -> list[int]:
    match goal.goal:
        case "unplaced":
            left = unplaced(problem, solution)
            ranks = np.unique(problem.priority)[::-1]
            return [int(left[problem.priority == rank].sum()) for rank in ranks]
        case "hosts":
            return [solution.hosts]
        case "cost":
            return [int((problem.price[solution.bin] * solution.multiplicity).sum())]
        case "domains":
            used = problem.domain[solution.bin, LEVELS.index(goal.level)] if goal.level != "host" else None
            return [solution.hosts if used is None else len(np.unique(used[used >= 0]))]
        case "balance":
            return [fullest_share(problem, solution)]


def fullest_share(problem: Problem, solution: Solution) -> int:
    """Millionths of capacity that the fullest resource of the fullest host uses."""
    load, room = solution.load(problem.size), problem.capacity[solution.bin]
    limited = (room < UNLIMITED) & (room > 0)
    shares = np.where(limited, -(-load * 1_000_000 // np.maximum(room, 1)), 0)
    return int(shares.max(initial=0))


def domain_counts(problem: Problem, solution: Solution, items: Ints, level: int) -> dict[int, int]:
    """Copies of `items` in each domain of a level; at the host level, per pattern (negative keys)."""
    counts: dict[int, int] = {}
    wanted = np.zeros(problem.items, dtype=bool)
    wanted[items] = True
    inside = np.where(wanted[solution.item], solution.copies, 0)
    per_host = np.add.reduceat(np.append(inside, 0), solution.start[:-1]) if len(solution.bin) else inside
    per_host = np.where(np.diff(solution.start) > 0, per_host, 0)
    for p, copies in enumerate(per_host.tolist()):
        if level == HOST:
            counts[-1 - p] = copies
            continue
        domain = int(problem.domain[solution.bin[p], level])
        counts[domain] = counts.get(domain, 0) + copies * int(solution.multiplicity[p])
    return counts


def broken_forms(problem: Problem, solution: Solution) -> list[str]:
    """Everything that keeps a solution from being a plan, as sentences; empty if it is one."""
    return [*_broken_hosts(problem, solution), *_broken_supply(problem, solution), *_broken_groups(problem, solution)]


def _broken_hosts(problem: Problem, solution: Solution) -> Iterator[str]:
    over = (solution.load(problem.size) > problem.capacity[solution.bin]).any(axis=1)
    for p in np.flatnonzero(over):
        yield f"capacity: pattern {p} on bin type {solution.bin[p]}"
    entries = np.repeat(solution.bin, np.diff(solution.start))
    for e in np.flatnonzero(~problem.fits[solution.item, entries]):
        yield f"fits: item {solution.item[e]} on bin type {entries[e]}"
    for i in np.flatnonzero(unplaced(problem, solution) < 0):
        yield f"count: item {i} is placed too often"


def _broken_supply(problem: Problem, solution: Solution) -> Iterator[str]:
    used = solution.bins_used(problem.bins)
    for b in np.flatnonzero(used > problem.available):
        yield f"available: {used[b]} hosts of bin type {b}"
    for b in np.flatnonzero(used < problem.required):
        yield f"required: only {used[b]} hosts of bin type {b}"
    for quota in problem.quotas:
        total = int((quota.weight * used).sum())
        if total > quota.most:
            yield f"quota {quota.rule}: {total} > {quota.most}"


def _broken_groups(problem: Problem, solution: Solution) -> Iterator[str]:
    def counts(items: Ints, level: int) -> dict[int, int]:
        return domain_counts(problem, solution, items, level)

    for limit in problem.limits:
        for domain, copies in counts(limit.items, limit.level).items():
            if copies > limit.most and (domain >= 0 or limit.level == HOST):
                yield f"limit {limit.rule}: {copies} copies in domain {domain}"
    for apart in problem.apart:
        a, b = counts(apart.a, apart.level), counts(apart.b, apart.level)
        for domain, copies in a.items():
            if copies and b.get(domain) and (domain >= 0 or apart.level == HOST):
                yield f"apart {apart.rule}: both in domain {domain}"
    for together in problem.together:
        held = {domain: copies for domain, copies in counts(together.items, together.level).items() if copies}
        hosts = solution.multiplicity[[-1 - domain for domain in held]].sum() if together.level == HOST else len(held)
        if hosts > 1:
            yield f"together {together.rule}: in {hosts} domains"
    for near in problem.near:
        b = counts(near.b, near.level)
        for domain, copies in counts(near.a, near.level).items():
            if copies and not b.get(domain):
                yield f"near {near.rule}: alone in domain {domain}"
    for spread in problem.spreads:
        held = counts(spread.items, spread.level)
        per_domain = [held.get(int(domain), 0) for domain in spread.domains]
        least = 0 if spread.zero_minimum else min(per_domain)
        if max(per_domain) - least > spread.max_skew:
            yield f"spread {spread.rule}: counts {per_domain}"
    for room in problem.rooms:
        yield from _broken_room(problem, solution, room.level, room.item, room.copies, room.bins, room.rule)


def _broken_room(
    problem: Problem, solution: Solution, level: int, item: int, copies: int, bins: npt.NDArray[np.bool_], rule: str
) -> Iterator[str]:
    size = problem.size[item]
    free = problem.capacity[solution.bin] - solution.load(problem.size)
    asked = size > 0
    more = (free[:, asked] // size[asked]).min(axis=1) if asked.any() else np.full(len(free), UNLIMITED)
    more = np.where(problem.fits[item, solution.bin] & bins[solution.bin], np.maximum(more, 0), 0)
    domains = problem.domain[solution.bin, level]
    for domain in np.unique(domains[bins[solution.bin]]):
        here = domains == domain
        fit = int((more[here] * solution.multiplicity[here]).sum())
        if fit < copies:
            yield f"headroom {rule}: room for {fit} of {copies} in domain {domain}"
