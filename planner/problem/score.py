"""Goal values of a solution, and the forms that it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from models.goals import GoalTier
from models.resources import CPU, MEMORY, plain_resource
from models.topology import LEVELS, Level
from planner.problem.devices import held_on_devices
from planner.problem.forms import HOST, Cap
from planner.problem.problem import UNLIMITED, Problem
from planner.problem.solution import Solution

Ints = npt.NDArray[np.int64]


def score(problem: Problem, solution: Solution) -> tuple[int, ...]:
    """Goal values in comparable integers, tier after tier; less is better.

    `unplaced` expands to one value per priority, the highest first, so that a plan is never
    better for placing many replicas of low priority instead of one of high priority. `cost` and
    `egress` are in micro-USD per hour, `balance`, `fragmentation` and `risk` in millionths of a share,
    `carbon` in milligrams per hour.
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
            return [cost(problem, solution)]
        case "domains":
            used = problem.domain[solution.bin, LEVELS.index(goal.level)] if goal.level != "host" else None
            return [solution.hosts if used is None else len(np.unique(used[used >= 0]))]
        case "balance":
            return [fullest_share(problem, solution)]
        case "breaches":
            mending = (soft for soft in problem.extras.soft if soft.mend)
            return [sum(soft.breaches(problem, solution) for soft in mending)]
        case "egress":
            return [problem.extras.egress.cost(problem, solution) if problem.extras.egress else 0]
        case "moves":
            return [0 if problem.moving is None else _placed(problem, solution, problem.moving)]
        case "fragmentation":
            return [stranded_share(problem, solution)]
        case "risk":
            return [largest_share(problem, solution, goal.level)]
        case "carbon":
            return [0 if problem.carbon is None else int((problem.carbon[solution.bin] * solution.multiplicity).sum())]


def cost(problem: Problem, solution: Solution) -> int:
    """Micro-USD per hour: hosts, placements, what any plan pays, and the extras."""
    hosts = int((problem.price[solution.bin] * solution.multiplicity).sum())
    placing = 0 if problem.placing is None else _placed(problem, solution, problem.placing)
    return hosts + placing + problem.fixed + problem.extras.cost(problem, solution)


def _placed(problem: Problem, solution: Solution, weight: npt.NDArray[Any]) -> int:
    """The sum over all copies of `weight[I, B]` at their item and bin type."""
    host = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
    copies = solution.copies * solution.multiplicity[host]
    return int((weight[solution.item, solution.bin[host]] * copies).sum())


def stranded_share(problem: Problem, solution: Solution) -> int:
    """Millionths of the hosts' CPU and memory that lie free where the probe does not fit; the mean of both.

    After Weng et al., "Beware of Fragmentation" (FGD, USENIX ATC 2023), with one typical task.
    """
    if problem.probe is None or not solution.hosts:
        return 0
    room = problem.capacity[solution.bin]
    free = room - solution.load(problem.size)
    stranded = ~(free >= problem.probe).all(axis=1)
    shares = []
    for r, name in enumerate(problem.resources):
        hosts = np.where(room[:, r] < UNLIMITED, solution.multiplicity, 0)
        if plain_resource(name) in (CPU, MEMORY) and hosts.any():
            total = int((room[:, r] * hosts).sum())
            lost = int((free[stranded, r] * hosts[stranded]).sum())
            shares.append(lost * 1_000_000 // max(1, total))
    return sum(shares) // max(1, len(shares))


def largest_share(problem: Problem, solution: Solution, level: Level) -> int:
    """Millionths of all placed copies that stand in the domain of `level` that holds most of them."""
    counts = domain_counts(problem, solution, np.flatnonzero(problem.count > 0), LEVELS.index(level))
    total = int(solution.placed(problem.items)[problem.count > 0].sum())
    return -(-max(counts.values(), default=0) * 1_000_000 // max(1, total))


def fullest_share(problem: Problem, solution: Solution) -> int:
    """Millionths of capacity that the fullest resource of the fullest host uses."""
    problem = problem.by_device
    load, room = solution.load(problem.size), problem.capacity[solution.bin]
    limited = (room < UNLIMITED) & (room > 0)
    shares = np.where(limited, -(-load * 1_000_000 // np.maximum(room, 1)), 0)
    return int(shares.max(initial=0))


def domain_counts(problem: Problem, solution: Solution, items: Ints, level: int) -> dict[int, int]:
    """Copies of `items` in each domain of a level; at the host level, per pattern (negative keys)."""
    wanted = np.zeros(problem.items, dtype=bool)
    wanted[items] = True
    entry = np.flatnonzero(wanted[solution.item])
    pattern = np.searchsorted(solution.start, entry, side="right") - 1
    per_host = np.bincount(pattern, weights=solution.copies[entry], minlength=len(solution.bin)).astype(np.int64)
    if level == HOST:
        return {-1 - p: copies for p, copies in enumerate(per_host.tolist())}
    domain = problem.domain[solution.bin, level]
    known = np.unique(domain)
    copies = np.bincount(np.searchsorted(known, domain), weights=per_host * solution.multiplicity, minlength=len(known))
    return dict(zip(known.tolist(), copies.astype(np.int64).tolist(), strict=True))


def broken_forms(problem: Problem, solution: Solution) -> list[str]:
    """Everything that keeps a solution from being a plan, as sentences; empty if it is one."""
    return [
        *_broken_hosts(problem, solution),
        *_broken_supply(problem, solution),
        *_broken_groups(problem, solution),
        *problem.extras.broken(problem, solution),
    ]


def _broken_hosts(problem: Problem, solution: Solution) -> Iterator[str]:
    exact = problem.by_device
    over = (solution.load(exact.size) > exact.capacity[solution.bin]).any(axis=1)
    for p in np.flatnonzero(over | ~held_on_devices(exact, solution)):
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


class _Held:
    """What `domain_counts` says, without zeros, for many sets of items: each asks for no entries but its own."""

    def __init__(self, problem: Problem, solution: Solution) -> None:
        self.problem, self.solution = problem, solution
        self._pattern = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
        self._order = np.argsort(solution.item, kind="stable")
        self._first = np.searchsorted(solution.item[self._order], np.arange(problem.items + 1)).tolist()

    def counts(self, items: Ints, level: int) -> dict[int, int]:
        """Copies of `items` in each domain of a level that has any; at the host level, per pattern (negative keys)."""
        own = [self._order[self._first[i] : self._first[i + 1]] for i in items.tolist()]
        entries = np.concatenate(own) if own else self._order[:0]
        pattern, copies = self._pattern[entries], self.solution.copies[entries]
        if level == HOST:
            domain = -1 - pattern
        else:
            domain = self.problem.domain[self.solution.bin[pattern], level]
            copies = copies * self.solution.multiplicity[pattern]
        known, of = np.unique(domain, return_inverse=True)
        held = np.bincount(of.reshape(-1), weights=copies, minlength=len(known)).astype(np.int64)
        return dict(zip(known.tolist(), held.tolist(), strict=True))


def _broken_groups(problem: Problem, solution: Solution) -> Iterator[str]:
    counts = _Held(problem, solution).counts
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
    for cap in problem.caps:
        used = cap_use(solution, cap)
        if used > cap.most:
            yield f"cap {cap.rule}: {used} > {cap.most}"
    for room in problem.rooms:
        yield from _broken_room(problem, solution, room.level, room.item, room.copies, room.bins, room.rule)


def cap_use(solution: Solution, cap: Cap) -> int:
    """What the copies of a solution weigh in a cap."""
    row = {int(item): k for k, item in enumerate(cap.items)}
    total = 0
    for b, times, content in solution.patterns():
        total += times * sum(int(cap.weight[row[i], b]) * n for i, n in content.items() if i in row)
    return total


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
