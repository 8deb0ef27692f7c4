"""Hosts by demand, as Kubernetes' Cluster Autoscaler has them: groups of equal hosts that grow and shrink."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster, Ints
from planner.simulation.consolidation import Drains, is_held, may_go
from planner.simulation.film import MINUTE, SECOND, Film
from planner.simulation.provisioning.launches import BOOT_SECONDS, Launches, stamp
from planner.simulation.provisioning.offers import Offers
from planner.simulation.state import CLASS, COUNT, DEVICE, HOST_STATE, NEVER, SHAPE, UP, VERSION, WAITING, Floats
from planner.simulation.trial import FirstFit, Trial

BULK = 10
"""Empty hosts given back in one scan (`--max-empty-bulk-delete`)."""
CANDIDATES = 30
"""Hosts in use looked at in one scan (`--scale-down-non-empty-candidates-count`)."""
RECHECK = 5 * MINUTE
"""Until a host that could not be emptied is looked at again (`--unremovable-node-recheck-timeout`)."""
PATIENCE = 2 * MINUTE
"""How long evictions are tried before the host is kept (`MaxPodEvictionTime`)."""


@dataclass(frozen=True)
class ClusterAutoscaler:
    """Opens hosts for containers that wait, and gives hosts back that are little used.

    Every scan: for each group (an offering of a pool), as many hosts as those who wait there need are estimated, first
    fit over the new hosts, the largest container first, under all rules; hosts on their way are filled first. The group
    that would waste least is extended, one a scan. A host whose requests are below the threshold for long enough, and
    whose containers find room elsewhere, is drained within disruption budgets and given back; one in use at a time.

    Attributes
    ----------
    boot_seconds : float
        From an order until the host takes containers.
    scan_seconds : int
        `--scan-interval`.
    threshold : float
        `--scale-down-utilization-threshold`: the larger share of CPU and memory that is requested; of GPUs, where a
        host has some. Daemonsets count on neither side.
    unneeded_minutes : float
        `--scale-down-unneeded-time`.
    after_add_minutes : float
        `--scale-down-delay-after-add`: nothing is given back so soon after an order.

    Notes
    -----
    Sources: github.com/kubernetes/autoscaler, `cluster-autoscaler/FAQ.md` (flags and their defaults, "How does
    scale-up work?", "How does scale-down work?") and `expander/waste/waste.go`. Groups that waste the same are chosen
    among by price, then by how few hosts they have, then by their order (`--expander=least-waste,price`,
    `--balance-similar-node-groups`); Kubernetes draws. Whether a host can be emptied is tried when its time is over,
    not at each scan before; where it cannot, it is tried again after `RECHECK`.
    """

    boot_seconds: float = BOOT_SECONDS
    scan_seconds: int = 10
    threshold: float = 0.5
    unneeded_minutes: float = 10.0
    after_add_minutes: float = 10.0

    def begin(self, film: Film) -> None:
        """Scan for the first time once an interval is over."""
        film.after(self.scan_seconds * SECOND, Turn.SCALE, _Autoscaler(self, film.cluster).scan)


@dataclass(frozen=True)
class Extension:
    """A group with the hosts it would get: an option of the expander.

    Attributes
    ----------
    offering : int
        Its number.
    hosts : int
    served : int64[n]
        Containers that would run there.
    """

    offering: int
    hosts: int
    served: Ints


class _Autoscaler:
    """What the autoscaler remembers."""

    def __init__(self, rule: ClusterAutoscaler, cluster: Cluster) -> None:
        self.rule, self.offers = rule, Offers.of(cluster)
        self.launches, self.drains = Launches(rule.boot_seconds), Drains(PATIENCE)
        self._fruitless: tuple[int, ...] | None = None
        self._ordered = -(2**62)
        self._low = _LowHosts(self.offers, rule.threshold, len(cluster.casts))

    def scan(self, film: Film) -> None:
        """Extend a group, or else give hosts back."""
        film.after(self.rule.scan_seconds * SECOND, Turn.SCALE, self.scan)
        if film.cluster.state.now[WAITING]:
            self._grow(film)
        self._low.look(film)
        if film.now >= self._ordered + self.rule.after_add_minutes * MINUTE:
            self._shrink(film)

    def _grow(self, film: Film) -> None:
        """Order what the best group needs for those who wait."""
        now = (*stamp(film.cluster), len(self.launches.coming))
        room = self.launches.room(film.cluster)
        if room <= 0 or now == self._fruitless:
            return
        trial = Trial(film, self.launches.coming)
        options = extensions(trial, self.offers, room)
        if not options:
            self._fruitless = now
            return
        best = min(options, key=lambda option: self._rank(trial.cluster, option))
        for _ in range(best.hosts):
            self.launches.order(film, film.cluster.types[best.offering], f"{len(best.served)} wait")
        self._ordered = film.now

    def _rank(self, cluster: Cluster, option: Extension) -> tuple[Fraction, int, int, int]:
        what = cluster.types[option.offering]
        price = option.hosts * cluster.price_of(what)
        return waste(cluster, self.offers, option), price, cluster.casts.count(what), option.offering

    def _shrink(self, film: Film) -> None:
        """Give empty hosts back, and drain one that is in use."""
        ready = self._low.since(film.now - round(self.rule.unneeded_minutes * MINUTE))
        if not len(ready):
            return
        count = film.cluster.state.hosts[ready, COUNT]
        for host in ready[count == 0][:BULK].tolist():
            self.drains.start(film, host, "empty")
        if self.drains.going:
            return
        trial = None
        for host in ready[count > 0][:CANDIDATES].tolist():
            if not is_held(film.cluster, host):
                trial = trial or Trial(film, self.launches.coming)
                if not len(trial.leave([host])):
                    self.drains.start(film, host, "little used")
                    return
                trial = trial if trial.undo() else None
            self._low.postpone(host, film.now + RECHECK - round(self.rule.unneeded_minutes * MINUTE))


def extensions(trial: Trial, offers: Offers, room: int) -> list[Extension]:
    """For each group, as many hosts as those who wait and find room there need (`BinpackingNodeEstimator`).

    Parameters
    ----------
    trial : Trial
        As it was before when this is over.
    room : int
        Hosts that may be opened in all.
    """
    cluster, rows = trial.cluster, trial.unserved
    left = offers.left(cluster)
    shape = cluster.state.classes[cluster.state.containers[rows, CLASS], SHAPE]
    takes = {each: offers.takes(cluster, each) for each in np.unique(shape).tolist()}
    found = []
    for t in np.flatnonzero(offers.within(left)).tolist():
        mine = rows[[takes[each][t] for each in shape.tolist()]] if len(rows) else rows
        if len(mine):
            option = _extension(trial, offers, t, mine, left, room)
            if option.hosts:
                found.append(option)
    return found


def _extension(trial: Trial, offers: Offers, t: int, rows: Ints, left: Ints, room: int) -> Extension:
    """First fit over new hosts of offering t, by the share that containers take of one."""
    cluster, now = trial.cluster, trial.now
    s = cluster.state
    size = s.size[s.classes[s.containers[rows, CLASS], SHAPE]]
    shares = size / np.maximum(1, offers.capacity[t])
    share = shares[:, offers.cpu].max(axis=1, initial=0) + shares[:, offers.memory].max(axis=1, initial=0)
    fit = FirstFit(cluster, now)
    served = []
    for c in rows[np.lexsort((rows, -share))].tolist():
        done = fit.put(c)
        empty = fit.hosts and not cluster.used(fit.hosts[-1])  # where it does not fit, it would not fit the next one
        if not done and not empty and len(fit.hosts) < room and offers.within(left)[t]:
            fit.hosts.append(cluster.open(cluster.types[t], now))
            left = left - offers.weight[:, t]
            done = fit.put(c)
        if done:
            served.append(c)
    hosts = sum(cluster.used(host) > 0 for host in fit.hosts)
    cluster.evict(served, now)
    for host in fit.hosts:
        cluster.close(host, now)
    return Extension(t, hosts, np.array(served, dtype=np.int64))


def waste(cluster: Cluster, offers: Offers, option: Extension) -> Fraction:
    """The share of CPU that stays idle on the new hosts, and that of memory, in sum (`least-waste`); means over time.

    As `waste.go` has it; the FAQ speaks of idle CPU, and of memory for ties only.
    """
    s = cluster.state
    size = s.size[s.classes[s.containers[option.served, CLASS], SHAPE]].sum(axis=0)
    whole = option.hosts * offers.capacity[option.offering]
    idle = [Fraction(int(w - used), max(1, int(w))) for w, used in zip(whole, size, strict=True)]
    return sum((idle[r] / len(columns) for columns in (offers.cpu, offers.memory) for r in columns), Fraction(0))


class _LowHosts:
    """Since when hosts are used less than the threshold; only such as changed are looked at again."""

    def __init__(self, offers: Offers, threshold: float, hosts: int) -> None:
        self._columns, self._threshold = [*offers.cpu, *offers.memory], threshold
        self._version = np.zeros(hosts, dtype=np.int64)
        self._since = np.full(hosts, NEVER, dtype=np.int64)
        self._first = NEVER
        self._names = [""] * hosts

    def look(self, film: Film) -> None:
        """Begin to count for hosts that are little used now, and stop for others."""
        version = film.cluster.state.hosts[:, VERSION]
        changed = np.flatnonzero(version != self._version)
        if not len(changed):
            return
        self._version[changed] = version[changed]
        for h in changed.tolist():
            if self._names[h] != film.cluster.host_names[h]:  # another host in the same row
                self._names[h], self._since[h] = film.cluster.host_names[h], NEVER
        low = utilisation(film.cluster, changed, self._columns) < self._threshold
        low &= film.cluster.state.hosts[changed, HOST_STATE] == UP
        low &= [may_go(film.cluster.casts[h]) for h in changed.tolist()]
        self._since[changed[~low]] = NEVER
        fresh = changed[low & (self._since[changed] == NEVER)]
        self._since[fresh] = film.now
        self._first = int(self._since.min(initial=NEVER))

    def since(self, when: int) -> Ints:
        """Rows of hosts that are little used since then, or longer; those for the longest time first."""
        rows = np.flatnonzero(self._since <= when) if self._first <= when else np.zeros(0, dtype=np.int64)
        found: Ints = rows[np.lexsort((rows, self._since[rows]))]
        return found

    def postpone(self, host: int, since: int) -> None:
        """Take a host as little used since another time."""
        self._since[host] = since
        self._first = int(self._since.min(initial=NEVER))


def utilisation(cluster: Cluster, hosts: Ints, columns: list[int]) -> Floats:
    """float64[n]: the largest share of any column that is requested; of GPUs alone, where a host has some."""
    s = cluster.state
    capacity, free = s.capacity[hosts][:, columns], s.free[hosts][:, columns]
    share = ((capacity - free) / np.maximum(1, capacity)).max(axis=1, initial=0.0)
    device = s.device[hosts]
    devices = (device >= 0).sum(axis=1) * DEVICE
    used = devices - np.maximum(device, 0).sum(axis=1)
    found: Floats = np.where(devices > 0, used / np.maximum(1, devices), share)
    return found
