"""The rules of a problem as what kernels ask: groups of containers, counted by domain, and what binds each class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.problem import Problem
from planner.problem.forms import HOST
from planner.simulation.blank import Bindings
from planner.simulation.state import (
    APART,
    BOUND,
    BOUND_END,
    LIMIT,
    MEMBER,
    MEMBER_END,
    NEAR,
    NONE,
    PRIORITY,
    SHAPE,
    SPREAD,
    TOGETHER,
    WIDE,
    WORKLOAD,
)  # fmt: skip

Ints = npt.NDArray[np.int64]
Bound = tuple[int, int, int, int, int]
"""Kind, own group, the group looked at, level, limit or skew: a row of `State.bounds`."""


@dataclass(frozen=True, eq=False)
class Rulebook:
    """Classes with their bindings, as in `State`."""

    classes: Ints
    bindings: Bindings


class _Groups:
    """Sets of item types that are counted in the domains of a level; equal ones are one."""

    def __init__(self, domains: int, hosts: int) -> None:
        self.domains, self.hosts = domains, hosts
        self.known: dict[tuple[tuple[int, ...], int, tuple[int, ...]], int] = {}
        self.rows: list[tuple[int, int, int, int]] = []
        self.cells = 0
        self.counted: list[npt.NDArray[np.bool_]] = []

    def of(self, items: Ints, level: int, over: Sequence[int] = ()) -> int:
        """The number of a group; `over` are the domains over which a spread is even."""
        key = tuple(items.tolist()), level, tuple(over)
        if key not in self.known:
            self.known[key] = len(self.rows)
            number = self.hosts if level == HOST else self.domains
            self.rows.append((self.cells, level, number, 0))
            self.cells += number
            even = np.zeros(number, dtype=bool)
            even[list(over)] = True
            self.counted.append(even)
        return self.known[key]


def rulebook_of(problem: Problem, classes: Sequence[tuple[int, int]], hosts: int, domains: int) -> Rulebook:
    """Compile the forms of a problem for classes of containers.

    Quotas, caps and kept room bind no single container: whoever opens hosts asks for them.

    Parameters
    ----------
    classes : sequence of (workload, item type)
    hosts : int
        Rows of hosts, each of which is a domain of its own.
    domains : int
        Domains at all other levels.
    """
    groups = _Groups(domains, hosts)
    bound: dict[int, list[Bound]] = defaultdict(list)
    for items, row in _bound(problem, groups):
        for i in items.tolist():
            bound[i].append(row)
    members: dict[int, list[int]] = defaultdict(list)
    for (items_of, _, _), group in groups.known.items():
        for i in items_of:
            members[i].append(group)
    table = np.zeros((len(classes), WIDE + 1), dtype=np.int64)
    rows: list[Bound] = []
    counts: list[int] = []
    for k, (workload, i) in enumerate(classes):
        table[k, [SHAPE, WORKLOAD, PRIORITY]] = i, workload, problem.priority[i]
        table[k, [BOUND, BOUND_END]] = len(rows), len(rows) + len(bound[i])
        table[k, [MEMBER, MEMBER_END]] = len(counts), len(counts) + len(members[i])
        table[k, WIDE] = any(kind not in (LIMIT, APART) or level != HOST for kind, _, _, level, _ in bound[i])
        rows += bound[i]
        counts += members[i]
    return Rulebook(
        table,
        Bindings(
            np.array(rows, dtype=np.int64).reshape(-1, 5),
            np.array(counts, dtype=np.int64),
            np.array(groups.rows, dtype=np.int64).reshape(-1, 4),
            np.concatenate([np.zeros(0, dtype=bool), *groups.counted]),
        ),
    )


def _bound(problem: Problem, groups: _Groups) -> Iterator[tuple[Ints, Bound]]:
    """Rows of `State.bounds`, each with the item types that it binds."""
    for limit in problem.limits:
        yield limit.items, (LIMIT, groups.of(limit.items, limit.level), NONE, limit.level, limit.most)
    for apart in problem.apart:
        a, b = groups.of(apart.a, apart.level), groups.of(apart.b, apart.level)
        yield apart.a, (APART, a, b, apart.level, 0)
        yield apart.b, (APART, b, a, apart.level, 0)
    for near in problem.near:
        a, b = groups.of(near.a, near.level), groups.of(near.b, near.level)
        yield near.a, (NEAR, a, b, near.level, 0)
    for together in problem.together:
        yield together.items, (TOGETHER, groups.of(together.items, together.level), NONE, together.level, 0)
    for spread in problem.spreads:
        over = spread.domains.tolist()
        if spread.zero_minimum:  # a limit, then
            yield spread.items, (LIMIT, groups.of(spread.items, spread.level), NONE, spread.level, spread.max_skew)
        else:
            group = groups.of(spread.items, spread.level, over)
            yield spread.items, (SPREAD, group, NONE, spread.level, spread.max_skew)
