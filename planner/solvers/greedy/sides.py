"""Sides: bind copies to the places that suit them in cost and caps, before hosts are chosen.

Storage in one cloud and cheap hosts in another, a host that replicas leave at a price, or a cap on what
may stand where: bin types on which a copy costs and weighs the same are a *side* of it. Copies are
dealt to sides as the linear relaxation does, what rounding leaves going to the next lot alike.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from planner.bounds.kinds import item_kinds
from planner.problem import Problem
from planner.problem.forms import Ints
from planner.solvers.greedy.charges import Charges
from planner.solvers.greedy.lots import Lot

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Sides:
    """The sides of each item type.

    Parameters
    ----------
    problem : Problem
    charges : Charges

    Attributes
    ----------
    of_kind : dict of item kind to (int64[B], tuple)
        The side of each bin type, and what the sides cost and weigh: alike for items of equal standing.
    """

    def __init__(self, problem: Problem, charges: Charges) -> None:
        self.problem, self.charges = problem, charges
        self.any = charges.regret is not None or bool(problem.caps)
        self.kinds = item_kinds(problem)
        self.of_kind: dict[int, tuple[Ints, bytes]] = {}
        self.caps = [(dict(zip(cap.items.tolist(), range(len(cap.items)), strict=True)), cap) for cap in problem.caps]

    def ways(self, narrowed: Problem, lots: list[Lot], flow: Floats) -> list[list[Lot]]:
        """The lots bound to sides by the relaxation, and to where they cost least; none where nothing differs.

        Parameters
        ----------
        narrowed : Problem
            The problem, perhaps with fewer places.
        lots : list of Lot
        flow : float64[I, B]
            Copies of item types on bin types in the relaxation.
        """
        if not self.any:
            return []
        fits = [_fits(narrowed, lot) for lot in lots]
        ways = [self._along(lots, fits, flow)] if flow.any() else []
        return [*ways, *([] if self.charges.regret is None else [self._cheapest(lots, fits)])]

    def _along(self, lots: list[Lot], places: list[Bools], flow: Floats) -> list[Lot]:
        """Whole copies on each side as in the relaxation; lots without flow stay free.

        What the relaxation leaves out is kept where it weighs nothing in any cap.
        """
        owed: dict[bytes, Floats] = defaultdict(lambda: np.zeros(1))
        cut: list[Lot] = []
        for lot, fits in zip(lots, places, strict=True):
            side, standing = self._sides(lot.unit.items[0])
            share = np.bincount(side, weights=np.where(fits, flow[lot.unit.items[0]], 0.0))
            open_sides = np.bincount(side, weights=fits) > 0
            whole = float(flow[lot.unit.items[0]].sum())
            if not fits.any() or share.sum() <= 0 < whole:
                cut.append(lot)
                continue
            placed = min(1.0, whole / max(1, int(self.problem.count[lot.unit.items[0]])))
            want = np.append(lot.count * placed * share / max(share.sum(), 1e-12), lot.count * (1.0 - placed))
            want += owed[standing]
            may_take = np.append(open_sides, placed < 1 - 1e-6)
            copies = _rounded(np.where(may_take, np.maximum(want, 1e-9), 0.0), lot.count)
            owed[standing] = want - copies
            out, copies = int(copies[-1]), copies[:-1]
            if out:
                weightless = fits & self._weightless(lot)
                cut.append(Lot(lot.unit, out, weightless if weightless.any() else lot.bins))
            cut.extend(Lot(lot.unit, int(copies[s]), fits & (side == s)) for s in np.flatnonzero(copies).tolist())
        return cut

    def _cheapest(self, lots: list[Lot], places: list[Bools]) -> list[Lot]:
        """Each lot where it costs least beside the host."""
        regret = self.charges.of_rows([lot.unit.content for lot in lots])
        bound = []
        for n, (lot, fits) in enumerate(zip(lots, places, strict=True)):
            least = fits & (regret[n] <= regret[n][fits].min(initial=np.inf)) if regret is not None else fits
            bound.append(Lot(lot.unit, lot.count, least) if fits.any() else lot)
        return bound

    def _weightless(self, lot: Lot) -> Bools:
        """bool[B]: where a lot weighs nothing in any cap."""
        weighs = [cap.weight[row[i]] for i in lot.unit.items for row, cap in self.caps if i in row]
        return np.asarray(~np.any(weighs, axis=0)) if weighs else np.ones(self.problem.bins, dtype=bool)

    def _sides(self, item: int) -> tuple[Ints, bytes]:
        kind = int(self.kinds[item])
        if kind not in self.of_kind:
            rows = [np.zeros(self.problem.bins)]
            rows += [] if self.charges.regret is None else [self.charges.regret[item]]
            rows += [cap.weight[row[item]].astype(float) for row, cap in self.caps if item in row]
            told = np.where(np.isfinite(rows), rows, -1.0)
            standing, side = np.unique(told, axis=1, return_inverse=True)
            self.of_kind[kind] = side.reshape(-1), standing.tobytes()
        return self.of_kind[kind]


def _fits(problem: Problem, lot: Lot) -> Bools:
    fits = np.logical_and.reduce([problem.fits[i] for i in lot.unit.items])
    return np.asarray(fits if lot.bins is None else fits & lot.bins)


def _rounded(want: Floats, count: int) -> Ints:
    """Whole copies, `count` in all, shared as is wanted (not negative): largest remainders first."""
    scaled = want * count / want.sum()
    copies: Ints = np.floor(scaled + 1e-9).astype(np.int64)
    for s in np.argsort(copies - scaled, kind="stable")[: count - int(copies.sum())]:
        copies[s] += 1
    return copies
