"""Draining: a host takes nothing more, and what it carries moves away as fast as disruption budgets let it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.simulation.agenda import Turn
from planner.simulation.budgets import evictable
from planner.simulation.cluster import Ints
from planner.simulation.film import HOUR, SECOND, Film
from planner.simulation.state import CORDONED, HOST_STATE, NEVER, UP

RETRY = 5 * SECOND
"""Milliseconds until `kubectl drain` asks again after an eviction was refused."""

Then = Callable[["Drain", Film], None]


@dataclass(eq=False)
class Drain:
    """A host that is being drained.

    Attributes
    ----------
    host : int
    name : str
        Of the host: another that is opened in its row meanwhile is not drained.
    overrule : int
        When what is left goes whatever its budget says, in milliseconds; `NEVER` waits for budgets as long as it takes.
    then : callable, optional
        Called once, with the drain and the film, when the drain is over: a bound method or a `partial`.
    evicted, overruled : int
        Containers that were evicted, and how many of them against their budget.
    emptied : bool
        Whether the host stands there empty and cordoned; not if it was lost or closed before.
    """

    host: int
    name: str
    overrule: int = NEVER
    then: Then | None = None
    evicted: int = 0
    overruled: int = 0
    emptied: bool = False

    def sync(self, film: Film) -> None:
        """Evict what may go now; look again later where that is not all."""
        cluster, host = film.cluster, self.host
        if cluster.host_names[host] != self.name or film.losses.is_away(host):
            self._end(film)
            return
        if cluster.state.hosts[host, HOST_STATE] == UP:
            cluster.set_state(host, CORDONED, film.now)
        there = cluster.on(host)
        going = evictable(cluster, there.tolist())
        if film.now >= self.overrule and len(going) < len(there):
            self.overruled += len(there) - len(going)
            going = there
        evict(film, going, host)
        self.evicted += len(going)
        self.emptied = cluster.used(host) == 0
        if self.emptied:
            self._end(film)
        else:
            film.after(RETRY, Turn.RELEASE, self.sync)

    def _end(self, film: Film) -> None:
        if self.then is not None:
            film.after(0, Turn.RELEASE, self._tell)

    def _tell(self, film: Film) -> None:
        if self.then is not None:
            self.then(self, film)


def drain(film: Film, host: int, *, hours: float | None = None, then: Then | None = None) -> Drain:
    """Begin to drain a host (`kubectl drain`): it is cordoned, and what may go asks for another host at once.

    Parameters
    ----------
    hours : float, optional
        When budgets are overruled, from now on; without it they are kept as long as it takes.
    then : callable, optional
        See `Drain.then`.

    Returns
    -------
    Drain
        It goes on by itself.
    """
    overrule = NEVER if hours is None else film.now + round(hours * HOUR)
    begun = Drain(host, film.cluster.host_names[host], overrule, then)
    begun.sync(film)
    return begun


def evict(film: Film, containers: Ints, host: int) -> None:
    """Take containers off a host on purpose; they ask for another one, once their volumes let them."""
    film.cluster.evict(containers, film.now)
    film.losses.ask_later(film, containers, host, 0, lost=False)
