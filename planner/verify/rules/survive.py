"""After the loss of a domain, the rest of the plan takes over what must survive.

Whether some packing exists is NP-hard to decide, so it is proven by finding one: what each lost host held goes to
another host as a whole, and the rest by first fit; or all by first fit, in several decreasing orders. A plan for
which none of these works is reported, though a cleverer packing might exist.
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

    @property
    def key(self) -> tuple[int, bytes]:
        """Equal for replicas that may go to the same hosts."""
        return self.workload, self.bound.tobytes()


@dataclass(frozen=True, eq=False)
class _Held:
    """What each of some equal lost hosts held of survivors; `kind` is the number of their room."""

    kind: int
    inside: tuple[_Fallen, ...]
    hosts: int


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
        held = self._held(lost)
        fallen = self._fallen(held)
        gone = np.zeros(len(self.stands), dtype=bool)
        gone[[self._row[id(stand)] for stand in lost if stand.facts]] = True
        orders = (self._by_share, self._by_share, self._by_sum, self._by_places)
        least: dict[int, int] = {}
        for n, key in enumerate(orders):
            left = self._placed(sorted(fallen, key=key), gone, [] if n else held)
            if n == 0 or sum(left.values()) < sum(least.values()):
                least = left
            if not least:
                break
        return least

    def _held(self, lost: Sequence[Stand]) -> list[_Held]:
        """What lost hosts held of survivors, those with the largest share of all room first."""
        found: dict[tuple[object, ...], tuple[tuple[_Fallen, ...], int, int]] = {}
        for stand in lost:
            inside = tuple(
                _Fallen(w, bound, copies)
                for w in sorted(self.survivors & stand.counts.keys())
                for bound, copies in self._bound(stand, w)
            )
            kind = int(self._kind[self._row[id(stand)]]) if stand.facts else -1
            key = kind, *((one.key, one.copies) for one in inside)
            hosts = found[key][2] if key in found else 0
            found[key] = inside, kind, hosts + 1
        held = [_Held(kind, inside, hosts) for inside, kind, hosts in found.values() if inside]
        return sorted(held, key=lambda one: -float((self._load(one.inside) / self._most).max(initial=0.0)))

    def _fallen(self, held: Sequence[_Held]) -> list[_Fallen]:
        """The surviving replicas of lost hosts, those that may go to the same hosts together."""
        bounds: dict[tuple[int, bytes], Bools] = {}
        copies: dict[tuple[int, bytes], int] = defaultdict(int)
        for one in held:
            for each in one.inside:
                bounds[each.key] = each.bound
                copies[each.key] += each.copies * one.hosts
        return [_Fallen(key[0], bound, copies[key]) for key, bound in bounds.items()]

    def _load(self, inside: Sequence[_Fallen]) -> Ints:
        """int64[columns]: what some replicas take together."""
        return sum((self._size(one.workload) * one.copies for one in inside), np.zeros_like(self._room[0]))

    @cached_property
    def _kind(self) -> Ints:
        """int64[H]: equal for hosts with the same room."""
        return np.unique(self._room, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)

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
            self._share[w] = self._size(w) / self._most
        return self._share[w]

    @cached_property
    def _most(self) -> npt.NDArray[np.float64]:
        return np.where(self._total > 0, self._total, np.inf)

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

    def _placed(self, fallen: Sequence[_Fallen], gone: Bools, held: Sequence[_Held]) -> dict[int, int]:
        """What some lost hosts held as a whole, then first fit in the given order; what is left over, by workload."""
        taken = np.zeros_like(self._room)
        more: dict[int, Counter[int]] = defaultdict(Counter)
        moved = self._moved(held, gone, taken, more) if held else {}
        left: dict[int, int] = defaultdict(int)
        for one in fallen:
            priority, size = self.layout.workloads[one.workload].priority, self._size(one.workload)
            copies = one.copies - moved.get(one.key, 0)
            fit = self._often(priority, size, taken, copies)
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

    def _often(self, priority: int, size: Ints, taken: Ints, most: int) -> Ints:
        """int64[H]: how often a size has room beside what is taken and does not give way, `most` at most."""
        asked = size > 0
        free = (self._left(priority) - taken)[:, asked]
        return np.asarray((free // size[asked]).min(axis=1, initial=most))

    def _moved(
        self, held: Sequence[_Held], gone: Bools, taken: Ints, more: dict[int, Counter[int]]
    ) -> dict[tuple[int, bytes], int]:
        """Move what each host held to one other: with the same room, then the tightest; how many, by `_Fallen.key`."""
        moved: dict[tuple[int, bytes], int] = defaultdict(int)
        left = [one.hosts for one in held]
        for alike in (True, False):
            for n, one in enumerate(held):
                load = self._load(one.inside)
                priority = min(self.layout.workloads[each.workload].priority for each in one.inside)
                fit = self._often(priority, load, taken, left[n])
                open_to = (fit > 0) & ~gone & (self._kind == one.kind if alike else True)
                open_to &= np.all([each.bound for each in one.inside], axis=0)
                tight = (self._left(priority) / self._most).sum(axis=1)
                turn = np.flatnonzero(open_to)
                for h in turn[np.argsort(tight[turn], kind="stable")].tolist():
                    times = 0
                    while times < min(int(fit[h]), left[n]) and (laid := self._laid(one, h, more[h], priority)):
                        more[h], times = laid, times + 1
                    taken[h] += load * times
                    left[n] -= times
                    for each in one.inside:
                        moved[each.key] += each.copies * times
                    if not left[n]:
                        break
        return moved

    def _laid(self, one: _Held, h: int, more: Counter[int], priority: int) -> Counter[int] | None:
        """What a host has taken over together with what a lost one held; None where rules are against it."""
        laid = Counter(more)
        for each in one.inside:
            w, copies = each.workload, each.copies
            if not self._admits(w, h) or self._beside_others(w, h, laid, priority, copies) < copies:
                return None
            laid[w] += copies
        return laid

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
