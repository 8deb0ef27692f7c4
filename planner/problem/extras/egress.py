"""Egress: what traffic between placements costs, summed through the tiers of each tariff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.catalog import HOURS_PER_MONTH
from models.egress import EgressTariff
from planner.problem.solution import Solution

if TYPE_CHECKING:
    from planner.problem.problem import Problem

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Flow:
    """GB a month from copies of the items `a` to copies of `b` (None: to users), even between all pairs."""

    a: Ints
    b: Ints | None
    gb: float

    @property
    def sets(self) -> dict[str, tuple[int, ...]]:
        """Its ends as sets, as forms have them."""
        return {"a": tuple(self.a.tolist()), "b": () if self.b is None else tuple(self.b.tolist())}


@dataclass(frozen=True, eq=False)
class Egress:
    """The traffic graph over places, and what each crossing costs.

    Attributes
    ----------
    level : int
        The column of `Problem.domain` that holds the place of each bin type: 0, 1, … `places` - 1.
    places : int
        How many places there are; as a destination, this number stands for users.
    flows : tuple of Flow
    crossings : int64[K, 3]
        (from, to, line): traffic from one place to another is charged to a line. Where it is charged
        at both ends (between zones), the same row stands twice.
    lines : tuple of EgressTariff
        Traffic on one line is summed per month before its tiers are applied.
    """

    level: int
    places: int
    flows: tuple[Flow, ...]
    crossings: Ints
    lines: tuple[EgressTariff, ...]

    def cost(self, problem: Problem, solution: Solution) -> int:
        """Micro-USD per hour of the traffic of a solution; copies left out send and receive nothing."""
        gb = self.traffic(problem, solution).tolist()
        month = sum((tariff.cost(amount) for tariff, amount in zip(self.lines, gb, strict=True)), Decimal(0))
        return int(month / HOURS_PER_MONTH * 1_000_000)

    def traffic(self, problem: Problem, solution: Solution) -> Floats:
        """float64[lines]: GB a month that each line charges."""
        held = self._held(problem, solution)
        sent = np.zeros((self.places, self.places + 1))
        for flow in self.flows:
            out = _share(problem, held, flow.a)
            if flow.b is None:
                sent[:, -1] += flow.gb * out
            else:
                sent[:, :-1] += flow.gb * np.outer(out, _share(problem, held, flow.b))
        here, there, line = self.crossings.T
        gb = np.zeros(len(self.lines))
        np.add.at(gb, line, sent[here, there])
        return gb

    def _held(self, problem: Problem, solution: Solution) -> Ints:
        """int64[I, places]: placed copies of each item type at each place."""
        host = np.repeat(np.arange(len(solution.bin)), np.diff(solution.start))
        held = np.zeros((problem.items, self.places), dtype=np.int64)
        place = problem.domain[solution.bin[host], self.level]
        np.add.at(held, (solution.item, place), solution.copies * solution.multiplicity[host])
        return held

    def over(self, item_sets: Mapping[int, Sequence[int]]) -> Egress:
        """The same traffic between item types, where `flows` still speaks of workloads."""

        def items(workloads: Ints) -> Ints:
            return np.array(sorted({i for w in workloads.tolist() for i in item_sets[w]}), dtype=np.int64)

        flows = (Flow(items(flow.a), None if flow.b is None else items(flow.b), flow.gb) for flow in self.flows)
        return replace(self, flows=tuple(flows))


def _share(problem: Problem, held: Ints, items: Ints) -> Floats:
    """float64[places]: the share of all copies of `items`, placed or not, that stands at each place."""
    share: Floats = held[items].sum(axis=0) / max(1, int(problem.count[items].sum()))
    return share


def linked(problem: Problem) -> list[Ints]:
    """Groups of item types that exchange traffic, directly or through others: who should move together.

    Item types that only talk to users, or to nobody, are in no group. Largest group first.
    """
    import networkx as nx

    if problem.extras.egress is None:
        return []
    graph: nx.Graph[tuple[str, int]] = nx.Graph()
    for n, flow in enumerate(problem.extras.egress.flows):
        if flow.b is not None:
            graph.add_edges_from((("flow", n), ("item", int(i))) for i in (*flow.a, *flow.b))
    groups = [sorted(i for kind, i in group if kind == "item") for group in nx.connected_components(graph)]
    return [np.array(group, dtype=np.int64) for group in sorted(groups, key=lambda group: (-len(group), group))]
