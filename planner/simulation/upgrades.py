"""Host replacement: immutable hosts are not patched, but replaced by new ones of the same type."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import partial

from models.release import IntOrPercent, counted
from models.selectors import Hosts
from planner.simulation.agenda import Turn
from planner.simulation.cluster import HostType
from planner.simulation.drains import RETRY, Drain, drain
from planner.simulation.film import HOUR, SECOND, Film
from planner.simulation.provisioning.launches import BOOT_SECONDS, Launches


@dataclass(frozen=True)
class Upgrades:
    """Replaces hosts one after the other, as a node pool does that is upgraded.

    Each is cordoned, drained within disruption budgets, closed. With `surge` a new host of its type comes first, else
    after it. One that fails meanwhile is put last in the row: it is replaced once it is back.

    Attributes
    ----------
    at_hours : float
    hosts : Hosts
        Which ones, of those that there are then; all, if nothing is stated.
    batch : int or percent
        How many are replaced at the same time (of all that are to be; rounds up). GKE's surge upgrades: 1
        (`maxSurge=1`, `maxUnavailable=0`); Karpenter's disruption budget: 10%.
    surge : bool
        Where no row is blank for a further host, one is replaced without.
    boot_seconds : float
        From ordering a host to its taking containers: see `provisioning.launches`.
    timeout_hours : float or None
        After that, budgets are overruled, as GKE does after an hour; None never does (Karpenter without
        `terminationGracePeriod`).
    """

    at_hours: float
    hosts: Hosts = field(default_factory=Hosts)
    batch: IntOrPercent = 1
    surge: bool = True
    boot_seconds: float = BOOT_SECONDS
    timeout_hours: float | None = 1.0

    def begin(self, film: Film) -> None:
        """Enter when it begins."""
        film.at(round(self.at_hours * HOUR), Turn.RELEASE, _Upgrade(self).start)


@dataclass
class _Turn:
    """A host that is to be replaced; `spare` once the new one has come."""

    host: int
    name: str
    what: HostType
    spare: bool = False


class _Upgrade:
    """An upgrade under way."""

    def __init__(self, asked: Upgrades) -> None:
        self.asked, self.launches = asked, Launches(asked.boot_seconds)
        self.coming: deque[_Turn] = deque()
        self.busy: dict[int, _Turn] = {}
        self.batch = self.begun = self.replaced = self.gone = self.evicted = self.overruled = 0

    def start(self, film: Film) -> None:
        """Choose the hosts, and begin with the first ones."""
        cluster, self.begun = film.cluster, film.now
        for host, what in enumerate(cluster.casts):
            if what is not None and self.asked.hosts.selects(what.offering):
                self.coming.append(_Turn(host, cluster.host_names[host], what))
        self.batch = max(1, counted(self.asked.batch, len(self.coming), up=True))
        self._go_on(film)

    def _go_on(self, film: Film) -> None:
        """Take up as many hosts as there may be at the same time; hosts that are away have to wait."""
        for _ in range(len(self.coming)):
            if len(self.busy) == self.batch:
                return
            turn = self.coming.popleft()
            if film.cluster.host_names[turn.host] != turn.name:
                self.gone += 1
            elif film.losses.is_away(turn.host):
                self.coming.append(turn)
            else:
                self.busy[turn.host] = turn
                self._begin(film, turn)
        if self.busy:
            return
        if self.coming:
            film.after(RETRY, Turn.RELEASE, self._go_on)
            return
        film.tell(
            "upgrade",
            hosts=self.replaced,
            gone=self.gone,
            evicted=self.evicted,
            overruled=self.overruled,
            seconds=(film.now - self.begun) / SECOND,
        )

    def _begin(self, film: Film, turn: _Turn) -> None:
        if self.asked.surge and not turn.spare and self.launches.room(film.cluster) > 0:
            self.launches.order(film, turn.what, "upgrade", partial(self._come, turn))
        else:
            self._drain(turn, film)

    def _come(self, turn: _Turn, film: Film) -> None:
        """The new host is there."""
        turn.spare = True
        self._drain(turn, film)

    def _drain(self, turn: _Turn, film: Film) -> None:
        drain(film, turn.host, hours=self.asked.timeout_hours, then=self._drained)

    def _drained(self, ended: Drain, film: Film) -> None:
        """Close a host that is empty, and have another for it where none has come yet."""
        turn = self.busy[ended.host]
        self.evicted += ended.evicted
        self.overruled += ended.overruled
        if not ended.emptied:
            self.coming.append(turn)
            self._free(turn, film)
            return
        film.cluster.close(turn.host, film.now)
        self.replaced += 1
        if turn.spare:
            self._free(turn, film)
        else:
            self.launches.order(film, turn.what, "upgrade", partial(self._free, turn))

    def _free(self, turn: _Turn, film: Film) -> None:
        """It is the turn of another."""
        del self.busy[turn.host]
        self._go_on(film)
