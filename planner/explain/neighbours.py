"""What keeps a replica off hosts for the sake of other replicas: limits, spread, apart, together, room kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from models.rules import Exclusive, Latency, Parity, Share, Spot
from planner.explain.groups import one_domain, the_domain
from planner.explain.outcome import Bools, Ints, LeftOut, Outcome
from planner.explain.steps import Step
from planner.plots.labels import counted
from planner.problem import UNLIMITED
from planner.problem.forms import HOST, Limit, Together, level_name
from planner.problem.score import domain_counts


def neighbour_steps(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """The forms that bind several replicas and leave no place beside those that are placed."""
    yield from _limits(outcome, left)
    yield from _spreads(outcome, left)
    yield from _apart(outcome, left)
    yield from _together(outcome, left)
    yield from _near(outcome, left)
    yield from _kept_rooms(outcome, left)


def _limits(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for limit in outcome.problem.limits:
        if left.item not in limit.items:
            continue
        reached = _where(outcome, limit.items, limit.level, limit.most)
        if reached.any():
            rule = outcome.rule_of(limit.rule, left.workload)
            detail = _held(outcome, limit, rule)
            yield Step.plain(limit.rule, reached, detail, _raised(limit, rule))


def _held(outcome: Outcome, limit: Limit, rule: Any) -> str:
    """Where a limit is reached: `4 of 6 already in aws`."""
    if not isinstance(rule, Share | Spot) or limit.level == HOST:
        return f"holds {limit.most} already, the most in one {one_domain(limit.level, rule)}"
    counts = domain_counts(outcome.problem, outcome.solution, limit.items, limit.level)
    full = [domain for domain, held in counts.items() if domain >= 0 and held >= limit.most]
    copies = int(outcome.problem.count[limit.items].sum())
    return "; ".join(
        f"{counts[domain]} of {copies} already in {the_domain(outcome, limit.level, domain, rule)}" for domain in full
    )


def _raised(limit: Limit, rule: Any) -> str:
    name = one_domain(limit.level, rule)
    match rule:
        case Spot():
            return f"offer hosts that are not spot, or raise max_share of {limit.rule!r}"
        case Share(max_share=float()):
            return f"make room in a further {name}, or raise max_share of {limit.rule!r}"
        case Share():
            return f"make room in a further {name}, or lower at_least of {limit.rule!r}"
    return f"offer a further {name}, or let {limit.most + 1} share one in {limit.rule!r}"


def _spreads(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    problem = outcome.problem
    for spread in problem.spreads:
        if left.item not in spread.items:
            continue
        held = domain_counts(problem, outcome.solution, spread.items, spread.level)
        per_domain = {int(domain): held.get(int(domain), 0) for domain in spread.domains}
        least = 0 if spread.zero_minimum else min(per_domain.values())
        over = [domain for domain, copies in per_domain.items() if copies + 1 - least > spread.max_skew]
        emptiest = outcome.names.domains[min(per_domain, key=lambda domain: per_domain[domain])]
        rule = outcome.rule_of(spread.rule, left.workload)
        asked = f"at_least {rule.at_least}" if isinstance(rule, Share) else f"max_skew {spread.max_skew}"
        detail = f"would {'miss' if isinstance(rule, Share) else 'exceed'} {asked}: {emptiest} holds only {least}"
        what = f"lower at_least of {spread.rule!r}" if isinstance(rule, Share) else f"raise max_skew of {spread.rule!r}"
        blocked = _in_domains(outcome, spread.level, over)
        if blocked.any():
            yield Step.plain(spread.rule, blocked, detail, f"make room in {emptiest}, or {what}")


def _apart(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for apart in outcome.problem.apart:
        others = apart.b if left.item in apart.a else apart.a if left.item in apart.b else None
        if others is None:
            continue
        rule = outcome.rule_of(apart.rule, left.workload)
        name = one_domain(apart.level, rule)
        blocked = _where(outcome, others, apart.level, 1)
        if blocked.any():
            detail = f"holds workloads it must keep away from in one {name}"
            if isinstance(rule, Exclusive):
                detail = f"holds others, and {apart.rule!r} lets none share a {name} with them"
            yield Step.plain(apart.rule, blocked, detail, f"offer a further {name}, or lift {apart.rule!r} for it")


def _together(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for together in outcome.problem.together:
        if left.item not in together.items:
            continue
        if together.level == HOST:
            yield _on_one_host(outcome, left, together)
            continue
        held = domain_counts(outcome.problem, outcome.solution, together.items, together.level)
        domains = [domain for domain, copies in held.items() if copies and domain >= 0]
        if domains:
            elsewhere = ~_in_domains(outcome, together.level, domains) & (outcome.bin_of >= 0)
            rule = outcome.rule_of(together.rule, left.workload)
            where = the_domain(outcome, together.level, domains[0], rule)
            whose = "the others of its group" if isinstance(rule, Parity) else "its other replicas"
            detail = f"not in {where}, where {whose} are"
            change = f"make room in {where}, or lift {together.rule!r} for it"
            yield Step.plain(together.rule, elsewhere, detail, change)


def _near(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    for near in outcome.problem.near:
        if left.item not in near.a:
            continue
        if near.level == HOST:
            others = "on a host with a replica of the workload it must be near"
            yield _beside(outcome, left, near.b, near.rule, others)
            continue
        held = domain_counts(outcome.problem, outcome.solution, near.b, near.level)
        domains = [domain for domain, copies in held.items() if copies and domain >= 0]
        alone = ~_in_domains(outcome, near.level, domains) & (outcome.bin_of >= 0)
        rule = outcome.rule_of(near.rule, left.workload)
        detail = f"in a {one_domain(near.level, rule)} without the workload it must be near"
        change = f"make room beside that workload, or lift {near.rule!r} for it"
        if isinstance(rule, Latency):
            detail = f"in no group of places within {rule.max_ms:g} ms of the workload it must be near"
            change = f"make room near that workload, or raise max_ms of {near.rule!r}"
        yield Step.plain(near.rule, alone, detail, change)


def _beside(outcome: Outcome, left: LeftOut, others: Ints, rule: str, where: str) -> Step:
    """Hosts that hold none of the others, or hold one but have no room left."""
    contents = (content for _, _, content in outcome.solution.patterns())
    holding = np.array([not set(content).isdisjoint(others.tolist()) for content in contents], dtype=bool)
    enough = (outcome.free >= outcome.problem.size[left.item]).all(axis=1)
    blocked = np.ones(outcome.problem.bins, dtype=bool)
    blocked[outcome.solution.bin[holding & enough]] = False
    change = f"make room {where}, or lift {rule!r} for it"
    return Step.plain(rule, outcome.offerings_of(blocked), f"no room {where}", change)


def _on_one_host(outcome: Outcome, left: LeftOut, together: Together) -> Step:
    """Hosts without its other replicas or room beside them; where none is placed, without room for all."""
    problem, items = outcome.problem, together.items
    if outcome.solution.placed(problem.items)[items].any():
        return _beside(outcome, left, items, together.rule, "on the host where its other replicas are")
    asked = (problem.size[items] * problem.count[items][:, None]).sum(axis=0)
    small = outcome.offerings_of((problem.capacity < asked).any(axis=1))
    where = f"for all {int(problem.count[items].sum()):,} of them on one host"
    return Step.plain(together.rule, small, f"no room {where}", f"make room {where}, or lift {together.rule!r} for it")


def _kept_rooms(outcome: Outcome, left: LeftOut) -> Iterator[Step]:
    """Hosts in use that have room for it, but would then keep too little free, where no further host opens."""
    problem, solution = outcome.problem, outcome.solution
    enough = (outcome.free >= problem.size[left.item]).all(axis=1)
    for room in problem.rooms:
        size = problem.size[room.item]
        inside = problem.fits[room.item, solution.bin] & room.bins[solution.bin]
        now = np.where(inside, _times(outcome.free, size), 0)
        then = np.where(inside, _times(np.maximum(0, outcome.free - problem.size[left.item]), size), 0)
        domains = problem.domain[solution.bin, room.level]
        free = np.array([int((now * solution.multiplicity)[domains == domain].sum()) for domain in domains])
        closing = enough & room.bins[solution.bin] & (free - now + then < room.copies)
        closed = np.zeros(problem.bins, dtype=bool)
        closed[solution.bin[closing]] = True
        closed[solution.bin[enough & ~closing]] = False
        blocked = outcome.offerings_of(closed & (outcome.used >= problem.available))
        if blocked.any():
            asked = ", ".join(outcome.amount(r, value) for r, value in enumerate(size) if value)
            where = f"in each {level_name(room.level)}" if room.level < HOST else "in all hosts together"
            detail = f"kept free: room for {counted(room.copies, 'replica')} of {asked} {where}"
            yield Step.plain(room.rule, blocked, detail, f"offer a further host, or keep less free by {room.rule!r}")


def _times(free: Ints, size: Ints) -> Ints:
    """int64[P]: how often a size goes into the free room of each pattern."""
    asked = size > 0
    return (free[:, asked] // size[asked]).min(axis=1) if asked.any() else np.full(len(free), UNLIMITED)


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
