"""A bound from the duals of the master program that does not trust the LP solver.

Any duals of the right sign give a valid bound: the Lagrangian with every variable at the cheaper end of
its range (A. Neumaier, O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming",
2004). It holds for columns that were never added, too, and shows which of them to add.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import comb

import numpy as np

from planner.bounds.master import PENALTY, Floats, Ints, Master


@dataclass(frozen=True, eq=False)
class Priced:
    """What the duals of a solve say.

    Attributes
    ----------
    bound : float
        Of the objective, in its own units (micro-USD, hosts, copies).
    reduced : float64[C, B]
        Reduced cost of a copy of a class on a bin type; infinite where it does not fit.
    by_lp : float64[C, B]
        The same by the LP's own duals, before room was priced anew.
    reduced_open : float64[B]
        Reduced cost of a host.
    worth : float64[C]
        What one more copy of a class costs, in the objective's units.
    room : float64[B, R]
        What one more unit of a resource on a host of each bin type is worth.
    """

    bound: float
    reduced: Floats
    by_lp: Floats
    reduced_open: Floats
    worth: Floats
    room: Floats


def price(master: Master) -> Priced:
    """Price every column by the duals of the last solve, and bound the objective by them."""
    classes, problem = master.classes, master.problem
    demand = np.array([row.dual_value() for row in master.demand])
    constant = float(demand @ classes.count)
    beside = 0.0 if master.beside is None else master.beside
    reduced = np.where(classes.fits, beside - demand[:, None], np.inf)
    reduced_open = master.price.copy()
    for budget, row in master.budgets:
        if dual := min(0.0, row.dual_value()):
            constant += dual * budget.most
            reduced_open -= dual * budget.host
            reduced -= 0.0 if budget.copy is None else dual * budget.copy
    staying = np.zeros(classes.number)
    for cover, row in master.covers:
        if dual := max(0.0, row.dual_value()):
            constant += dual * cover.least
            reduced_open -= dual * cover.host
            staying += dual * cover.copy
            reduced -= 0.0 if cover.flow is None else dual * cover.flow
    room = np.zeros(problem.capacity.shape)
    for b, rows in enumerate(master.rows):
        for n, (host_row, row) in enumerate(rows):
            if dual := min(0.0, row.dual_value()):
                reduced_open[b] += dual * host_row.room
                reduced[host_row.classes, b] -= dual * host_row.factor
                if n < len(master.limited[b]):
                    r = master.limited[b][n]
                    room[b, r] = -dual / max(1, problem.capacity[b, r])
    sums: dict[int, float] = {}
    for domain_rows in master.domain_rows:
        clip = max if domain_rows.at_least else min
        duals = {d: clip(0.0, row.dual_value()) for d, row in domain_rows.rows.items()}
        sums[id(domain_rows)] = sum(duals.values())
        constant += sums[id(domain_rows)] * domain_rows.most
        if any(duals.values()):
            per_bin = np.array([duals.get(d, 0.0) for d in problem.domain[:, domain_rows.level].tolist()])
            reduced[domain_rows.classes] -= per_bin
    for upper, lower, least, most in master.lows:
        dual = sums[id(upper)] + sums[id(lower)]
        constant += dual * (least if dual >= 0 else most)
    by_lp = reduced.copy()
    _spend_slack(master, reduced, reduced_open, room)
    stay = np.zeros(classes.number)
    for rank, (most, row) in master.stays.items():
        dual = min(0.0, row.dual_value())
        constant += dual * most
        stay[classes.rank == rank] = dual
    outside = np.minimum(master.stay_cost - stay, PENALTY) - staying - demand
    cheapest = np.minimum(reduced.min(axis=1, initial=np.inf), outside)
    constant += float(np.minimum(0.0, cheapest) @ classes.count)
    constant += float(np.where(reduced_open >= 0, reduced_open * master.least, reduced_open * master.most).sum())
    unit = master.unit
    return Priced(constant * unit, reduced, by_lp, reduced_open * unit, demand * unit, room * unit)


def _spend_slack(master: Master, reduced: Floats, reduced_open: Floats, room: Floats) -> None:
    """Price room anew on bin types whose absent columns look cheap, in place.

    Where a host is dearer than what it can carry, the LP is free to choose the worth of its room, and
    chooses badly for columns that it does not know. Room is priced in the mix of resources of a bin type
    in use, or in one of many fixed ones, just so high that no column is cheap, at most until the host is
    paid for: on top of what the LP says, or instead of it.
    """
    classes, capacity = master.classes, master.problem.capacity
    mixes = np.unique(np.round(room[room.any(axis=1)], 12), axis=0)
    for b in np.flatnonzero(reduced.min(axis=0, initial=0.0) < -1e-12).tolist():
        limited, here = master.limited[b], np.flatnonzero(classes.fits[:, b])
        mix = np.vstack([mixes[:, limited], _shares(len(limited)) / np.maximum(capacity[b, limited], 1)])
        paid = mix @ capacity[b, limited]
        mix = mix[paid > 0] / paid[paid > 0, None]
        size, count = classes.size[np.ix_(here, limited)].astype(np.float64), classes.count[here]
        known = room[b, limited]
        choices = []
        for base in (known, np.zeros_like(known)):
            slack = reduced_open[b] + (known - base) @ capacity[b, limited]
            short = size @ (known - base) - reduced[here, b]
            if slack > 0 and (short > 0).any():
                choices.append((*_cheapest_mix(short, slack * (size @ mix.T), count), slack, base))
        if choices:
            missed, share, n, slack, base = min(choices, key=lambda choice: choice[:2])
            if missed < count @ np.maximum(0.0, -reduced[here, b]):
                chosen = base + share * slack * mix[n]
                reduced[here, b] += size @ (chosen - known)
                reduced_open[b] += (known - chosen) @ capacity[b, limited]
                room[b, limited] = chosen


def _cheapest_mix(short: Floats, gain: Floats, count: Ints) -> tuple[float, float, int]:
    """What the best mix leaves uncovered, the share of the slack that it needs, and its number.

    `short` float64[C] is missing for copies of each class, `gain` float64[C, mixes] what each mix adds.
    """
    missed = count @ np.maximum(0.0, short[:, None] - gain)
    lacking = short > 0
    share = np.minimum(1.0, (short[lacking, None] / np.maximum(gain[lacking], 1e-300)).max(axis=0))
    best = int(np.lexsort((share, missed))[0])
    return float(missed[best]), float(share[best]), best


@cache
def _shares(resources: int) -> Floats:
    """float64[_, R]: ways to share a price among resources, on a grid of at most a hundred."""
    parts = next(n for n in range(40, 0, -1) if n == 1 or comb(n + resources - 1, resources - 1) <= 100)
    bars = combinations(range(parts + resources - 1), resources - 1)
    edges = np.array([(-1, *bar, parts + resources - 1) for bar in bars])
    return np.asarray((np.diff(edges, axis=1) - 1) / parts)
