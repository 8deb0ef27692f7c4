"""A solved problem, and what all explanations count from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, SupportsInt

import numpy as np
import numpy.typing as npt

from models.resources import CPU, GPU, IN_BYTES, MEMORY, VOLUMES, describe_amount, plain_resource
from models.rules import rule_label
from models.selectors import WorkloadIndex
from planner.problem import UNLIMITED, Names, Problem, Solution
from planner.problem.forms import HOST
from planner.problem.names import Narrowing

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MIB = 2**20
LOWERED = (CPU, MEMORY, VOLUMES)
"""What rules can lower of a host, in the order of the columns of amounts in words."""


@dataclass(frozen=True)
class LeftOut:
    """Replicas of a workload that are of one item type and stand nowhere."""

    workload: int
    item: int
    ordinals: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Outcome:
    """A problem with the solution found for it."""

    problem: Problem
    names: Names
    solution: Solution

    @property
    def proving(self) -> Outcome:
        """The same over sizes that no plan can go below, where solvers see larger ones."""
        loose = self.problem.relaxation
        if loose is None or np.array_equal(loose.size, self.problem.size):
            return self
        return replace(self, problem=loose)

    @cached_property
    def left(self) -> Ints:
        """int64[I]: copies of each item type that stand nowhere."""
        return self.problem.count - self.solution.placed(self.problem.items)

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The replicas that stand nowhere, by workload and item type.

        `decode` hands replicas out in the order of `Names.parts`, so the last ones stay.
        """
        found = []
        for item in np.flatnonzero(self.left > 0):
            missing = int(self.left[item])
            for part in reversed(self.names.parts[item]):
                ordinals = part.ordinals[max(0, len(part.ordinals) - missing) :]
                missing -= len(ordinals)
                if ordinals:
                    found.append(LeftOut(part.workload, int(item), ordinals))
        return tuple(sorted(found, key=lambda left: (left.workload, left.ordinals)))

    @cached_property
    def room(self) -> Ints:
        """int64[O, R]: room of each offering, in the problem's units."""
        rows = self.names.capacity.copy()
        for b, members in enumerate(self.names.members):
            rows[list(members)] = self.problem.capacity[b]
        return rows

    @cached_property
    def bin_of(self) -> Ints:
        """int64[O]: the bin type of each offering, -1 where nothing fits it."""
        of = np.full(len(self.names.offerings), -1, dtype=np.int64)
        for b, members in enumerate(self.names.members):
            of[list(members)] = b
        return of

    @cached_property
    def kind(self) -> Ints:
        """int64[O]: equal for offerings that people count as one (zones of a region are merged)."""
        ids: dict[object, int] = {}
        kinds = []
        for offer in self.names.offerings:
            region = self.names.topology.ancestor(offer.location, "region") or offer.location
            key = offer.host or (offer.pool, region, offer.host_type, offer.purchase)
            kinds.append(ids.setdefault(key, len(ids)))
        return np.array(kinds, dtype=np.int64)

    def counted(self, mask: Bools) -> int:
        """How many offerings as people count them have a member in `mask`."""
        return len(np.unique(self.kind[mask]))

    @cached_property
    def used(self) -> Ints:
        """int64[B]: hosts in use of each bin type."""
        return self.solution.bins_used(self.problem.bins)

    @cached_property
    def free(self) -> Ints:
        """int64[P, R]: room that is left on a host of each pattern."""
        return self.problem.capacity[self.solution.bin] - self.solution.load(self.problem.size)

    @cached_property
    def whole(self) -> Ints:
        """int64[O, 3]: what each offering has for replicas of what rules can lower, in words."""
        limits = ([offer.limit(name) for name in LOWERED] for offer in self.names.allocatable)
        rows = [[2**62 if limit is None else limit for limit in row] for row in limits]
        return np.array(rows, dtype=np.int64).reshape(-1, len(LOWERED))

    @cached_property
    def asked(self) -> Ints:
        """int64[P, 3]: what the replicas on a host of each pattern ask for of it, in words."""
        workloads = self.names.scenario.spec.workloads
        rows = np.zeros((len(self.solution.bin), len(LOWERED)), dtype=np.int64)
        for p, (_, _, content) in enumerate(self.solution.patterns()):
            for item, copies in content.items():
                if item not in self.names.room:
                    asked = workloads[self.names.parts[item][0].workload].asked()
                    rows[p] += [copies * asked.get(name, 0) for name in LOWERED]
        return rows

    def exhausted(self, item: int) -> Bools:
        """bool[O]: standing hosts that are all in use, and have no room for the item."""
        full = (self.used >= self.problem.available) & ~self.roomy(item)
        return np.asarray(self.offerings_of(full) & self.standing, dtype=bool)

    def roomy(self, item: int) -> Bools:
        """bool[B]: bin types with a host in use that still has room for the item."""
        enough = (self.free >= self.problem.size[item]).all(axis=1)
        has = np.zeros(self.problem.bins, dtype=bool)
        has[self.solution.bin[enough]] = True
        return has

    def offerings_of(self, bins: Bools) -> Bools:
        """bool[O]: the offerings of the bin types in `bins`."""
        return np.append(bins, False)[self.bin_of]

    @cached_property
    def standing(self) -> Bools:
        """bool[O]: hosts that stand today."""
        return np.array([bool(offer.host) for offer in self.names.offerings], dtype=bool)

    @cached_property
    def narrowings(self) -> dict[int, list[Narrowing]]:
        """By workload with replicas left out, the rules that narrow where it may go, in their order."""
        wanted = frozenset(left.workload for left in self.left_out)
        found: dict[int, list[Narrowing]] = defaultdict(list)
        for narrowing in self.names.narrowings:
            for w in narrowing.workloads & wanted:
                found[w].append(narrowing)
        return found

    @cached_property
    def rules(self) -> dict[int, list[Any]]:
        """By workload with replicas left out, the scenario's rules that speak of it."""
        spec = self.names.scenario.spec
        index = WorkloadIndex(spec.workloads)
        wanted = frozenset(left.workload for left in self.left_out)
        found: dict[int, list[Any]] = defaultdict(list)
        for rule in spec.rules_in_force:
            selector = getattr(rule, "workloads", None)
            if selector is not None:
                for w in wanted.intersection(index.select(selector)):
                    found[w].append(rule)
        return found

    def rule_of(self, label: str, workload: int | None = None) -> Any:
        """The rule that a form's label names, of several one that speaks of the workload; None if there is none.

        Labels of rules with several limits end in the limit's name: `vcpu (cpu)`.
        """
        speaking = (
            {rule_label(rule): rule for rule in reversed(self.rules.get(workload, ()))} if workload is not None else {}
        )
        known = {**self._labelled, **speaking}
        return known.get(label) or known.get(label.rpartition(" (")[0])

    @cached_property
    def _labelled(self) -> dict[str, Any]:
        rules = self.names.scenario.spec.rules_in_force
        return {rule_label(rule): rule for rule in reversed(rules)}

    def name(self, workload: int) -> str:
        """The name of a workload."""
        return self.names.scenario.spec.workloads[workload].name

    def amount(self, r: SupportsInt, value: SupportsInt) -> str:
        """An amount of resource `r` in the problem's units, for people."""
        name = self.problem.resources[int(r)]
        plain, whole = plain_resource(name), int(value)
        if plain in IN_BYTES:
            whole *= MIB
        elif plain == GPU:
            whole = -(-whole * 1000 // self.names.gpu_units)
        text = describe_amount(name, whole)
        if plain in (CPU, GPU) and whole > 1000:
            return text.replace(f"{whole}m", f"{whole / 1000:,.3f}".rstrip("0").rstrip("."))
        return text

    def copies_per_host(self, item: int, offering: int) -> int:
        """How many copies fit on one empty host of an offering, single-host limits counted in."""
        size = self.problem.size[item]
        asked = size > 0
        fit = int((self.room[offering][asked] // size[asked]).min()) if asked.any() else UNLIMITED
        limits = [limit.most for limit in self.problem.limits if limit.level == HOST and item in limit.items]
        return min([fit, *limits])
