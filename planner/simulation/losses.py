"""Hosts that are lost for a while: what they carried is noticed to be gone, and asks again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster, Ints
from planner.simulation.state import DOWN, UP

if TYPE_CHECKING:
    from planner.simulation.film import Film

NOTICED = 50_000 + 300_000
"""Milliseconds until Kubernetes gives up on the containers of a silent host: the node controller's grace period
(`--node-monitor-grace-period`, 50 s since 1.32) and the toleration of `node.kubernetes.io/unreachable` (300 s)."""
HELD = -1
"""In place of a delay: not before the host is back."""

Delay = Callable[["Film", int, int, bool], int]
"""Milliseconds after which a container that leaves a host may ask for another: film, container, host, whether the host
is lost (or the container leaves on purpose); `HELD` where it cannot do without that host."""


class Losses:
    """Why hosts are away; a host lost twice is back once both causes are over.

    Attributes
    ----------
    delays : list of Delay
        Of those that say something, the longest counts: volumes that have to be detached, say.
    lost : list of callable
        Hear of each host that is lost: film, host.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._causes: Counter[tuple[int, str]] = Counter()
        self._held: dict[int, list[int]] = defaultdict(list)
        self.delays: list[Delay] = []
        self.lost: list[Callable[[Film, int], None]] = []

    def take(self, film: Film, hosts: Iterable[int], *, noticed: int = NOTICED) -> int:
        """Lose hosts without warning; how many containers were on them."""
        lost = 0
        for host in hosts:
            self._causes[self._key(host)] += 1
            if self._causes[self._key(host)] > 1:
                continue
            rows = film.cluster.empty(host, film.now)
            film.cluster.set_state(host, DOWN, film.now)
            lost += len(rows)
            for hears in self.lost:
                hears(film, host)
            self.ask_later(film, rows, host, noticed, lost=True)
        return lost

    def give(self, film: Film, hosts: Iterable[int]) -> None:
        """Give hosts back, those for which no other cause is left; what only they could carry is there again."""
        for host in hosts:
            if not self.is_away(host):  # another host was opened in its row
                continue
            self._causes[self._key(host)] -= 1
            if not self.is_away(host):
                film.cluster.set_state(host, UP, film.now)
                for container in self._held.pop(host, ()):
                    film.cluster.put(container, host, film.now)

    def is_away(self, host: int) -> bool:
        """Whether a host is lost now."""
        return self._causes[self._key(host)] > 0

    def _key(self, host: int) -> tuple[int, str]:
        return host, self._cluster.host_names[host]

    def ask_later(self, film: Film, rows: Ints, host: int, wait: int, *, lost: bool) -> None:
        """Let containers that have left a host ask after `wait` and what `delays` add to it.

        Those that need equally long ask together, in the order of their rows.
        """
        needed = np.array([self._delay(film, c, host, lost) for c in rows.tolist()], dtype=np.int64)
        self._held[host] += rows[needed == HELD].tolist()
        for more in np.unique(needed[needed != HELD]).tolist():
            film.after(wait + more, Turn.REPAIR, partial(ask_again, rows[needed == more]))

    def _delay(self, film: Film, container: int, host: int, lost: bool) -> int:
        said = [delay(film, container, host, lost) for delay in self.delays]
        return HELD if HELD in said else max(said, default=0)


def ask_again(containers: Ints, film: Film) -> None:
    """An action: containers without a host ask for one, but for those that were retired meanwhile."""
    film.cluster.ask(containers, film.now)
