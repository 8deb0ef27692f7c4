"""After the loss of a domain, the rest of the plan takes over what must survive.

Whether some packing exists is NP-hard to decide, so it is proven by finding one: first fit in several
decreasing orders. A plan for which none of them works is reported, though a cleverer packing might exist.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.reports import Violation
from models.rules import Pinned, Survive
from planner.verify.amounts import counted
from planner.verify.beside import Beside
from planner.verify.carries import goes_beside, may_go, within_risk
from planner.verify.layout import Layout, Stand
from planner.verify.over_time import at_moment
from planner.verify.rules.volume_locality import existing, within_reach

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
NO_LIMIT = 2**62


def check(rule: Survive, layout: Layout) -> Iterator[Violation]:
    """Whichever domain of the level is lost, every selected replica on it finds room on another host.

    Beside all that stays, but for replicas of lower priority that are not selected; where volumes, pins and
    rules on single hosts let it go; and within the rules of level `host` on who stands beside whom.
    Hosts outside any domain are not lost. Room that is held or kept free may be used.
    """
    ground = _Ground(layout, frozenset(layout.select(rule.workloads)))
    lost: dict[str, list[Stand]] = defaultdict(list)
    for stand in layout.stands:
        domain = layout.domain(stand, rule.level)
        if domain is not None:
            lost[domain].append(stand)
    for domain, stands in lost.items():
        missing = ground.homeless(stands)
        if missing:
            who = ", ".join(f"{count} of {layout.workloads[w].name!r}" for w, count in missing.items())
            message = f"were it lost, {counted(sum(missing.values()), 'replica')} would find no room ({who})"
            yield Violation(rule.rule, domain, message, rule.name)


@dataclass(frozen=True, eq=False)
class _Fallen:
    """Equal replicas of a lost domain: their workload, the hosts (bool[H]) that volumes and pins leave them."""

    workload: int
    bound: Bools
    copies: int


class _Ground:
    """The hosts of the plan as arrays; axis H are its stands of which anything is known.

    Parameters
    ----------
    layout : Layout
    survivors : frozenset of int
        Workload positions.
    """

    def __init__(self, layout: Layout, survivors: frozenset[int]) -> None:
        self.layout, self.survivors = layout, survivors
        self.stands = [stand for stand in layout.stands if stand.facts]
        self._row = {id(stand): h for h, stand in enumerate(self.stands)}
        self._beside = Beside(layout)
        self._columns = self._moments()
        rooms = [[self._limit(stand, *column) for column in self._columns] for stand in self.stands]
        self._room = np.array(rooms, dtype=np.int64).reshape(len(self.stands), len(self._columns))
        self._sizes: dict[int, Ints] = {}
        self._free: dict[int, Ints] = {}
        self._named: dict[int, Bools] = {}
        self._goes: dict[tuple[int, int], bool] = {}
        self._share: dict[int, npt.NDArray[np.float64]] = {}

    def _moments(self) -> list[tuple[str, int]]:
        """Resource and moment of every column: the resources that survivors ask for, all demand alike only once."""
        asked = dict.fromkeys(name for w in self.survivors for name, value in self.layout.demand[w].items() if value)
        time = self.layout.time
        columns: dict[tuple[str, tuple[int, ...]], tuple[str, int]] = {}
        for name in asked:
            for moment in range(len(time.moments)):
                demand = tuple(at_moment(amounts.get(name, 0), moment) for amounts in time.demand)
                columns.setdefault((name, demand), (name, moment))
        return list(columns.values())

    def _limit(self, stand: Stand, name: str, moment: int) -> int:
        """What replicas could use of a host; where usage counts instead of requests, `within_risk` answers for it."""
        assert stand.facts is not None
        limit = stand.facts.allocatable.limit(name)
        if limit is None or name in self.layout.at_risk(stand.facts):
            return NO_LIMIT
        return max(0, limit - at_moment(self.layout.taken(stand.facts).get(name, 0), moment))

    def homeless(self, lost: Sequence[Stand]) -> dict[int, int]:
        """Replicas by workload that no order of placing them finds room for; of the order that leaves the fewest."""
        fallen = self._fallen(lost)
        gone = np.zeros(len(self.stands), dtype=bool)
        gone[[self._row[id(stand)] for stand in lost if stand.facts]] = True
        least: dict[int, int] = {}
        for n, key in enumerate((self._by_share, self._by_sum, self._by_places)):
            left = self._placed(sorted(fallen, key=key), gone)
            if n == 0 or sum(left.values()) < sum(least.values()):
                least = left
            if not least:
                break
        return least

    def _fallen(self, lost: Sequence[Stand]) -> list[_Fallen]:
        """The surviving replicas on some hosts, those that may go to the same hosts together."""
        found: dict[tuple[int, bytes], int] = defaultdict(int)
        for stand in lost:
            for w in sorted(self.survivors & stand.counts.keys()):
                for bound, copies in self._bound(stand, w):
                    found[w, bound.tobytes()] += copies
        return [_Fallen(w, np.frombuffer(bound, dtype=bool), copies) for (w, bound), copies in found.items()]

    def _bound(self, stand: Stand, w: int) -> Iterator[tuple[Bools, int]]:
        """Replicas of a workload on a host with the hosts that they may go to: pinned ones, then by volumes."""
        ordinals = stand.planned.runs[self.layout.workloads[w].name]
        stays = min(stand.counts[w], self._pins.get(w, {}).get(stand.name, 0)) if stand.planned.standing else 0
        if stays:
            yield np.zeros(len(self.stands), dtype=bool), stays
        attached = [ordinal for ordinal in ordinals[stays:] if (w, ordinal) in self._reach]
        for ordinal in attached:
            yield self._pinned_to(w) & self._reach[w, ordinal], 1
        if len(ordinals) > stays + len(attached):
            yield self._pinned_to(w), len(ordinals) - stays - len(attached)

    def _pinned_to(self, w: int) -> Bools:
        """bool[H]: the hosts that a workload is pinned to by name; all where it is not."""
        if w not in self._named:
            self._named[w] = np.ones(len(self.stands), dtype=bool)
            for rule in self.layout.scenario.spec.rules_of(Pinned):
                if rule.hosts and w in self.layout.select(rule.workloads):
                    named = [stand.planned.standing and stand.name in rule.hosts for stand in self.stands]
                    self._named[w] &= np.array(named, dtype=bool)
        return self._named[w]

    def _admits(self, w: int, h: int) -> bool:
        """Whether rules on single hosts let the workload go there; asked only where it matters."""
        if (w, h) not in self._goes:
            facts = self.stands[h].facts
            self._goes[w, h] = facts is not None and may_go(self.layout, w, facts)
        return self._goes[w, h]

    @cached_property
    def _pins(self) -> dict[int, dict[str, int]]:
        """By workload pinned to where it runs now, how many replicas each host keeps."""
        rules = self.layout.scenario.spec.rules_of(Pinned)
        pinned = {w for rule in rules if not rule.hosts for w in self.layout.select(rule.workloads)}
        return {w: self.layout.today.get(self.layout.workloads[w].name, {}) for w in pinned}

    @cached_property
    def _reach(self) -> dict[tuple[int, int], Bools]:
        """By workload and ordinal, the hosts within reach of all its volumes."""
        reach: dict[tuple[int, int], Bools] = {}
        for volume, reaches in existing(self.layout):
            key = self.layout.position[volume.workload], volume.replica
            if key[0] in self.survivors:
                inside = [all(within_reach(self.layout, volume, s, level) for level, _ in reaches) for s in self.stands]
                reach[key] = np.array(inside, dtype=bool) & reach.get(key, True)
        return reach

    def _size(self, w: int) -> Ints:
        """int64[columns]: what a replica takes, by resource and moment."""
        if w not in self._sizes:
            demand = self.layout.time.demand[w]
            sizes = [at_moment(demand.get(name, 0), moment) for name, moment in self._columns]
            self._sizes[w] = np.array(sizes, dtype=np.int64)
        return self._sizes[w]

    def _shares(self, w: int) -> npt.NDArray[np.float64]:
        """The share that a replica takes of all room together, column by column."""
        if w not in self._share:
            self._share[w] = np.where(self._total > 0, self._size(w) / np.maximum(self._total, 1.0), 0.0)
        return self._share[w]

    @cached_property
    def _total(self) -> npt.NDArray[np.float64]:
        return np.asarray(np.where(self._room < NO_LIMIT, self._room, 0).astype(float).sum(axis=0))

    def _by_share(self, one: _Fallen) -> tuple[float, ...]:
        return (-self._shares(one.workload).max(initial=0), *(-self._size(one.workload)).tolist())

    def _by_sum(self, one: _Fallen) -> tuple[float, ...]:
        return (-self._shares(one.workload).sum(),)

    def _by_places(self, one: _Fallen) -> tuple[float, ...]:
        places = sum(self._admits(one.workload, h) for h in np.flatnonzero(one.bound).tolist())
        return places, *self._by_share(one)

    def _stays(self, w: int, priority: int) -> bool:
        """Whether a workload does not give way to a survivor of a priority."""
        return w in self.survivors or self.layout.workloads[w].priority >= priority

    def _left(self, priority: int) -> Ints:
        """int64[H, columns]: room beside what does not give way to a survivor of a priority."""
        if priority not in self._free:
            free = self._room.copy()
            for h, stand in enumerate(self.stands):
                for w, count in stand.counts.items():
                    if self._stays(w, priority):
                        free[h] -= self._size(w) * count
            self._free[priority] = free
        return self._free[priority]

    def _placed(self, fallen: Sequence[_Fallen], gone: Bools) -> dict[int, int]:
        """First fit in the given order; what is left over, by workload."""
        taken = np.zeros_like(self._room)
        more: dict[int, Counter[int]] = defaultdict(Counter)
        left: dict[int, int] = defaultdict(int)
        for one in fallen:
            priority, size = self.layout.workloads[one.workload].priority, self._size(one.workload)
            asked, copies = size > 0, one.copies
            free = (self._left(priority) - taken)[:, asked]
            fit = (free // size[asked]).min(axis=1, initial=copies)
            for h in np.flatnonzero((fit > 0) & one.bound & ~gone).tolist():
                if not copies:
                    break
                if not self._admits(one.workload, h):
                    continue
                some = self._beside_others(one.workload, h, more[h], priority, min(copies, int(fit[h])))
                if some > 0:
                    more[h][one.workload] += some
                    taken[h] += size * some
                    copies -= some
            if copies:
                left[one.workload] += copies
        return dict(left)

    def _beside_others(self, w: int, h: int, more: Counter[int], priority: int, copies: int) -> int:
        """How many of so many copies rules on hosts, GPUs one by one, reservations and risks let onto a host."""
        stand = self.stands[h]
        counts = Counter(more)
        counts.update({other: count for other, count in stand.counts.items() if self._stays(other, priority)})
        most = self._beside.more(w, counts)
        some = copies if most is None else min(copies, most)
        while some > 0:
            laid = counts + Counter({w: some})
            if goes_beside(self.layout, stand, laid) and within_risk(self.layout, stand, laid):
                break
            some -= 1
        return some
