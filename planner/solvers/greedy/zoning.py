"""Choose domains before hosts: bind every unit that a domain form speaks of to cells.

A *cell* is a set of bin types that no domain form tells apart (most often a zone). Pre-assigning
replicas to zones and packing each zone alone costs next to nothing against packing all at once,
and leaves limits on single hosts as the only forms that packing has to know.

Units are taken largest first, after those they must be near. Each copy goes to the admitted cell
that lags most behind its share in the linear relaxation.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import networkx as nx
import numpy as np
import numpy.typing as npt

from planner.bounds.kinds import item_kinds
from planner.problem import Apart, Limit, Near, Problem, Spread, Together
from planner.problem.forms import HOST
from planner.solvers.greedy.lots import Lot, Unit
from planner.solvers.greedy.pack import Packed

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
DomainForm = Limit | Apart | Together | Near | Spread
MANY = 64
"""From this many copies on, an even base is dealt at once and only the rest copy by copy, whatever the skew."""


@dataclass
class _Counts:
    """Copies that a form has in each domain so far: the items it limits, or its two sides.

    `mutual`: the others that its items must be near must be near these in turn, so some come first.
    """

    form: DomainForm
    mutual: bool = False
    first: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    second: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    domains: tuple[int, ...] = ()


class Cells:
    """The cells of a problem, and how many copies each should take.

    Parameters
    ----------
    problem : Problem
    share : float64[I, B]
        Copies of each item type on each bin type in the relaxation.

    Attributes
    ----------
    cell_of_bin : int64[B]
    domain_at : dict of level to int64[cells]
        The domain that each cell lies in.
    kin_of : int64[I]
        Item types of equal size, places and costs are kin: a share is theirs together.
    wanted : float64[kin, cells]
        Learnt anew from every packing that found no room for some copies.
    """

    def __init__(self, problem: Problem, share: Floats) -> None:
        self.problem = problem
        levels = sorted({form.level for form in domain_forms(problem)} | {room.level for room in problem.rooms})
        rows, cell = np.unique(problem.domain[:, levels], axis=0, return_inverse=True)
        self.count = len(rows)
        self.cell_of_bin = cell.reshape(-1)
        self.domain_at = {level: rows[:, n] for n, level in enumerate(levels)}
        self.masks = [self.cell_of_bin == c for c in range(self.count)]
        alike = np.hstack([problem.size.view(np.uint8), np.packbits(problem.fits, axis=1)])
        kinds, known = item_kinds(problem).tolist(), dict[tuple[bytes, int], int]()
        kin = [known.setdefault((row.tobytes(), kind), len(known)) for row, kind in zip(alike, kinds, strict=True)]
        self.kin_of = np.array(kin, dtype=np.int64)
        per_cell = np.stack([share[:, mask].sum(axis=1) for mask in self.masks], axis=1)
        self.wanted = np.zeros((len(known), self.count))
        np.add.at(self.wanted, self.kin_of, per_cell)

    def learn(self, lots: list[Lot], short: dict[Lot, int], packed: Packed) -> bool:
        """Want in each cell what found room there, and the rest where room is left; False if nowhere."""
        spent = self._spent(packed)
        placed, missing = np.zeros_like(self.wanted), np.zeros_like(self.wanted)
        for lot in lots:
            if lot.bins is not None:
                at = int(self.kin_of[lot.unit.items[0]]), int(self.cell_of_bin[lot.bins][0])
                missing[at] += short.get(lot, 0)
                placed[at] += lot.count - short.get(lot, 0)
        full = spent[None, :] | (missing > 0)
        shortage = missing.sum(axis=1, keepdims=True)
        self.wanted = placed + np.where(full, 0.0, shortage)
        return bool(((shortage[:, 0] > 0) & ~full.all(axis=1)).any())

    def _spent(self, packed: Packed) -> Bools:
        """bool[cells]: where no further host can be opened."""
        used = packed.used(self.problem.bins)
        blocked = used >= self.problem.available
        for quota in self.problem.quotas:
            blocked |= quota.weight > quota.most - int(quota.weight @ used)
        return np.array([blocked[mask].all() for mask in self.masks])


def domain_forms(problem: Problem) -> list[DomainForm]:
    """Forms over domains larger than one host."""
    forms: list[DomainForm] = [*problem.limits, *problem.apart, *problem.together, *problem.near, *problem.spreads]
    return [form for form in forms if form.level != HOST]


def _circles(problem: Problem) -> dict[int, int]:
    """By item type, the circle of item types that must be near each other, directly or over others."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    for form in problem.near:
        graph.add_edges_from((a, b) for a in form.a.tolist() for b in form.b.tolist())
    circles = nx.strongly_connected_components(graph)
    return {i: n for n, circle in enumerate(circles) if len(circle) > 1 for i in circle}


def _mutual(form: Near, circle: dict[int, int]) -> bool:
    ours = {circle[i] for i in form.a.tolist() if i in circle}
    return not ours.isdisjoint(circle.get(i, -1) for i in form.b.tolist())


class Zoning:
    """One assignment of all units to cells.

    Parameters
    ----------
    problem : Problem
    cells : Cells
    """

    def __init__(self, problem: Problem, cells: Cells) -> None:
        self.problem, self.cells = problem, cells.count
        self.cell_of_bin, self.masks, self.domain_at = cells.cell_of_bin, cells.masks, cells.domain_at
        self.kin_of = cells.kin_of
        self.lag = cells.wanted.copy()
        self._open: dict[tuple[int, ...], list[int]] = {}
        self.roles: dict[int, list[tuple[_Counts, int]]] = defaultdict(list)
        circle = _circles(problem)
        for form in domain_forms(problem):
            counts = _Counts(form, domains=tuple(form.domains.tolist()) if isinstance(form, Spread) else ())
            counts.mutual = isinstance(form, Near) and _mutual(form, circle)
            sides = (form.a, form.b) if isinstance(form, Apart | Near) else (form.items,)
            for side, items in enumerate(sides):
                for i in items.tolist():
                    self.roles[i].append((counts, side))

    def assign(self, units: list[Unit]) -> list[Lot]:
        """Lots for all units."""
        lots: list[Lot] = []
        for unit in self._in_order(units):
            roles = [role for i in unit.items for role in self.roles.get(i, ())]
            if not roles:
                lots.append(Lot(unit, unit.count))
                continue
            open_cells = self._open_cells(unit)
            per_cell = np.zeros(self.cells, dtype=np.int64)
            if len(roles) == 1 and isinstance(roles[0][0].form, Spread):
                if unit.count >= MANY or (roles[0][0].form.max_skew == 1 and unit.content == ((unit.items[0], 1),)):
                    self._deal_evenly(unit, roles[0][0], open_cells, per_cell)
                self._deal_spread(unit, roles[0][0], open_cells, per_cell)
            else:
                self._deal_singly(unit, open_cells, per_cell)
            lots.extend(Lot(unit, int(per_cell[c]), self.masks[c]) for c in np.flatnonzero(per_cell).tolist())
        return lots

    def _in_order(self, units: list[Unit]) -> list[Unit]:
        """Largest demand first, but never before what a unit must be near."""
        room = np.maximum(np.median(self.problem.capacity, axis=0), 1)
        weight = (self.problem.size / room).sum(axis=1).tolist()
        ranked = sorted(units, key=lambda unit: -sum(weight[i] * n for i, n in unit.content))
        holders: dict[int, list[int]] = defaultdict(list)
        for n, unit in enumerate(ranked):
            for i in unit.items:
                holders[i].append(n)
        graph: nx.DiGraph[int] = nx.DiGraph()
        graph.add_nodes_from(range(len(ranked)))
        for form in self.problem.near:
            if form.level != HOST:
                before = {n for i in form.b.tolist() for n in holders[i]}
                after = {n for i in form.a.tolist() for n in holders[i]}
                graph.add_edges_from((b, a) for b in before for a in after - before)
        if not graph.number_of_edges():
            return ranked
        acyclic = nx.condensation(graph)
        order = nx.lexicographical_topological_sort(acyclic, key=lambda c: min(acyclic.nodes[c]["members"]))
        return [ranked[n] for c in order for n in sorted(acyclic.nodes[c]["members"])]

    def _open_cells(self, unit: Unit) -> list[int]:
        kin = tuple(self.kin_of[list(unit.items)].tolist())  # kin fit on the same hosts
        if kin not in self._open:
            fits = np.logical_and.reduce([self.problem.fits[i] for i in unit.items])
            self._open[kin] = np.unique(self.cell_of_bin[fits]).tolist()
        return self._open[kin]

    def _deal_evenly(self, unit: Unit, counts: _Counts, cells: list[int], per_cell: npt.NDArray[np.int64]) -> None:
        """Give every eligible domain the same base, short of the last few copies."""
        form = counts.form
        assert isinstance(form, Spread)
        at = self.domain_at[form.level]
        domains = set(form.domains.tolist())
        homes = {int(at[c]): c for c in sorted(cells, key=lambda c: float(self.lag[self._kin(unit), c]))}
        if form.zero_minimum or set(homes) != domains:
            return
        held = {counts.first[domain] for domain in domains}
        base = max(0, unit.count // len(domains) - (0 if form.max_skew == 1 == len(held) else 1))
        for domain, cell in homes.items():
            per_cell[cell] += base
            counts.first[domain] += base
            self.lag[self._kin(unit), cell] -= base

    def _deal_spread(self, unit: Unit, counts: _Counts, cells: list[int], per_cell: npt.NDArray[np.int64]) -> None:
        """As `_deal_singly`, where one spread is all that binds."""
        form = counts.form
        assert isinstance(form, Spread)
        more = sum(copies for item, copies in unit.content if self.roles.get(item))
        at, lag = self.domain_at[form.level], self.lag[self._kin(unit)]
        held = {domain: counts.first[domain] for domain in counts.domains}
        wanting = {c: float(lag[c]) for c in cells if int(at[c]) in held}
        for _ in range(unit.count - int(per_cell.sum())):
            most = form.max_skew - more + (0 if form.zero_minimum else min(held.values()))
            cell = max((c for c in wanting if held[int(at[c])] <= most), key=lambda c: (wanting[c], -c), default=None)
            if cell is None:
                break
            per_cell[cell] += 1
            wanting[cell] -= 1
            held[int(at[cell])] += more
        counts.first.update(held)
        for c, left in wanting.items():
            lag[c] = left

    def _deal_singly(self, unit: Unit, cells: list[int], per_cell: npt.NDArray[np.int64]) -> None:
        """Copy by copy to the admitted cell that lags most behind its share."""
        for _ in range(unit.count - int(per_cell.sum())):
            admitted = [c for c in cells if self._admits(unit, c)]
            if not admitted:
                return
            lag = self.lag[self._kin(unit)]
            cell = max(admitted, key=lambda c: (float(lag[c]), -c))
            per_cell[cell] += 1
            lag[cell] -= 1
            self._count(unit, cell)

    def _kin(self, unit: Unit) -> int:
        """The row of `lag` for a unit: that of its first item type."""
        return int(self.kin_of[unit.content[0][0]])

    def _count(self, unit: Unit, cell: int) -> None:
        for item, copies in unit.content:
            for counts, side in self.roles.get(item, ()):
                domain = int(self.domain_at[counts.form.level][cell])
                (counts.second if side else counts.first)[domain] += copies

    def _admits(self, unit: Unit, cell: int) -> bool:
        """Whether one more unit in a cell keeps every form; forms of copies still to come, too."""
        added: dict[int, list[int]] = {}
        seen: dict[int, _Counts] = {}
        for item, copies in unit.content:
            for counts, side in self.roles.get(item, ()):
                added.setdefault(id(counts), [0, 0])[side] += copies
                seen[id(counts)] = counts
        return all(self._keeps(seen[key], self._domain(seen[key], cell), *more) for key, more in added.items())

    def _domain(self, counts: _Counts, cell: int) -> int:
        return int(self.domain_at[counts.form.level][cell])

    @staticmethod
    def _keeps(counts: _Counts, domain: int, first: int, second: int) -> bool:
        form = counts.form
        match form:
            case Limit():
                return domain < 0 or counts.first[domain] + first <= form.most
            case Apart():
                beside_a, beside_b = counts.first[domain] + first, counts.second[domain] + second
                return domain < 0 or not (beside_a and beside_b)
            case Together():
                held = {d for d, n in counts.first.items() if n}
                return domain >= 0 and held <= {domain}
            case Near():
                first_to_come = counts.mutual and not any(counts.second.values())
                return second > 0 or first == 0 or (domain >= 0 and (counts.second[domain] > 0 or first_to_come))
            case Spread():
                if domain not in counts.domains:
                    return False
                least = 0 if form.zero_minimum else min(counts.first[d] for d in counts.domains)
                return counts.first[domain] + first - least <= form.max_skew
