"""From hosts of classes to hosts of item types: copies are dealt to the members of each class.

Where members may not share a host freely, the next copy on a host is that of the member with most copies left, on
hosts with many copies first: the constructive proof of the theorem of D. Gale and H. Ryser (1957) on matrices of
zeros and ones with given sums of rows and columns, so that members with limits of one find a place whenever
there is a way. Copies of a class beyond its demand are dropped.
"""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np

from planner.bounds.columns import Generation
from planner.problem import Problem, Solution
from planner.problem.forms import HOST, Ints

Hosts = list[tuple[int, Ints, int]]
"""Hosts as (kind, copies int64[C], how many)."""


def deal(problem: Problem, run: Generation, hosts: Hosts) -> Solution:
    """The solution that has these hosts; kinds become their bin types, those that must stay first."""
    members: dict[int, list[int]] = defaultdict(list)
    for i, c in enumerate(run.classes.of.tolist()):
        if c >= 0:
            members[c].append(i)
    most: dict[int, int] = {}
    for limit in problem.limits:
        if limit.level == HOST and len(limit.items) == 1:
            i = int(limit.items[0])
            most[i] = min(limit.most, most.get(i, limit.most))
    several = np.array([len(members[c]) > 1 for c in range(run.classes.number)], dtype=bool)
    split: list[tuple[int, int]] = []
    contents: list[dict[int, int]] = []
    holding: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for kind, copies, times in hosts:
        inside = [(c, int(copies[c])) for c in np.flatnonzero(copies).tolist()]
        alone = {members[c][0]: n for c, n in inside if not several[c]}
        shared = [(c, n) for c, n in inside if several[c]]
        for _ in range(times if shared else 1):
            for c, n in shared:
                holding[c].append((len(split), n))
            split.append((kind, 1 if shared else times))
            contents.append(dict(alone))
    for c, hosts_of in holding.items():
        _deal_class(problem, members[c], most, hosts_of, contents)
    placed = [(b, times, content) for (b, times), content in _on_bins(problem, run, split, contents)]
    return _within_count(problem, placed)


def _deal_class(
    problem: Problem,
    members: list[int],
    most: dict[int, int],
    holding: list[tuple[int, int]],
    contents: list[dict[int, int]],
) -> None:
    queue = [(-int(problem.count[i]), i) for i in members]
    heapq.heapify(queue)
    for h, n in sorted(holding, key=lambda held: -held[1]):
        waiting: list[tuple[int, int]] = []
        inside = contents[h]
        while n and queue:
            left, i = heapq.heappop(queue)
            some = min(n, -left, most.get(i, n))
            some = some if i not in most else min(1, some)
            inside[i] = inside.get(i, 0) + some
            n -= some
            if left + some < 0:
                waiting.append((left + some, i))
            if not queue and n:  # a second copy of those that may have one
                again = [(rest, j) for rest, j in waiting if inside.get(j, 0) < most.get(j, n + inside.get(j, 0))]
                waiting = [pair for pair in waiting if pair not in again]
                queue = again
                heapq.heapify(queue)
        for pair in waiting:
            heapq.heappush(queue, pair)


def _on_bins(
    problem: Problem, run: Generation, split: list[tuple[int, int]], contents: list[dict[int, int]]
) -> list[tuple[tuple[int, int], dict[int, int]]]:
    """Hosts on bin types of their kind, as many as there are."""
    bins: dict[int, list[int]] = defaultdict(list)
    for b, kind in enumerate(run.hosts.of.tolist()):
        bins[kind].append(b)
    left = {b: int(problem.required[b]) for b in range(problem.bins)}
    rest = {b: int(problem.available[b] - problem.required[b]) for b in range(problem.bins)}
    placed = []
    for (kind, times), content in zip(split, contents, strict=True):
        for room in (left, rest):
            for b in bins[kind]:
                some = min(times, room[b])
                if some:
                    placed.append(((b, some), content))
                    room[b] -= some
                    times -= some
    return placed


def _within_count(problem: Problem, placed: list[tuple[int, int, dict[int, int]]]) -> Solution:
    """The solution without copies beyond what there is to place."""
    over = Solution.of(placed).placed(problem.items) - problem.count
    if (over <= 0).all():
        return Solution.of(placed)
    kept = []
    for b, times, content in reversed(placed):
        for n in range(times):
            extra = [i for i in content if over[i] > 0]
            if not extra:
                kept.append((b, times - n, content))
                break
            less = dict(content)
            for i in extra:
                gone = int(min(less[i], over[i]))
                less[i] -= gone
                over[i] -= gone
            kept.append((b, 1, less))
    return Solution.of(kept)
