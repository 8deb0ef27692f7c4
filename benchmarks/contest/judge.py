"""What a placement is worth and what it breaks, from the tables alone: the contest's own rules in decimals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from benchmarks.contest.tables import Floats, Tables

TOLERANCE = 1e-9


def score(tables: Tables, placement: dict[str, int]) -> float:
    """Sum over hosts in use of the mean over time of 1 + 10 * (exp(max(0, u - 0.5)) - 1), u the CPU share used."""
    used = sums(tables, placement)
    busy = np.bincount(list(placement.values()), minlength=len(used)) > 0
    share = used[busy, : tables.times] / tables.capacity[busy, : tables.times]
    return float((1 + 10 * (np.exp(np.maximum(0, share - 0.5)) - 1)).mean(axis=1).sum())


def faults(tables: Tables, placement: dict[str, int]) -> Iterator[str]:
    """All that is wrong with a placement, a sentence each."""
    missing = len(tables.app_of.keys() - placement.keys())
    if missing:
        yield f"{missing} containers are not placed"
    hosts, apps = list(tables.hosts), list(tables.apps)
    over = (sums(tables, placement) > tables.capacity + TOLERANCE).any(axis=1)
    yield from (f"{hosts[host]} is too full" for host in np.flatnonzero(over))
    held: dict[int, Counter[int]] = {}
    for container, host in placement.items():
        held.setdefault(host, Counter())[tables.app_of[container]] += 1
    beside: dict[int, list[tuple[int, int]]] = {}
    for a, b, most in tables.limits:
        beside.setdefault(a, []).append((b, most))
    for host, here in held.items():
        for app in here:
            for other, most in beside.get(app, ()):
                if here[other] > most:
                    yield f"{hosts[host]} holds {here[other]} of {apps[other]} beside {apps[app]}, at most {most} may"


def sums(tables: Tables, placement: dict[str, int]) -> Floats:
    """float64[H, 2 * T + 4]: what the containers of each host need together."""
    used = np.zeros_like(tables.capacity)
    for container, host in placement.items():
        used[host] += tables.need[tables.app_of[container]]
    return used
