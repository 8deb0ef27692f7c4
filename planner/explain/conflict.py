"""Why not everything can be placed: rules and workloads of which no plan keeps all.

Each function proves one kind of conflict from counts alone; what it cannot prove it leaves out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from models.plan import Conflict
from planner.explain.groups import one_domain
from planner.explain.outcome import Bools, Ints, LeftOut, Outcome
from planner.explain.reach import blamed, reach
from planner.explain.steps import Step
from planner.explain.supply import written
from planner.explain.unplaced import admission_steps
from planner.plots.labels import counted
from planner.problem import UNLIMITED
from planner.problem.forms import HOST, Form, Together, level_name

MOST_NAMED = 3
MOST_CONFLICTS = 20


def conflicts(outcome: Outcome, proven: Sequence[str] = (), bound: int = 0, method: str = "") -> tuple[Conflict, ...]:
    """Every conflict that can be named; empty where it is not proven that something must be left out.

    Parameters
    ----------
    outcome : Outcome
    proven : sequence of str
        What the solver itself proved to stand in the way.
    bound, method : int, str
        The proven least number of replicas left out, told where nothing more exact is known.
    """
    if outcome.proving is not outcome:
        outcome, proven = outcome.proving, ()  # solvers see sizes that are larger than they need to be
    found = [
        *unavoidable(outcome),
        *_nowhere(outcome),
        *_pigeonholes(outcome),
        *_spreads(outcome),
        *_gatherings(outcome),
        *_caps(outcome),
        *(tuple(_shortages(outcome)) or _crowds(outcome)),
    ]
    if not found:
        names = _names(outcome, [left.workload for left in outcome.left_out])
        rules = tuple(sorted(missing_rooms(outcome)))
        found = [_proven(outcome, message, names) for message in proven]
        if not found and bound > 0 and (names or rules):
            message = f"no plan leaves out fewer than {counted(bound, 'replica')} (proven by {method})"
            found = [Conflict(workloads=names, rules=rules, message=message)]
    return tuple(found[:MOST_CONFLICTS])


def _proven(outcome: Outcome, message: str, names: tuple[str, ...]) -> Conflict:
    """A sentence of the solver with workloads instead of item types, and the rules that it names."""
    problem = outcome.problem
    forms: tuple[Form, ...] = (
        *problem.limits, *problem.apart, *problem.together, *problem.near, *problem.spreads, *problem.rooms,
        *problem.quotas, *problem.caps,
    )  # fmt: skip
    rules = dict.fromkeys(form.rule for form in forms if form.rule in message)

    def named(match: re.Match[str]) -> str:
        return _listed(_workloads(outcome, np.array([int(match[1])]))) or "room kept free"

    return Conflict(workloads=names, rules=tuple(rules), message=re.sub(r"item type (\d+)", named, message))


def unavoidable(outcome: Outcome) -> tuple[Conflict, ...]:
    """Rules that break whatever the plan: room kept free that no host has, hosts beyond a quota."""
    found = []
    for item, (rule, shape) in outcome.names.room.items():
        if outcome.left[item] > 0 and not outcome.problem.fits[item].any():
            asked = ", ".join(outcome.amount(r, v) for r, v in enumerate(outcome.problem.size[item]) if v)
            message = f"{rule} wants room for a replica of {asked or shape}, which no selected host has"
            found.append(Conflict(workloads=(), rules=(rule,), message=message))
    for quota in outcome.problem.quotas:
        kept = int((quota.weight * outcome.problem.required).sum())
        if kept > quota.most:
            taken, most = written(quota, kept), written(quota, quota.most)
            message = f"hosts that cannot be released take {taken} of {quota.rule}, which allows {most}"
            found.append(Conflict(workloads=(), rules=(quota.rule,), message=message))
    return tuple(found)


def missing_rooms(outcome: Outcome) -> frozenset[str]:
    """Headroom rules for which the solution found no room."""
    return frozenset(rule for item, (rule, _) in outcome.names.room.items() if outcome.left[item] > 0)


def _nowhere(outcome: Outcome) -> Iterator[Conflict]:
    """Workloads that no host admits even when empty; those with the same reasons share a conflict."""
    alike: dict[tuple[tuple[str, ...], str], list[LeftOut]] = defaultdict(list)
    for left in outcome.left_out:
        if not outcome.problem.fits[left.item].any():
            steps = _needed(admission_steps(outcome, left))
            alike[tuple(step.rule for step in steps), _walk(outcome, steps)].append(left)
    for (rules, walk), members in alike.items():
        names = _names(outcome, [left.workload for left in members])
        yield Conflict(workloads=names, rules=rules, message=f"{_listed(names)}: {walk}")


def _needed(steps: Sequence[Step]) -> list[Step]:
    """A smallest set of steps that together leave no host: without any one of them some host is left."""
    needed = list(steps)
    for step in steps:
        rest = [other for other in needed if other is not step]
        if rest and _left_over(rest).sum() == 0:
            needed = rest
    return needed


def _left_over(steps: Sequence[Step]) -> Bools:
    left: Bools = ~np.any([step.blocked for step in steps], axis=0)
    return left


def _walk(outcome: Outcome, steps: Sequence[Step]) -> str:
    """`none of 40 hosts is left: 37 removed by 'fast' (no label disk=fast), 3 by 'taints' (…)`."""
    remaining = np.ones(len(outcome.names.offerings), dtype=bool)
    if not remaining.size:
        return "there are no hosts: no pool opens any, and none stands"
    said: list[str] = []
    for step in steps:
        onward = remaining & ~step.blocked
        gone = remaining & ~np.isin(outcome.kind, outcome.kind[onward])
        if gone.any():
            detail = "; ".join(reason.detail for reason in step.reasons(outcome, gone))
            said.append(f"{outcome.counted(gone):,}{'' if said else ' removed'} by {step.rule!r} ({detail})")
        remaining = onward
    return f"none of {counted(len(np.unique(outcome.kind)), 'host')} is left: {', '.join(said)}"


def _pigeonholes(outcome: Outcome) -> Iterator[Conflict]:
    """More copies than domains (or hosts) times the most that each may hold."""
    problem = outcome.problem
    for limit in problem.limits:
        copies = int(problem.count[limit.items].sum())
        bins: Bools = np.any(problem.fits[limit.items], axis=0)
        if not outcome.left[limit.items].any() or not bins.any():
            continue
        holes = _domains(outcome, bins, limit.level)
        if holes is not None and copies > holes * limit.most:
            names = _workloads(outcome, limit.items)
            kind = one_domain(limit.level, outcome.rule_of(limit.rule))
            message = (
                f"{limit.rule} lets {limit.most:,} of {_listed(names)} into one {kind}; "
                f"{counted(copies, 'replica')} do not go into the {counted(holes, kind)} that admit them"
            )
            yield Conflict(workloads=names, rules=(limit.rule,), message=message)


def _domains(outcome: Outcome, bins: Bools, level: int) -> int | None:
    """The most domains of a level that hosts of these bin types can stand in; None is without limit."""
    if level == HOST:
        most = int(reach(outcome.problem, bins, np.ones((outcome.problem.bins, 1), dtype=np.int64))[0])
        return None if most >= UNLIMITED else most
    domains = outcome.problem.domain[bins, level]
    return None if (domains < 0).any() else len(np.unique(domains))


def _spreads(outcome: Outcome) -> Iterator[Conflict]:
    """A domain that takes no copy holds all others down to max_skew each."""
    problem = outcome.problem
    for spread in problem.spreads:
        copies = int(problem.count[spread.items].sum())
        if not outcome.left[spread.items].any():
            continue
        reached = problem.domain[problem.fits[spread.items].any(axis=0), spread.level]
        closed = [int(domain) for domain in spread.domains if domain not in reached]
        most = spread.max_skew * (len(spread.domains) - len(closed))
        if (closed or spread.zero_minimum) and copies > most:
            names = _workloads(outcome, spread.items)
            why = (
                f"{outcome.names.domains[closed[0]]} can take none"
                if closed
                else "there are fewer domains than min_domains"
            )
            message = (
                f"{spread.rule} holds every {level_name(spread.level)} to {spread.max_skew:,} of {_listed(names)}, "
                f"because {why}; that makes {most:,} of {counted(copies, 'replica')}"
            )
            yield Conflict(workloads=names, rules=(spread.rule,), message=message)


def _gatherings(outcome: Outcome) -> Iterator[Conflict]:
    """Replicas that must stand together on one host that is large enough, or beside what fits nowhere near."""
    problem = outcome.problem
    for together in problem.together:
        if together.level == HOST and outcome.left[together.items].any():
            asked = (problem.size[together.items] * problem.count[together.items][:, None]).sum(axis=0)
            bins = problem.fits[together.items].all(axis=0)
            if not (problem.capacity[bins] >= asked).all(axis=1).any():
                names = _workloads(outcome, together.items)
                total = ", ".join(outcome.amount(r, value) for r, value in enumerate(asked) if value)
                message = f"{together.rule} wants all of {_listed(names)} on one host; none has {total}"
                yield Conflict(workloads=names, rules=(together.rule,), message=message)
        elif outcome.left[together.items].any() and not _meet(outcome, together):
            names = _workloads(outcome, together.items)
            kind = one_domain(together.level, outcome.rule_of(together.rule))
            message = f"{together.rule} wants all of {_listed(names)} in one {kind}; none admits all of them"
            yield Conflict(workloads=names, rules=(together.rule,), message=message)
    for near in problem.near:
        if near.level == HOST or not outcome.left[near.a].any():
            continue
        near_b = problem.domain[problem.fits[near.b].any(axis=0), near.level]
        for item in near.a[outcome.left[near.a] > 0]:
            if problem.fits[item].any() and not np.isin(problem.domain[problem.fits[item], near.level], near_b).any():
                names = _workloads(outcome, np.append(near.b, item))
                kind = one_domain(near.level, outcome.rule_of(near.rule))
                message = f"{near.rule} wants {_listed(names)} in one {kind}; none admits both"
                yield Conflict(workloads=names, rules=(near.rule,), message=message)


def _meet(outcome: Outcome, together: Together) -> bool:
    """Whether some domain has a host for each of the items; hosts outside all domains count as one."""
    if together.level == HOST:
        return True
    fits = outcome.problem.fits[together.items[outcome.problem.count[together.items] > 0]]
    domains = outcome.problem.domain[:, together.level]
    return any(fits[:, domains == domain].any(axis=1).all() for domain in np.unique(domains))


def _caps(outcome: Outcome) -> Iterator[Conflict]:
    """Replicas that weigh more than a cap allows even where each weighs least."""
    problem = outcome.problem
    for cap in problem.caps:
        fits = problem.fits[cap.items]
        if not outcome.left[cap.items].any() or not fits.any(axis=1).all():
            continue
        lightest = np.where(fits, cap.weight, cap.weight.max(initial=0)).min(axis=1)
        asked = int((lightest * problem.count[cap.items]).sum())
        if asked > cap.most:
            names = _workloads(outcome, cap.items)
            message = f"{_listed(names)}: {written(cap, asked)} at least; {cap.rule} allows {written(cap, cap.most)}"
            yield Conflict(workloads=names, rules=(cap.rule,), message=message)


def _shortages(outcome: Outcome) -> Iterator[Conflict]:
    """Workloads that may go to the same hosts only, and ask for more than all of those have."""
    problem = outcome.problem
    seen: set[bytes] = set()
    for item in np.flatnonzero(outcome.left > 0):
        bins = problem.fits[item]
        if not bins.any() or bins.tobytes() in seen:
            continue
        seen.add(bins.tobytes())
        inside = problem.fits.any(axis=1) & ~(problem.fits & ~bins).any(axis=1)
        asked = (problem.size[inside] * problem.count[inside][:, None]).sum(axis=0)
        given = reach(problem, bins, problem.capacity)
        for r in np.flatnonzero(asked > given)[:1]:
            names = _workloads(outcome, np.flatnonzero(inside))
            rooms = tuple(dict.fromkeys(rule for i, (rule, _) in outcome.names.room.items() if inside[i]))
            kept = tuple(f"the room kept by {rule}" for rule in rooms)
            quotas = blamed(problem, bins, problem.capacity, int(r), int(asked[r]))
            message = (
                f"{_listed((*names, *kept))}: {outcome.amount(r, asked[r])} asked for; "
                f"{_whose(quotas)} have {outcome.amount(r, given[r])} together"
            )
            yield Conflict(workloads=names, rules=(*(quotas or ("capacity",)), *rooms), message=message)


def _crowds(outcome: Outcome) -> Iterator[Conflict]:
    """More copies of one shape than go onto all hosts that admit it, were it alone there."""
    problem = outcome.problem
    for item in np.flatnonzero(outcome.left > 0):
        bins, size = problem.fits[item], problem.size[item]
        if not bins.any() or not size.any() or item in outcome.names.room:
            continue
        copies: Ints = (problem.capacity[:, size > 0] // size[size > 0]).min(axis=1)[:, None]
        given, asked = int(reach(problem, bins, copies)[0]), int(problem.count[item])
        if asked > given:
            names = _workloads(outcome, np.array([item]))
            quotas = blamed(problem, bins, copies, 0, asked)
            message = (
                f"{_listed(names)}: {_whose(quotas)} hold {given:,} of {counted(asked, 'replica')}, even when empty"
            )
            yield Conflict(workloads=names, rules=quotas or ("capacity",), message=message)


def _whose(quotas: Sequence[str]) -> str:
    return f"all hosts that {' and '.join(quotas)} allow" if quotas else "all hosts that admit them"


def _workloads(outcome: Outcome, items: Ints) -> tuple[str, ...]:
    return _names(outcome, [part.workload for item in items for part in outcome.names.parts[item]])


def _names(outcome: Outcome, workloads: Sequence[int]) -> tuple[str, ...]:
    return tuple(outcome.name(w) for w in dict.fromkeys(workloads))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
