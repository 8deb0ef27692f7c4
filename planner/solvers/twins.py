"""Twins: item types that nothing but their names tells apart are planned as one, then dealt out.

Four hundred services whose three replicas keep to three zones are four hundred item types, each with
a limit of its own. Here `n` such twins with at most `most` copies in a domain become one item type with
at most `n * most`. Nothing is lost: deal the copies of a plan to the twins in turn, domain after
domain, and no twin gets more than `most` of the at most `n * most` consecutive turns in any domain.

The domains of the topology are nested, so that hosts can be put in an order in which those of every
domain stand together. Partitions that rules made up are not: twins are limited by the topology, or by one
partition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from planner.bounds.kinds import carried_over, item_kinds
from planner.problem import Problem, Solution
from planner.problem.forms import HOST, Ints, Limit


@dataclass(frozen=True, eq=False)
class Twins:
    """A problem in which twins are one item type.

    Attributes
    ----------
    whole, problem : Problem
        The original, and the smaller one.
    members : tuple of int64[]
        The item types of the original problem behind each of the smaller one.
    joint : int64[I]
        The item type of the smaller problem that each original one went into.
    """

    whole: Problem
    problem: Problem
    members: tuple[Ints, ...]
    joint: Ints

    @classmethod
    def of(cls, problem: Problem) -> Twins:
        """Join the twins of the core of a problem; without any, it stays as it is."""
        problem = problem.core
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        kinds = item_kinds(problem)
        for i, role in enumerate(_roles(problem)):
            shape = (problem.size[i].tobytes(), problem.fits[i].tobytes(), problem.priority[i], problem.count[i])
            least = problem.relaxation
            less = b"" if least is None else least.size[i].tobytes() + least.fits[i].tobytes()
            alike[(*shape, less, kinds[i], role)].append(i)
        members = tuple(np.array(group, dtype=np.int64) for group in alike.values())
        joint = np.empty(problem.items, dtype=np.int64)
        for k, group in enumerate(members):
            joint[group] = k
        return cls(problem, _joined(problem, members, joint), members, joint)

    def join(self, solution: Solution) -> Solution:
        """A solution of the original problem as one of the smaller."""
        patterns = []
        for bin_type, multiplicity, content in solution.patterns():
            together: dict[int, int] = defaultdict(int)
            for item, copies in content.items():
                together[int(self.joint[item])] += copies
            patterns.append((bin_type, multiplicity, together))
        return Solution.of(patterns)

    def deal(self, solution: Solution) -> Solution:
        """A solution of the smaller problem with its copies dealt to the twins in turn."""
        if len(self.members) == self.whole.items:
            return solution
        hosts = [(b, content) for b, multiplicity, content in solution.patterns() for _ in range(multiplicity)]
        dealt: list[dict[int, int]] = [defaultdict(int) for _ in hosts]
        domain, level = self.problem.domain, _partition_of(self.problem)
        of_level: dict[int, list[int]] = defaultdict(list)
        for k in range(self.problem.items):
            of_level[level.get(k, 0)].append(k)
        for column, items in of_level.items():
            inside, turns = set(items), {k: _in_turn(self.members[k]) for k in items}
            order = sorted(
                range(len(hosts)), key=lambda h: (domain[hosts[h][0], column], *domain[hosts[h][0]].tolist())
            )
            for h in order:  # every domain's hosts in a row
                for k, copies in hosts[h][1].items():
                    for _ in range(copies if k in inside else 0):
                        dealt[h][next(turns[k])] += 1
        return Solution.of((bin_type, 1, content) for (bin_type, _), content in zip(hosts, dealt, strict=True))


def _in_turn(group: Ints) -> Iterator[int]:
    while True:
        yield from group.tolist()


def _roles(problem: Problem) -> list[tuple[object, ...]]:
    """What may make twins: limits of one's own on each level; with any other form one is like nobody else."""
    own: dict[int, dict[int, int]] = defaultdict(dict)
    pairs = [side for form in problem.apart for side in (form.a, form.b)]
    pairs += [side for form in problem.near for side in (form.a, form.b)]
    groups = [form.items for form in problem.together] + [form.items for form in problem.spreads]
    groups += [limit.items for limit in problem.limits if len(limit.items) > 1]
    alone = {int(i) for items in (*pairs, *groups) for i in items} | {form.item for form in problem.rooms}
    for limit in problem.limits:
        levels = own[int(limit.items[0])]
        levels[limit.level] = min(limit.most, levels.get(limit.level, limit.most))
    alone |= {i for i, levels in own.items() if len(levels.keys() - {HOST}) > 1 and max(levels) > HOST}
    return [("like nobody", i) if i in alone else tuple(sorted(own[i].items())) for i in range(problem.items)]


def _partition_of(problem: Problem) -> dict[int, int]:
    """The partition, as a level, by which an item type is limited, where it is."""
    single = (limit for limit in problem.limits if len(limit.items) == 1)
    return {int(limit.items[0]): limit.level for limit in single if limit.level > HOST}


def _joined(problem: Problem, members: tuple[Ints, ...], joint: Ints) -> Problem:
    first = np.array([group[0] for group in members])

    def renamed(items: Ints) -> Ints:
        return np.unique(joint[items])

    limits = []
    for limit in problem.limits:
        k = int(joint[limit.items[0]])
        if len(limit.items) > 1:
            limits.append(replace(limit, items=renamed(limit.items)))
        elif limit.items[0] == first[k]:
            limits.append(Limit(limit.level, np.array([k]), limit.most * len(members[k]), limit.rule))
    return replace(
        problem,
        size=problem.size[first],
        count=np.array([problem.count[group].sum() for group in members], dtype=np.int64),
        priority=problem.priority[first],
        fits=problem.fits[first],
        limits=tuple(limits),
        apart=tuple(replace(form, a=renamed(form.a), b=renamed(form.b)) for form in problem.apart),
        near=tuple(replace(form, a=renamed(form.a), b=renamed(form.b)) for form in problem.near),
        together=tuple(replace(form, items=renamed(form.items)) for form in problem.together),
        spreads=tuple(replace(form, items=renamed(form.items)) for form in problem.spreads),
        rooms=tuple(replace(form, item=int(joint[form.item])) for form in problem.rooms),
        relaxation=None if problem.relaxation is None else _joined(problem.relaxation, members, joint),
        **carried_over(problem, first),
    )
