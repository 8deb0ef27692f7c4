"""A trial: the core problem that a decision makes of a whole one, and the way back.

Forms that are kept join those of the core. Of a form to mend that is not kept, copies that break it
today become rows of their own, which are bound to their domain and left out of the form.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.problem import UNLIMITED, Problem, Solution
from planner.problem.extras.soft import Stay
from planner.problem.forms import HOST, Apart, Cap, Form, Ints, Limit, Near, Quota, Spread, Together
from planner.problem.takeover import rid_of, secured
from planner.solvers.steered.dealt import level_dealt
from planner.solvers.steered.decision import Decision

Bools = npt.NDArray[np.bool_]
_FIELD: dict[type, str] = {
    Limit: "limits", Apart: "apart", Together: "together", Near: "near", Spread: "spreads", Quota: "quotas",
    Cap: "caps",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Row:
    """Copies of an item type that may go to the same places and are left out of the same soft forms."""

    item: int
    copies: int
    fits: Bools
    let_off: frozenset[int] = frozenset()


@dataclass(frozen=True, eq=False)
class Trial:
    """A problem without extras, and whose copies its rows are.

    Attributes
    ----------
    whole : Problem
    problem : Problem
        Item types are rows; behind them may stand room to spare for survivals.
    item : int64[rows]
        The item type of the whole that each row holds copies of.
    """

    whole: Problem
    problem: Problem
    item: Ints

    @classmethod
    def of(cls, whole: Problem, decision: Decision, groups: tuple[Ints, ...]) -> Trial:
        """Narrow a problem by a decision."""
        rows = [_Row(i, int(n), whole.fits[i] & _home(whole, decision, groups, i)) for i, n in enumerate(whole.count)]
        if decision.dealt:
            rows = _dealt(whole, decision, rows)
        for f, soft in enumerate(whole.extras.soft):
            if soft.mend and f not in decision.kept:
                for stay in soft.stays:
                    rows = _let_off(rows, f, stay)
        kept = [(f, soft.form) for f, soft in enumerate(whole.extras.soft) if f in decision.kept]
        kept += [
            (f, soft.loose)
            for f, soft in enumerate(whole.extras.soft)
            if f not in decision.kept and soft.loose is not None
        ]
        item = np.array([row.item for row in rows], dtype=np.int64)
        problem = _over_rows(whole.core, rows, item)
        if decision.licensed:
            problem = replace(problem, placing=_with_licences(whole, problem, item))
        for f, form in kept:
            problem = _joined(problem, rows, f, form)
        reserved = () if decision.dealt is not None else zip(whole.extras.survivals, decision.over, strict=True)
        for survival, domains in reserved:
            survives = np.append(survival.survives[item], np.zeros(problem.items - len(item), dtype=bool))
            problem = secured(problem, replace(survival, survives=survives), domains)
        return cls(whole, problem, item)

    def back(self, solution: Solution) -> Solution:
        """A solution of the trial as one of the whole; hosts that only had room to spare stay open."""
        patterns = []
        for b, multiplicity, content in rid_of(solution, len(self.item)).patterns():
            inside: dict[int, int] = defaultdict(int)
            for row, copies in content.items():
                inside[int(self.item[row])] += copies
            patterns.append((b, multiplicity, inside))
        return Solution.of(patterns)

    def forth(self, solution: Solution) -> Solution:
        """A solution of the whole as one of the trial; copies go to the rows with the fewest places first."""
        left = self.problem.count[: len(self.item)].copy()
        narrow = self.problem.fits[: len(self.item)].sum(axis=1)
        rows_of: dict[int, list[int]] = defaultdict(list)
        for row in np.argsort(narrow, kind="stable").tolist():
            rows_of[int(self.item[row])].append(row)
        patterns = []
        for b, multiplicity, content in solution.patterns():
            for _ in range(multiplicity):
                inside: dict[int, int] = defaultdict(int)
                for item, copies in content.items():
                    for row in rows_of[item]:
                        some = min(copies, int(left[row])) if self.problem.fits[row, b] else 0
                        inside[row] += some
                        left[row] -= some
                        copies -= some
                patterns.append((b, 1, inside))
        return Solution.of(patterns)


def _home(whole: Problem, decision: Decision, groups: tuple[Ints, ...], item: int) -> Bools:
    inside = np.ones(whole.bins, dtype=bool)
    for group, home in zip(groups, decision.homes, strict=True):
        if home is not None and item in group:
            inside &= whole.domain[:, home[0]] == home[1]
    return inside


def _dealt(whole: Problem, decision: Decision, rows: list[_Row]) -> list[_Row]:
    """Rows cut by the domains that their copies are dealt to."""
    level = level_dealt(whole)
    cut = [
        replace(rows[item], copies=copies, fits=rows[item].fits & (whole.domain[:, level] == domain))
        for item, domain, copies in decision.dealt or ()
    ]
    inside = {row.item for row in cut}
    return sorted([*cut, *(row for row in rows if row.item not in inside)], key=lambda row: row.item)


def _let_off(rows: list[_Row], form: int, stay: Stay) -> list[_Row]:
    """Leave copies of an item out of a form: first some that other forms let off in the same places."""
    left = stay.copies
    split: list[_Row] = []
    for row in sorted(rows, key=lambda row: -len(row.let_off)):
        places = row.fits & stay.bins
        some = min(left, row.copies) if row.item == stay.item and form not in row.let_off and places.any() else 0
        if some:
            left -= some
            split.append(_Row(row.item, some, places, row.let_off | {form}))
        if not some or row.copies > some or not row.let_off:
            split.append(replace(row, copies=row.copies - some))
    return sorted(split, key=lambda row: (len(row.let_off) > 0, row.item))


def _over_rows(core: Problem, rows: list[_Row], item: Ints) -> Problem:
    """The core over rows instead of item types."""

    def forms(found: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(_over(form, rows, item) for form in found)

    return replace(
        core,
        size=core.size[item],
        priority=core.priority[item],
        count=np.array([row.copies for row in rows], dtype=np.int64),
        fits=np.array([row.fits for row in rows], dtype=bool).reshape(len(rows), core.bins),
        placing=None if core.placing is None else core.placing[item],
        moving=None if core.moving is None else core.moving[item],
        limits=forms(core.limits),
        apart=forms(core.apart),
        together=forms(core.together),
        near=forms(core.near),
        spreads=forms(core.spreads),
        caps=forms(core.caps),
        relaxation=None,
    )


def _over(form: Form, rows: list[_Row], item: Ints, let_off: int = -1) -> Form:
    """A form on items as one on rows, without those that are let off."""
    bound = np.array([let_off not in row.let_off for row in rows], dtype=bool)

    def on_rows(items: Ints) -> Ints:
        return np.flatnonzero(np.isin(item, items) & bound)

    match form:
        case Cap():
            at = {int(i): k for k, i in enumerate(form.items)}
            held = on_rows(form.items)
            return replace(form, items=held, weight=form.weight[[at[int(item[row])] for row in held]])
        case Apart() | Near():
            return replace(form, a=on_rows(form.a), b=on_rows(form.b))
        case Limit() | Together() | Spread():
            return replace(form, items=on_rows(form.items))
    return form


def _joined(problem: Problem, rows: list[_Row], f: int, form: Form) -> Problem:
    """The problem with one more form; items that need a domain keep to hosts that have one, where they can."""
    item = np.array([row.item for row in rows], dtype=np.int64)
    made = _over(form, rows, item, f)
    if isinstance(made, Together | Near | Spread) and made.level != HOST:
        fits = problem.fits.copy()
        inside = problem.domain[:, made.level] >= 0
        for row in made.a if isinstance(made, Near) else made.items:
            if (fits[row] & inside).any():
                fits[row] &= inside
        problem = replace(problem, fits=fits)
    name = _FIELD[type(made)]
    empty = any(not len(getattr(made, side)) for side in ("items", "a", "b") if hasattr(made, side))
    joined: dict[str, Any] = {name: (*getattr(problem, name), made)}
    return problem if empty else replace(problem, **joined)


def _with_licences(whole: Problem, problem: Problem, item: Ints) -> Ints:
    """int64[rows, B]: what copies cost beside the host, and their share of the host's licences by size."""
    placing = np.zeros((problem.items, problem.bins)) if problem.placing is None else problem.placing.astype(float)
    room = np.where(problem.capacity < UNLIMITED, np.maximum(problem.capacity, 1), np.inf)
    share = (problem.size[:, None, :] / room[None, :, :]).max(axis=2, initial=0.0)
    for licence in whole.extras.licences:
        placing = placing + np.isin(item, licence.items)[:, None] * share * licence.weight
    return np.asarray(placing, dtype=np.int64)
