"""A decision: how the problem is narrowed so that a plan without sight of the extras does well by them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

import numpy as np

from planner.problem import Problem
from planner.problem.extras.egress import linked
from planner.problem.forms import HOST, Ints
from planner.solvers.steered.dealt import Dealt, dealt, level_dealt

T = TypeVar("T")
Home = tuple[int, int]
"""A column of `Problem.domain` and the id of a domain in it."""
MOST_SINGLE = 40
"""Soft forms up to which they are also decided one by one."""


@dataclass(frozen=True)
class Decision:
    """What a trial takes for granted.

    Attributes
    ----------
    kept : frozenset of int
        Soft forms, by their place in `extras.soft`, that hold like hard ones; the others are let go.
    homes : tuple of Home or None
        For each group of item types linked by traffic, the one domain where it stands.
    over : tuple of int
        For each survival, the number of domains over which survivors and room to spare are dealt.
    dealt : tuple of Dealt or None
        Copies by item type and domain that could be lost; empty where they go anywhere. Then no room is kept in the
        trial: it is added after. None: room is kept in the trial.
    licensed : bool
        Whether licences are made part of what a copy costs where it stands.
    """

    kept: frozenset[int] = frozenset()
    homes: tuple[Home | None, ...] = ()
    over: tuple[int, ...] = ()
    dealt: tuple[Dealt, ...] | None = None
    licensed: bool = False


@dataclass(frozen=True, eq=False)
class Choices:
    """What there is to decide in a problem.

    Attributes
    ----------
    rules : tuple of frozenset of int
        Soft forms that stem from one rule.
    groups : tuple of int64[]
        Item types linked by traffic.
    places : tuple of tuple of Home
        For each group, the domains that could be its home, the largest first.
    spreads : tuple of tuple of int
        For each survival, over how many domains its survivors may be dealt.
    dealing : tuple of Dealt
        How copies are best dealt over the domains that may be lost; empty where that is not known.
    """

    problem: Problem
    rules: tuple[frozenset[int], ...]
    groups: tuple[Ints, ...]
    places: tuple[tuple[Home, ...], ...]
    spreads: tuple[tuple[int, ...], ...]
    dealing: tuple[Dealt, ...]

    @classmethod
    def of(cls, problem: Problem, hosts: int, seconds: float = math.inf) -> Choices:
        """List the choices; `hosts` is about how many hosts a plan has, `seconds` the most that dealing may take."""
        rules: dict[tuple[str, int, bool], set[int]] = {}
        for f, soft in enumerate(problem.extras.soft):
            rules.setdefault((soft.form.rule, soft.price, soft.mend), set()).add(f)
        groups, level = tuple(linked(problem)), level_dealt(problem)
        return cls(
            problem,
            tuple(frozenset(forms) for forms in rules.values()),
            groups,
            tuple(tuple(_homes(problem, group)) for group in groups),
            tuple(tuple(_spreads(problem, s.level, s.survives, hosts)) for s in problem.extras.survivals),
            () if level is None else dealt(problem, level, seconds),
        )

    def first(self) -> tuple[Decision, ...]:
        """Where to begin: every soft form kept, and none; room to spare added after."""
        over = tuple(options[0] for options in self.spreads)
        free = Decision(homes=(None,) * len(self.groups), over=over, dealt=() if over else None)
        everything = frozenset(range(len(self.problem.extras.soft)))
        return (replace(free, kept=everything), free) if everything else (free,)

    @property
    def number(self) -> int:
        """How many choices there are."""
        return sum(1 for _ in self.around(self.first()[0]))

    def options(self, choice: int, now: Decision) -> list[Decision]:
        """What differs from a decision in one of the choices."""
        return next(islice(self.around(now), choice, None))

    def around(self, now: Decision) -> Iterator[list[Decision]]:
        """What differs from a decision in one respect, choice by choice, the weightiest first."""
        ways = dict.fromkeys(((), self.dealing, None)) if self.spreads else {}
        if ways:
            yield [replace(now, dealt=way) for way in ways if way != now.dealt]
        for s, options in enumerate(self.spreads if now.dealt is None else ()):
            yield [replace(now, over=_with(now.over, s, n)) for n in options if n != now.over[s]]
        yield from self._homes(now)
        for forms in self.rules:
            yield [replace(now, kept=now.kept - forms if forms <= now.kept else now.kept | forms)]
        single = [f for forms in self.rules if len(forms) > 1 for f in sorted(forms)]
        for f in single if len(single) <= MOST_SINGLE else []:
            yield [replace(now, kept=now.kept ^ {f})]
        if self.problem.extras.licences:
            yield [replace(now, licensed=not now.licensed)]

    def _homes(self, now: Decision) -> Iterator[list[Decision]]:
        """All groups in one place, then each group by itself: anywhere, or in a domain inside its home."""
        if len(self.groups) > 1:
            common = set.intersection(*(set(places) for places in self.places))
            yield [replace(now, homes=(home,) * len(self.groups)) for home in sorted(common)]
        for g, places in enumerate(self.places):
            options: list[Home | None] = [None, *places]
            yield [replace(now, homes=_with(now.homes, g, home)) for home in options if home != now.homes[g]]


def _with(values: tuple[T, ...], at: int, value: T) -> tuple[T, ...]:
    return (*values[:at], value, *values[at + 1 :])


def _homes(problem: Problem, group: Ints) -> Iterator[Home]:
    """Domains of cloud, region and zone, and places that tariffs tell apart, where all of a group fits."""
    egress = problem.extras.egress
    assert egress is not None
    seen = set()
    for column in (0, 1, 2, egress.level):
        for domain in np.unique(problem.domain[:, column]).tolist():
            inside = problem.domain[:, column] == domain
            if domain >= 0 and inside.tobytes() not in seen and problem.fits[group][:, inside].any(axis=1).all():
                seen.add(inside.tobytes())
                if not inside.all():
                    yield column, domain


def _spreads(problem: Problem, level: int, survives: np.ndarray, hosts: int) -> Iterator[int]:
    """The most domains first: these need the least room to spare."""
    if level == HOST:
        yield from (n for n in (hosts + 1, hosts, hosts + 2) if n >= 2)
        return
    bins = problem.fits[survives & (problem.count > 0)].any(axis=0) & (problem.available > 0)
    domains = problem.domain[bins, level]
    yield from range(max(2, len(np.unique(domains[domains >= 0]))), 1, -1)
