"""Soft forms: forms that a plan may break, at a price or no worse than today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from planner.problem.forms import HOST, Apart, Cap, Form, Ints, Limit, Near, Quota, Spread, Together
from planner.problem.solution import Solution

if TYPE_CHECKING:
    from planner.problem.problem import Problem

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stay:
    """So many copies of an item type may stay in `bins` (bool[B]), where they break a form today."""

    item: int
    bins: Bools
    copies: int


@dataclass(frozen=True, eq=False)
class Soft:
    """A form with the price of one breach.

    Attributes
    ----------
    form : Form
    price : int
        Micro-USD per hour and breach; 0 for a form to mend.
    mend : bool
        Whether its breaches count in the goal tier `breaches`, and may not be more than today.
    today : int
        To mend: the breaches of today's placement.
    loose : Form or None
        To mend: what holds for all copies but those that stay.
    stays : tuple of Stay
        To mend: copies that break the form today, as many as its breaches. Where these stay, left out
        of the form, and all others keep to `loose`, it is broken no more than today.
    """

    form: Form
    price: int
    mend: bool = False
    today: int = 0
    loose: Form | None = None
    stays: tuple[Stay, ...] = ()

    def breaches(self, problem: Problem, solution: Solution) -> int:
        """How often a solution breaks the form (see `problem.breaches`)."""
        from planner.problem.breaches import breaches

        return breaches(problem, solution, self.form)


def mending(problem: Problem, form: Form, now: Solution) -> Soft:
    """A form to mend, let off as far as the placement of today breaks it.

    Parameters
    ----------
    problem : Problem
    form : Form
    now : Solution
        What runs today, on the bin types of the standing hosts. It may break anything.
    """
    from planner.problem.breaches import breaches

    loose: Form = form
    if isinstance(form, Quota):
        loose = replace(form, most=max(form.most, int((form.weight * now.bins_used(problem.bins)).sum())))
    elif isinstance(form, Cap):
        from planner.problem.score import cap_use

        loose = replace(form, most=max(form.most, cap_use(now, form)))
    fitting = Solution.of(
        (b, n, {i: k for i, k in content.items() if problem.fits[i, b]}) for b, n, content in now.patterns()
    )
    today = min(breaches(problem, running, form) for running in (now, fitting))
    return Soft(form, 0, True, today, loose, tuple(_stays(problem, form, now)))


def _stays(problem: Problem, form: Form, now: Solution) -> list[Stay]:
    """The copies that break a form over domains today.

    Limit and Spread: those beyond what the domain may hold. Apart: the fewer of both sides. Near: `a`
    without a `b`. Together: those outside the domain that holds most.
    """
    match form:
        case Limit():
            held = _held(problem, now, form.items, form.level)
            over = {domain: sum(each.values()) - form.most for domain, each in held.items() if domain != NOWHERE}
            return _taken(problem, held, over, form.level)
        case Spread():
            held = _held(problem, now, form.items, form.level)
            counts = {int(d): sum(held.get((int(d),), {}).values()) for d in form.domains}
            most = (0 if form.zero_minimum else min(counts.values())) + form.max_skew
            return _taken(problem, held, {(d,): n - most for d, n in counts.items()}, form.level)
        case Apart():
            a, b = (_held(problem, now, items, form.level) for items in (form.a, form.b))
            stays = []
            for domain in (a.keys() & b.keys()) - {NOWHERE}:
                fewer = min(a[domain], b[domain], key=lambda each: sum(each.values()))
                stays += _taken(problem, {domain: fewer}, {domain: sum(fewer.values())}, form.level)
            return stays
        case Near():
            a, b = (_held(problem, now, items, form.level) for items in (form.a, form.b))
            return _taken(problem, a, {d: sum(each.values()) for d, each in a.items() if d not in b}, form.level)
        case Together():
            held = _held(problem, now, form.items, form.level)
            total = {domain: sum(each.values()) for domain, each in held.items()}
            home = max(total, key=lambda domain: (total[domain], domain), default=NOWHERE)
            return _taken(problem, held, {d: n for d, n in total.items() if d != home}, form.level)
    return []


Domain = tuple[int, ...]
"""A domain's id; at the host level a host's bin type and its pattern."""
NOWHERE: Domain = (-1,)


def _held(problem: Problem, now: Solution, items: Ints, level: int) -> dict[Domain, dict[int, int]]:
    """Copies of each of `items` in each domain that holds any."""
    wanted = set(items.tolist())
    found: dict[Domain, dict[int, int]] = {}
    for p, (b, multiplicity, content) in enumerate(now.patterns()):
        for n in range(multiplicity if level == HOST else 1):
            domain = (b, p, n) if level == HOST else (int(problem.domain[b, level]),)
            for item, copies in content.items():
                if item in wanted:
                    inside = found.setdefault(domain, {})
                    inside[item] = inside.get(item, 0) + (copies if level == HOST else copies * multiplicity)
    return found


def _taken(problem: Problem, held: dict[Domain, dict[int, int]], over: dict[Domain, int], level: int) -> list[Stay]:
    """So many copies of what each domain holds, the items in their order; no host that an item does not fit."""
    stays = []
    for domain, left in over.items():
        bins = np.arange(problem.bins) == domain[0] if level == HOST else problem.domain[:, level] == domain[0]
        for item, copies in sorted(held.get(domain, {}).items()):
            some = min(copies, left)
            if some > 0 and (problem.fits[item] & bins).any():
                stays.append(Stay(item, bins, some))
                left -= some
    return stays
