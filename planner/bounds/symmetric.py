"""Domains that are alike as one: what a plan has in all of them together.

The sum of a plan over zones with equal hosts keeps every limit and spread over zones that is as much wider. Linear
programs lose nothing by it: with a solution, its mean over all ways to exchange such zones is one (F. Margot,
"Symmetry in integer linear programming", 2010).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TypeVar

import numpy as np

from planner.bounds.classes import Classes, DomainLimit, DomainSpread
from planner.bounds.kinds import bin_kinds, carried_over
from planner.problem.forms import HOST, Ints, Limit, Spread
from planner.problem.problem import UNLIMITED, Problem

Limits = TypeVar("Limits", Limit, DomainLimit)
Group = list[int]
Key = tuple[int, int, bytes, bytes, bytes]


def merged(problem: Problem) -> tuple[Problem, list[Group], Classes]:
    """The problem with the domains that are alike merged, the bin types behind each of its own, and its classes.

    It stays as it is where forms tell more than one level of domains apart, or not as many domains are alike in
    every place. Limits and spreads that no longer say anything are left out, and so are forms that no bound reads
    (`Together`, `Near`, `Apart` on domains).
    """
    classes = Classes.merge(problem)
    levels = {form.level for form in problem.limits} | {form.level for form in problem.spreads}
    levels -= {HOST}
    groups = None
    if len(levels) == 1 and not (problem.rooms or problem.extras.survivals or problem.extras.commitments):
        level = levels.pop()
        groups = _alike(problem, level)
    if groups is None:
        return problem, [[b] for b in range(problem.bins)], classes
    first = np.array([group[0] for group in groups], dtype=np.int64)
    column = problem.domain[:, level]
    kept = np.unique(column[first])
    times = max(len(group) for group in groups)
    limits = (_wider(form, times) for form in problem.limits)
    spreads = (_fewer(form, times, kept) for form in problem.spreads)
    smaller = replace(
        problem,
        capacity=problem.capacity[first],
        price=problem.price[first],
        available=_summed(problem.available, groups),
        required=_summed(problem.required, groups),
        fits=problem.fits[:, first],
        domain=problem.domain[first],
        limits=tuple(form for form in limits if form.level == HOST or form.most < problem.count[form.items].sum()),
        apart=tuple(form for form in problem.apart if form.level == HOST),
        together=(),
        near=(),
        spreads=tuple(form for form in spreads if len(form.domains) > 1),
        quotas=tuple(replace(quota, weight=quota.weight[first]) for quota in problem.quotas),
        **carried_over(problem, np.arange(problem.items), first),
    )
    of_limits = (_wider(form, times) for form in classes.limits)
    of_spreads = (_fewer_of(form, times, kept) for form in classes.spreads)
    fewer = replace(
        classes,
        fits=classes.fits[:, first],
        limits=tuple(form for form in of_limits if form.level == HOST or form.most < classes.count[form.classes].sum()),
        spreads=tuple(form for form in of_spreads if len(form.domains) > 1),
    )
    return smaller, groups, fewer


def _alike(problem: Problem, level: int) -> list[Group] | None:
    """Bin types of alike domains of a level, one of each; None where not as many domains are alike everywhere."""
    column, kinds, weight = problem.domain[:, level], bin_kinds(problem), problem.quota_weight
    spread: dict[int, list[int]] = defaultdict(list)
    for n, form in enumerate(problem.spreads):
        for domain in form.domains.tolist():
            spread[domain].append(n)
    alike: dict[tuple[tuple[int, ...], tuple[Key, ...]], list[Group]] = defaultdict(list)
    for domain in np.unique(column[column >= 0]).tolist():
        told: list[tuple[Key, int]] = []
        for b in np.flatnonzero(column == domain).tolist():
            room = problem.capacity[b].tobytes(), problem.fits[:, b].tobytes(), weight[:, b].tobytes()
            told.append(((int(problem.price[b]), int(kinds[b]), *room), b))
        told.sort()
        alike[tuple(spread[domain]), tuple(key for key, _ in told)].append([b for _, b in told])
    numbers = {len(domains) for domains in alike.values()}
    if len(numbers) != 1 or numbers == {1}:
        return None
    groups = [list(bins) for domains in alike.values() for bins in zip(*domains, strict=True)]
    return groups + [[b] for b in np.flatnonzero(column < 0).tolist()]


def _wider(form: Limits, times: int) -> Limits:
    """A limit over so many domains at once."""
    return form if form.level == HOST else replace(form, most=form.most * times)


def _fewer(form: Spread, times: int, kept: Ints) -> Spread:
    """A spread over those domains that stand for so many each."""
    domains = form.domains[np.isin(form.domains, kept)]
    return replace(form, max_skew=form.max_skew * times, domains=domains)


def _fewer_of(form: DomainSpread, times: int, kept: Ints) -> DomainSpread:
    """The same for classes, with all that is known of the smallest count."""
    return replace(
        form,
        skew=form.skew * times,
        domains=form.domains[np.isin(form.domains, kept)],
        most_low=form.most_low * times,
        least_low=form.least_low * times,
    )


def _summed(hosts: Ints, groups: list[Group]) -> Ints:
    return np.array([min(UNLIMITED, int(hosts[group].sum())) for group in groups], dtype=np.int64)
