"""What if: hosts are opened and emptied on a sketch of the cluster, under all rules, to see who finds room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from planner.simulation.cluster import Cluster, HostType, Ints
from planner.simulation.film import Film
from planner.simulation.state import AFTER, CLASS, CORDONED, HOME, HOST, QUEUED, SHAPE, UP


def waiting(cluster: Cluster) -> Ints:
    """Rows of the containers that wait for a host, class by class."""
    rows = []
    for c in cluster.state.queue[:, QUEUED].tolist():
        while c >= 0:
            rows.append(c)
            c = int(cluster.state.containers[c, AFTER])
    return np.array(rows, dtype=np.int64)


def largest_first(cluster: Cluster, rows: Ints) -> Ints:
    """Containers by the first resource they ask for (CPU), then the second (memory), and so on; the most first."""
    size = cluster.state.size[cluster.state.classes[cluster.state.containers[rows, CLASS], SHAPE]]
    ordered: Ints = rows[np.lexsort((rows, *(-size[:, r] for r in reversed(range(size.shape[1])))))]
    return ordered


class FirstFit:
    """Hosts that are filled one after the other; they only fill up, so that whom one refused is not tried there again.

    Attributes
    ----------
    hosts : list of int
        Rows; more may be appended.
    """

    def __init__(self, cluster: Cluster, now: int, hosts: Iterable[int] = ()) -> None:
        self.hosts = list(hosts)
        self._cluster, self._now = cluster, now
        self._begin: dict[tuple[int, int], int] = {}  # the first host that may take one of a class and zone

    def put(self, container: int) -> bool:
        """Put a container on the first host that takes it; whether one does."""
        row = self._cluster.state.containers[container]
        like = int(row[CLASS]), int(row[HOME])
        for at in range(self._begin.get(like, 0), len(self.hosts)):
            if self._cluster.put(container, self.hosts[at], self._now):
                self._begin[like] = at
                return True
        self._begin[like] = len(self.hosts)
        return False


class Trial:
    """A sketch of a cluster on which hosts are emptied and opened, to see who finds room.

    Attributes
    ----------
    cluster : Cluster
        The sketch, in which the hosts that were ordered are there, filled with who waits, the largest first.
    unserved : int64[n]
        Of those who wait, such as find no room there, either; in the sketch, they do not wait.
    """

    def __init__(self, film: Film, ordered: Iterable[HostType] = ()) -> None:
        self.cluster, self.now = film.cluster.sketch(), film.now
        self._left: list[tuple[int, int]] = []
        rows = waiting(self.cluster)
        self.cluster.recall(rows, self.now)
        coming = [self.cluster.open(each, self.now) for each in ordered if self.cluster.has_blank]
        fit = FirstFit(self.cluster, self.now, coming)
        self.unserved = np.array([c for c in largest_first(self.cluster, rows).tolist() if not fit.put(c)], dtype=int)

    def leave(self, hosts: Sequence[int]) -> Ints:
        """Empty hosts; rows of what finds no room elsewhere, the largest first, which has no host and does not wait."""
        cluster = self.cluster
        for host in hosts:
            cluster.set_state(host, CORDONED, self.now)
        self._left = [(c, host) for host in hosts for c in cluster.on(host).tolist()]
        rows = largest_first(cluster, np.array([c for c, _ in self._left], dtype=np.int64))
        cluster.evict(rows, self.now)
        cluster.ask(rows, self.now)
        lost: Ints = rows[cluster.state.containers[rows, HOST] < 0]
        cluster.recall(lost, self.now)
        return lost

    def undo(self) -> bool:
        """Put what left back; whether rules let it: the sketch is of no use any more where they did not."""
        cluster = self.cluster
        cluster.evict((c for c, _ in self._left), self.now)
        for host in {host for _, host in self._left}:
            cluster.set_state(host, UP, self.now)
        done = [cluster.put(c, host, self.now) for c, host in self._left]
        self._left = []
        return all(done)
