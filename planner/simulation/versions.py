"""The two versions of a workload while one takes over from the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from planner.simulation.cluster import Cluster, Ints
from planner.simulation.film import Film
from planner.simulation.state import CLASS, DELAY, GONE, HOST, SERVES, SERVING, STATUS, WAITS, WANTED

STANDING = ("service", "stateful_set", "virtual_machine")
"""Kinds of workloads whose replicas stand as long as nobody takes them away; jobs come and go by themselves."""
Mark = Callable[[Film, int], None]
"""Says whether a container is broken."""
STUCK = 2**60
"""Milliseconds that a broken container needs to start: it never serves."""


class Broken:
    """Containers that are broken: wherever they go, they never serve."""

    def __init__(self) -> None:
        self.rows: set[int] = set()

    def delay(self, film: Film, container: int, host: int, lost: bool) -> int:
        """For `Losses.delays`: one that leaves its host is not mended by that."""
        if container in self.rows:
            film.cluster.state.containers[container, DELAY] = STUCK
        return 0

    def mark(self, film: Film, container: int) -> None:
        """A container without a host will not serve when it starts."""
        self.rows.add(container)
        film.cluster.state.containers[container, DELAY] = STUCK

    def mend(self, film: Film, container: int) -> None:
        """It serves from its next start on."""
        self.rows.discard(container)
        if film.cluster.state.containers[container, DELAY] >= STUCK:
            film.cluster.state.containers[container, DELAY] = 0


class Versions:
    """Containers of a workload by version, and what was seen of them.

    Attributes
    ----------
    workload : int
    newer : mapping of int to int
        Classes of the new version by those of the old one, where they differ.
    incoming, outgoing : int64[.]
        Rows of the version that is to be, and of the other; all that are not gone.
    waited : set of int
        Rows of the incoming that were seen to wait for a host.
    surge : int
        The most there were at the same time beyond the replicas that there should be.
    least : int
        The fewest that served.
    """

    def __init__(self, cluster: Cluster, workload: int, newer: Mapping[int, int]) -> None:
        rows = cluster.containers(workload)
        self.workload = workload
        self.outgoing, self.incoming = living(cluster, rows), np.zeros(0, dtype=np.int64)
        old = cluster.state.containers[self.outgoing, CLASS].tolist()
        self._classes = [newer.get(k, k) for k in old], old
        further = cluster.class_of(workload)
        self._further = newer.get(further, further), further
        self.newer, self._was, self._back = newer, dict[int, int](), False
        self._known = len(rows)
        self.waited: set[int] = set()
        self.surge, self.least = 0, int(cluster.state.workloads[workload, SERVING])

    def look(self, cluster: Cluster) -> None:
        """Leave out who has gone; who came by others is of the incoming version."""
        rows = cluster.containers(self.workload)
        came, self._known = rows[self._known :], len(rows)
        self.incoming = living(cluster, np.concatenate([self.incoming, came]))
        self.outgoing = living(cluster, self.outgoing)

    def watch(self, cluster: Cluster, serving: int) -> None:
        """Remember who waits, the largest surge, and the fewest that served."""
        waits = cluster.state.containers[self.incoming, STATUS] == WAITS
        self.waited.update(self.incoming[waits].tolist())
        self.surge = max(self.surge, self.there - self.replicas(cluster))
        self.least = min(self.least, serving)

    def replicas(self, cluster: Cluster) -> int:
        """How many there should be."""
        return int(cluster.state.workloads[self.workload, WANTED])

    @property
    def there(self) -> int:
        """All of both."""
        return len(self.incoming) + len(self.outgoing)

    def is_complete(self, cluster: Cluster) -> bool:
        """Whether as many of the incoming serve as there should be, and nobody else is left."""
        wanted = self.replicas(cluster)
        return len(self.outgoing) == 0 and len(self.incoming) == wanted == serving(cluster, self.incoming)

    def create(self, film: Film, number: int, mark: Mark) -> None:
        """Let so many of the incoming version come and ask.

        They are of the classes of those whom they replace, as far as any are missing; `mark` sees each before it asks.
        """
        cluster = film.cluster
        for k in self._missing(cluster, number):
            c = cluster.come(k, film.now)
            mark(film, c)
            cluster.ask([c], film.now)
            self.incoming = np.append(self.incoming, c)
            self._known += 1

    def retire(self, film: Film, rows: Sequence[int] | Ints) -> None:
        """Let some go for good."""
        film.cluster.retire(rows, film.now)
        self.incoming, self.outgoing = living(film.cluster, self.incoming), living(film.cluster, self.outgoing)

    def renew_last(self, film: Film, mark: Mark) -> None:
        """Let the last of the outgoing start anew as one of the incoming: it keeps its row, and so its volumes."""
        c = int(self.outgoing[-1])
        self.outgoing, self.incoming = self.outgoing[:-1], np.append(self.incoming, c)
        cluster = film.cluster
        row = cluster.state.containers[c]
        host, waits, k = int(row[HOST]), bool(row[STATUS] == WAITS), int(row[CLASS])
        cluster.evict([c], film.now)
        cluster.recall([c], film.now)
        mark(film, c)
        cluster.become(c, self._was.get(c, k) if self._back else self.newer.get(k, k))
        self._was[c] = k
        if host >= 0:
            film.losses.ask_later(film, np.array([c]), host, 0, lost=False)
        elif waits:
            cluster.ask([c], film.now)

    def turn_back(self) -> None:
        """What was to go comes back."""
        self.incoming, self.outgoing = self.outgoing, self.incoming
        self._classes, self._further, self._back = self._classes[::-1], self._further[::-1], True

    def _missing(self, cluster: Cluster, number: int) -> list[int]:
        if number <= 0:
            return []
        there = Counter(cluster.state.containers[self.incoming, CLASS].tolist())
        missing: list[int] = []
        for k in self._classes[0]:
            if there[k]:
                there[k] -= 1
            else:
                missing.append(k)
        return (missing + [self._further[0]] * max(0, number - len(missing)))[:number]


def living(cluster: Cluster, rows: Ints) -> Ints:
    """Those of some containers that are not gone."""
    left: Ints = rows[cluster.state.containers[rows, STATUS] != GONE]
    return left


def serving(cluster: Cluster, rows: Ints) -> int:
    """How many of some containers serve."""
    return int(np.count_nonzero(cluster.state.containers[rows, STATUS] == SERVES))


def first_to_go(cluster: Cluster, rows: Ints, number: int) -> Ints:
    """So many of some containers, as a ReplicaSet deletes them.

    Whoever has no host goes first, then whoever does not serve, then the newest (`ActivePodsWithRanks` of
    `pkg/controller/controller_utils.go`, without its ranks by host and by restarts).
    """
    found = cluster.state.containers[rows]
    order = np.lexsort((-rows, found[:, STATUS] == SERVES, found[:, HOST] >= 0))
    going: Ints = rows[order[: max(0, number)]]
    return going
