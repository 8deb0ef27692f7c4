"""What keeps a replica off hosts for the sake of other replicas: limits, spread, apart, together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.topology import LEVELS
from planner.explain.outcome import Bools, Ints, LeftOut, Outcome
from planner.explain.steps import Step
from planner.problem.forms import HOST
from planner.problem.score import domain_counts


def neighbour_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """The forms that bind several replicas and leave no place beside those that are placed."""
    yield from _limits(outcome, left)
    yield from _spreads(outcome, left)
    yield from _apart(outcome, left)
    yield from _together(outcome, left)
    yield from _near(outcome, left)


def _limits(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for limit in outcome.problem.limits:
        if left.item not in limit.items:
            continue
        name = LEVELS[limit.level]
        reached = _where(outcome, limit.items, limit.level, limit.most)
        if reached.any():
            detail = f"holds {limit.most} already, the most in one {name}"
            change = f"offer a further {name}, or let {limit.most + 1} share one in {limit.rule!r}"
            yield Step.plain(limit.rule, reached, detail, change)


def _spreads(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    problem = outcome.problem
    for spread in problem.spreads:
        if left.item not in spread.items:
            continue
        held = domain_counts(problem, outcome.solution, spread.items, spread.level)
        per_domain = {int(domain): held.get(int(domain), 0) for domain in spread.domains}
        least = 0 if spread.zero_minimum else min(per_domain.values())
        over = [domain for domain, copies in per_domain.items() if copies + 1 - least > spread.max_skew]
        emptiest = min(per_domain, key=lambda domain: per_domain[domain])
        detail = f"would exceed max_skew {spread.max_skew}: {outcome.names.domains[emptiest]} holds only {least}"
        change = f"make room in {outcome.names.domains[emptiest]}, or raise max_skew of {spread.rule!r}"
        blocked = _in_domains(outcome, spread.level, over)
        if blocked.any():
            yield Step.plain(spread.rule, blocked, detail, change)


def _apart(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for apart in outcome.problem.apart:
        others = apart.b if left.item in apart.a else apart.a if left.item in apart.b else None
        if others is None:
            continue
        name = LEVELS[apart.level]
        blocked = _where(outcome, others, apart.level, 1)
        if blocked.any():
            detail = f"holds workloads it must keep away from in one {name}"
            yield Step.plain(apart.rule, blocked, detail, f"offer a further {name}, or lift {apart.rule!r} for it")


def _together(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for together in outcome.problem.together:
        if left.item not in together.items or together.level == HOST:
            continue
        held = domain_counts(outcome.problem, outcome.solution, together.items, together.level)
        domains = [domain for domain, copies in held.items() if copies and domain >= 0]
        if domains:
            elsewhere = ~_in_domains(outcome, together.level, domains) & (outcome.bin_of >= 0)
            detail = f"not in {outcome.names.domains[domains[0]]}, where its other replicas are"
            change = f"make room in {outcome.names.domains[domains[0]]}, or lift {together.rule!r} for it"
            yield Step.plain(together.rule, elsewhere, detail, change)


def _near(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for near in outcome.problem.near:
        if left.item not in near.a or near.level == HOST:
            continue
        held = domain_counts(outcome.problem, outcome.solution, near.b, near.level)
        domains = [domain for domain, copies in held.items() if copies and domain >= 0]
        alone = ~_in_domains(outcome, near.level, domains) & (outcome.bin_of >= 0)
        name = LEVELS[near.level]
        detail = f"in a {name} without the workload it must be near"
        yield Step.plain(near.rule, alone, detail, f"make room beside that workload, or lift {near.rule!r} for it")


def _where(outcome: Outcome, items: Ints, level: int, most: int) -> Bools:
    """bool[O]: offerings whose domains (or hosts, all in use) hold at least `most` copies of `items`."""
    problem, solution = outcome.problem, outcome.solution
    held = domain_counts(problem, solution, items, level)
    if level != HOST:
        return _in_domains(outcome, level, [d for d, copies in held.items() if d >= 0 and copies >= most])
    open_to_more = np.array([held.get(-1 - p, 0) < most for p in range(len(solution.bin))], dtype=bool)
    closed = outcome.used >= problem.available
    closed[solution.bin[open_to_more]] = False
    return outcome.offerings_of(closed) & outcome.standing


def _in_domains(outcome: Outcome, level: int, domains: list[int]) -> Bools:
    return outcome.offerings_of(np.isin(outcome.problem.domain[:, level], domains))
