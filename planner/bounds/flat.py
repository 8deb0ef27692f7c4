"""The problem with bin types joined that only their domain tells apart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from planner.bounds.kinds import bin_kinds, carried_over
from planner.problem.forms import HOST
from planner.problem.problem import UNLIMITED, Problem


def flattened(problem: Problem) -> tuple[Problem, list[list[int]]]:
    """The problem without its forms on domains, and the bin types behind each of its own."""
    weight, kinds = problem.quota_weight, bin_kinds(problem)
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for b in range(problem.bins):
        row = problem.capacity[b].tobytes(), problem.fits[:, b].tobytes(), weight[:, b].tobytes()
        alike[(int(problem.price[b]), int(kinds[b]), *row)].append(b)
    groups = list(alike.values())
    first = np.array([group[0] for group in groups], dtype=np.int64)
    available = [min(UNLIMITED, int(problem.available[group].sum())) for group in groups]
    flat = replace(
        problem,
        capacity=problem.capacity[first],
        price=problem.price[first],
        available=np.array(available, dtype=np.int64),
        required=np.array([problem.required[group].sum() for group in groups], dtype=np.int64),
        fits=problem.fits[:, first],
        domain=np.full((len(groups), problem.domain.shape[1]), -1),
        limits=tuple(form for form in problem.limits if form.level == HOST),
        apart=tuple(form for form in problem.apart if form.level == HOST),
        together=(),
        near=(),
        spreads=(),
        rooms=(),
        quotas=tuple(replace(quota, weight=quota.weight[first]) for quota in problem.quotas),
        **carried_over(problem, np.arange(problem.items), first),
    )
    return flat, groups
