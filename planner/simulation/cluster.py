"""A state with the names of a scenario, and what may be done to it from outside the kernels.

Times are milliseconds from the start. Hosts and containers are rows; a row of a host that was closed is cast anew, a
container keeps its row for life.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.supply import Offering
from models.topology import LEVELS, is_within
from planner.problem.forms import Quota
from planner.problem.names import Names
from planner.simulation import control_kernel as control
from planner.simulation.advance_kernel import advance, come
from planner.simulation.blank import copied, grown
from planner.simulation.hosts_kernel import empty, set_state
from planner.simulation.meters_kernel import tick
from planner.simulation.pointer_kernel import point_at
from planner.simulation.queue_kernel import seat, withdraw
from planner.simulation.room_kernel import has_room, tightest
from planner.simulation.state import (
    AFTER,
    ARRIVED,
    ASIDE,
    CLASS,
    COUNT,
    DEVICE,
    DOWN,
    FIRST,
    HASH,
    HOST,
    HOST_PRICE,
    HOST_STATE,
    KIND,
    LOGGED,
    NEVER,
    NONE,
    QUEUES,
    ROWS,
    SHAPE,
    STATUS,
    UP,
    VERSION,
    WAITS,
    WORKLOAD,
    State,
)  # fmt: skip
from planner.simulation.variants import with_classes
from planner.simulation.wishes_kernel import reprice, want

HOST_LEVEL = LEVELS.index("host")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class HostType:
    """An offering as rows of tables.

    Attributes
    ----------
    offering : Offering
    capacity : int64[R]
        Room for containers, without GPUs.
    devices : int
        GPUs.
    kind : int
        Equal for offerings that the same shapes may use.
    domain : int64[L]
    price : int
        Micro-USD per hour, as the scenario has it; what it costs now is `Cluster.price_of`.
    """

    offering: Offering
    capacity: Ints
    devices: int
    kind: int
    domain: Ints
    price: int

    def __deepcopy__(self, _: object) -> HostType:
        """Itself: clusters and their forks know it by identity."""
        return self


class Cluster:
    """Hosts and containers at one time.

    Attributes
    ----------
    state : State
    names : Names
    types : tuple of HostType
        One for each offering.
    classes : tuple of (workload, item type)
    resources : tuple of str
        Those of the columns of `State.capacity`; GPUs are not among them.
    quotas : tuple of Quota
        What may be opened at most, with a weight for each kind of host.
    casts : list of (HostType or None), length H
        What each row of hosts is cast as; None for a blank one.
    host_names : list of str, length H
    prices : dict of HostType to int
        Micro-USD per hour, of those that cost another amount than the scenario says.
    guide : Guide or None
        Where containers that are added (`add`) are led before they ask. It keeps nothing: forks share it.
    """

    def __init__(
        self,
        state: State,
        names: Names,
        types: Sequence[HostType],
        classes: Sequence[tuple[int, int]],
        resources: Sequence[str],
        quotas: Sequence[Quota] = (),
    ) -> None:
        self.state, self.names, self.quotas = state, names, tuple(quotas)
        self.types, self.classes, self.resources = tuple(types), tuple(classes), tuple(resources)
        self.casts: list[HostType | None] = [None] * len(state.hosts)
        self.host_names = [""] * len(state.hosts)
        self.prices: dict[HostType, int] = {}
        self.guide: Guide | None = None
        self._opened = 0
        self._blank = list(range(len(state.hosts)))  # a heap: the first row is taken first
        self._rows: list[list[int]] = [[] for _ in state.workloads]
        self._listed = 0
        self._at = point_at(state)
        self._number = {workload.name: w for w, workload in enumerate(names.scenario.spec.workloads)}
        self._class = {
            (part.workload, ordinal): k
            for k, (workload, i) in enumerate(self.classes)
            for part in names.parts[i]
            if part.workload == workload
            for ordinal in part.ordinals
        }
        self._first_class = {workload: k for k, (workload, _) in reversed(list(enumerate(self.classes)))}
        self._renewed: dict[int, int] = {}

    # what there is

    def class_of(self, workload: str | int, ordinal: int = 0) -> int:
        """The class of a replica; further replicas than the scenario has are like the first."""
        w = self.workload(workload) if isinstance(workload, str) else workload
        k = self._class.get((w, ordinal), self._first_class[w])
        return self._renewed.get(k, k)

    def renew(self, k: int, new: int) -> None:
        """Let further replicas of a class be of another, which `vary` made, from now on."""
        self._renewed[k] = new

    def workload(self, name: str) -> int:
        """The number of a workload."""
        return self._number[name]

    def workload_of(self, container: int) -> str:
        """The name of a container's workload."""
        w = int(self.state.classes[self.state.containers[container, CLASS], WORKLOAD])
        return self.names.scenario.spec.workloads[w].name

    def containers(self, workload: str | int) -> Ints:
        """Rows of all containers of a workload, in the order in which they came, whatever became of them."""
        w = self.workload(workload) if isinstance(workload, str) else workload
        there = int(self.state.number[ROWS])
        if self._listed < there:
            new = self.state.classes[self.state.containers[self._listed : there, CLASS], WORKLOAD]
            for c, own in enumerate(new.tolist(), self._listed):
                self._rows[own].append(c)
            self._listed = there
        return np.array(self._rows[w], dtype=np.int64)

    def placed(self, workload: str | int) -> Ints:
        """Rows of the containers of a workload that have a host."""
        rows = self.containers(workload)
        found: Ints = rows[self.state.containers[rows, HOST] >= 0]
        return found

    def on(self, host: int) -> Ints:
        """Rows of the containers on a host, ascending."""
        rows, c = [], int(self.state.hosts[host, FIRST])
        while c >= 0:
            rows.append(c)
            c = int(self.state.containers[c, AFTER])
        return np.array(sorted(rows), dtype=np.int64)

    @property
    def there(self) -> Ints:
        """Rows of the hosts that are there, cordoned ones, too."""
        return np.flatnonzero(self.state.hosts[:, HOST_STATE] != DOWN)

    def within(self, domain: str) -> Ints:
        """Rows of the hosts that lie in a domain, by its path; those that are away, too."""
        inside = (h for h, what in enumerate(self.casts) if what and is_within(what.offering.location, domain))
        return np.fromiter(inside, dtype=np.int64)

    def used(self, host: int) -> int:
        """How many containers a host carries."""
        return int(self.state.hosts[host, COUNT])

    @property
    def hash(self) -> int:
        """Of all decisions so far: equal for equal films."""
        return int(self.state.number[HASH])

    # hosts

    def open(self, what: HostType, now: int, *, name: str = "") -> int:
        """A further host, at once; the first blank row, of which there must be one (`has_blank`)."""
        row = heapq.heappop(self._blank)
        s = self.state
        s.capacity[row] = s.free[row] = what.capacity
        s.device[row] = np.where(np.arange(s.device.shape[1]) < what.devices, DEVICE, NONE)
        s.hosts[row, [KIND, HOST_PRICE]] = what.kind, self.price_of(what)
        s.hosts[row, VERSION] += 1
        s.domain[row] = what.domain
        s.domain[row, HOST_LEVEL] = row
        self._opened += 1
        self.casts[row], self.host_names[row] = what, name or f"{what.offering.host_type}-{self._opened}"
        set_state(self._at, row, UP, now)
        return row

    @property
    def has_blank(self) -> bool:
        """Whether another host may be opened."""
        return bool(self._blank)

    def close(self, host: int, now: int) -> None:
        """Give an empty host back: its row is blank again, unless somebody else did so at the same moment."""
        if self.casts[host] is None:
            return
        if self.used(host):
            raise ValueError(f"host {self.host_names[host]} carries {self.used(host)} containers, expected none")
        set_state(self._at, host, DOWN, now)
        self.casts[host], self.host_names[host] = None, ""
        heapq.heappush(self._blank, host)

    def set_state(self, host: int, state: int, now: int) -> None:
        """Let a host take containers (`UP`), keep what it has (`CORDONED`), or be gone for a while (`DOWN`, empty)."""
        set_state(self._at, host, state, now)

    def reprice(self, host: int, price: int, now: int) -> None:
        """Let a host cost another amount from now on, in micro-USD per hour."""
        reprice(self._at, host, price, now)

    def price_of(self, what: HostType) -> int:
        """What a host of an offering costs now, in micro-USD per hour."""
        return self.prices.get(what, what.price)

    def set_prices(self, prices: Mapping[HostType, int], now: int) -> int:
        """Let offerings cost other amounts from now on, in micro-USD per hour; how many hosts of them there are."""
        self.prices |= prices
        hosts = [(h, cast) for h, cast in enumerate(self.casts) if cast is not None and cast in prices]
        for h, cast in hosts:
            self.reprice(h, prices[cast], now)
        return len(hosts)

    # containers

    def add(self, k: int, number: int, now: int, *, stay: int = NEVER) -> Ints:
        """Let containers of a class come and ask for hosts; their rows. They run for `stay` once they serve."""
        self._need(number)
        if self.guide is not None:
            return self._guided(self.guide, k, number, stay, now)
        rows: Ints = control.add(self._at, k, number, stay, now)
        return rows

    def _guided(self, guide: Guide, k: int, number: int, stay: int, now: int) -> Ints:
        """Let containers come, each to the first host that a guide names and that takes it; others ask."""
        rows = [int(come(self._at, k, stay, now)) for _ in range(number)]
        for c in rows:
            if not any(self.put(c, host, now) for host in guide(self, k)):
                self.ask([c], now)
        return np.array(rows, dtype=np.int64)

    def come(self, k: int, now: int) -> int:
        """A container of a class that does not ask before it is told to (`ask`); its row."""
        self._need(1)
        return int(come(self._at, k, NEVER, now))

    def begin_with(self, k: int, host: int) -> int:
        """A container that is on a host from the start; its row.

        Only room is asked for: on the way to a plan spreads are uneven, and whether it keeps its rules is for `verify`.

        Raises
        ------
        ValueError
            If the host has no room for it.
        """
        self._need(1)
        shape = int(self.state.classes[k, SHAPE])
        if not has_room(self._at, shape, host):
            workload = self.names.scenario.spec.workloads[self.classes[k][0]].name
            raise ValueError(
                f"{workload} cannot be on host {self.host_names[host]}: it has no room, or is no place for it"
            )
        c = int(come(self._at, k, NEVER, 0))
        seat(self._at, c, host, tightest(self._at, shape, host), 0)
        return c

    def retire(self, containers: Iterable[int], now: int) -> None:
        """Let containers go for good, from their hosts or from the queue."""
        for c in containers:
            control.retire(self._at, int(c), now)

    def arrivals_of(self, rows: Ints) -> None:
        """Let containers come by themselves, beside those that already will: int64[n, 3] of when, class, how long."""
        s = self.state
        joined = np.concatenate([s.arrivals[s.number[ARRIVED] :], rows])
        self.state = s._replace(arrivals=joined[np.argsort(joined[:, 0], kind="stable")])
        self.state.number[ARRIVED] = 0
        self._at = point_at(self.state)

    def vary(self, like: Sequence[int], sizes: Ints) -> Ints:
        """Further classes: as others, under the same rules, but each asks for a row of sizes (int64[n, R])."""
        first = len(self.classes)
        self.state = with_classes(self.state, like, sizes)
        self.classes += tuple(self.classes[k] for k in like)
        self._at = point_at(self.state)
        return np.arange(first, len(self.classes))

    def become(self, container: int, k: int) -> None:
        """Let a container that has no host and does not wait be of another class of its workload."""
        if self.state.containers[container, STATUS] != ASIDE:
            raise ValueError(f"container {container} has a host, waits or is gone, expected none of that")
        self.state.containers[container, CLASS] = k

    def evict(self, containers: Iterable[int], now: int) -> None:
        """Take containers off their hosts; they ask again only when they are told to (`ask`)."""
        for c in containers:
            control.evict(self._at, int(c), now)

    def empty(self, host: int, now: int) -> Ints:
        """Evict all containers of a host; their rows."""
        rows: Ints = empty(self._at, host, now)
        return rows

    def ask(self, containers: Sequence[int] | Ints, now: int) -> int:
        """Let containers without a host ask for one; they wait where there is none. How many got one."""
        return int(control.ask_all(self._at, np.asarray(containers, dtype=np.int64), now))

    def recall(self, containers: Iterable[int], now: int) -> None:
        """Take containers out of the queue: they do nothing until they ask again, or are put somewhere."""
        tick(self._at, now)
        for c in containers:
            if self.state.containers[c, STATUS] == WAITS:
                withdraw(self._at, int(c))

    def put(self, container: int, host: int, now: int) -> bool:
        """Place a container without a host on one of one's choice; whether room and rules let it."""
        return bool(control.put(self._at, container, host, now))

    def resize(self, container: int, k: int, now: int) -> bool:
        """Let a running container ask for what another class of its workload does, in place; whether there is room."""
        return bool(control.resize(self._at, container, k, now))

    def want(self, workload: int, replicas: int, least: int, now: int = 0) -> None:
        """How many replicas of a workload there should be from now on, and how many its objective asks for."""
        want(self._at, workload, replicas, least, now)

    # time

    def advance(self, until: int) -> bool:
        """Let departures and starts up to a time happen, and arrivals before it.

        False where it has to be called again: the log is full, or tables had to grow for an arrival.
        """
        reached = bool(advance(self._at, until))
        if not reached:
            self._need(1)
        return reached

    def log(self) -> Ints:
        """Take what the log has: int64[n, 4] of when, what, who, where; it is empty then."""
        n = int(self.state.number[LOGGED])
        self.state.number[LOGGED] = 0
        rows: Ints = self.state.log[:n].copy()
        return rows

    def fork(self) -> Cluster:
        """The same cluster once more: what happens to one does not happen to the other."""
        other = Cluster(copied(self.state), self.names, self.types, self.classes, self.resources, self.quotas)
        other.casts, other.host_names, other._opened = list(self.casts), list(self.host_names), self._opened
        other._blank, other.prices, other.guide = list(self._blank), dict(self.prices), self.guide
        other._class, other._first_class = self._class, self._first_class  # not of the classes that `vary` made
        other._renewed = dict(self._renewed)
        return other

    def sketch(self) -> Cluster:
        """A fork to try things on: it keeps no log, nobody arrives, and whoever finds no host waits."""
        s = self.state
        state = copied(s._replace(log=s.log[:0], arrivals=s.arrivals[:0]))
        state.number[QUEUES] = True
        own = {"state": state, "_rows": [[] for _ in s.workloads], "_listed": 0}
        own |= {"casts": list(self.casts), "host_names": list(self.host_names), "_blank": list(self._blank)}
        own["prices"] = dict(self.prices)
        other = Cluster.__new__(Cluster)
        other.__setstate__(self.__getstate__() | own)
        return other

    def __getstate__(self) -> dict[str, object]:
        """All but the pointer: a cluster can be saved."""
        return {name: value for name, value in vars(self).items() if name != "_at"}

    def __setstate__(self, saved: dict[str, object]) -> None:
        vars(self).update(saved)
        self._at = point_at(self.state)

    def __deepcopy__(self, _: object) -> Cluster:
        return self.fork()

    def _need(self, rows: int) -> None:
        """Grow the tables where they have too few blank rows for containers."""
        if int(self.state.number[ROWS]) + rows > len(self.state.containers):
            self.state = grown(self.state, int(self.state.number[ROWS]) + max(rows, len(self.state.containers)))
            self._at = point_at(self.state)


Guide = Callable[[Cluster, int], Iterable[int]]
"""For a container of a class that comes: rows of hosts, the best first."""
