"""Carrying a plan out: containers move one after the other, as room and disruption budgets let them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from planner.simulation.agenda import Turn
from planner.simulation.budgets import evictable
from planner.simulation.cluster import Cluster
from planner.simulation.film import MINUTE, SECOND, Film
from planner.simulation.losses import HELD
from planner.simulation.state import CORDONED, HOST, HOST_STATE, HOSTS_UP, PRICE, STATUS, UP, WAITS

RETRY = 5 * SECOND
"""Until moves that were held up are tried again: as long as `kubectl drain` waits after an eviction was refused."""


@dataclass(frozen=True)
class Move:
    """A container that gets another host.

    Attributes
    ----------
    container : int
    origin : int
        The host that it is on; -1 where it waits for one.
    origin_name : str
    target : int
        A row of hosts; -1 - n for the n-th host that the plan opens.
    target_name : str
        Known once that is there.
    """

    container: int
    origin: int
    origin_name: str
    target: int
    target_name: str = ""


class Carrying:
    """A plan that is carried out.

    Hosts that it gives up take nothing more from the start, and are closed once they are empty; such as are not when
    patience ends stay. What happens meanwhile is stronger: a container that left, or whose host was lost, stays out.

    Attributes
    ----------
    left : list of Move
        What is still to be done.
    closing : dict of int to str
        Hosts to close, by row, with their names.
    is_over : bool
    """

    def __init__(
        self,
        moves: Sequence[Move],
        opened: Sequence[int],
        closed: Sequence[int],
        story: dict[str, object],
        patience_minutes: float,
    ) -> None:
        self.left, self.story, self.is_over = list(moves), story, False
        self.closing: dict[int, str] = dict.fromkeys(closed, "")
        self._opened, self._patience, self._until = tuple(opened), patience_minutes, 0
        self._done = self._new = self._closed = self._under_way = 0

    def begin(self, film: Film) -> None:
        """Open what is to be opened, let what is to be closed take nothing more, and begin to move."""
        cluster = film.cluster
        self._until = film.now + round(self._patience * MINUTE)
        self.closing = {h: cluster.host_names[h] for h in self.closing if cluster.state.hosts[h, HOST_STATE] == UP}
        for h in self.closing:
            cluster.set_state(h, CORDONED, film.now)
        rows: list[int] = []
        for number in self._opened:
            if not cluster.has_blank:
                film.tell("no row for another host", opened=len(rows), planned=len(self._opened))
                break
            rows.append(cluster.open(cluster.types[number], film.now))
        self._new = len(rows)
        known = [replace(m, target=rows[-1 - m.target]) if -len(rows) <= m.target < 0 else m for m in self.left]
        self.left = [replace(m, target_name=cluster.host_names[m.target]) for m in known if m.target >= 0]
        self.step(film)

    def step(self, film: Film) -> None:
        """Move what can be moved now, close what is empty, and come back for the rest."""
        while moves := self._possible(film):
            self.left = [move for move in self.left if move not in moves]
            for move in moves:
                self._leave(film, move)
            for move in moves:
                self._go(film, move)
        for h, name in list(self.closing.items()):
            if film.cluster.host_names[h] != name or film.cluster.state.hosts[h, HOST_STATE] != CORDONED:
                del self.closing[h]
            elif not film.cluster.used(h):
                del self.closing[h]
                film.cluster.close(h, film.now)
                self._closed += 1
        waits = self._under_way or ((self.left or self.closing) and film.now < self._until)
        if waits:
            film.after(RETRY, Turn.REPLAN, self.step)
        else:
            self._end(film)

    def _possible(self, film: Film) -> list[Move]:
        """Moves that can be made at this instant: one by one; where none can, those that make room for each other."""
        cluster = film.cluster
        self.left = [move for move in self.left if _holds(cluster, move)]
        may = set(evictable(cluster, [move.container for move in self.left if move.origin >= 0]).tolist())
        wanted = [move for move in self.left if move.origin < 0 or move.container in may]
        if not wanted:
            return []
        sketch = cluster.sketch()
        found = []
        for move in wanted:
            _take_off(sketch, move, film.now)
            if sketch.put(move.container, move.target, film.now):
                found.append(move)
            elif move.origin >= 0:
                sketch.put(move.container, move.origin, film.now)
        return found or _exchange(cluster, wanted, film.now)

    def _leave(self, film: Film, move: Move) -> None:
        _take_off(film.cluster, move, film.now)

    def _go(self, film: Film, move: Move) -> None:
        """Place it where it is to go, once its volumes may be attached there."""
        said = [0]
        if move.origin >= 0:
            self._done += 1
            said += [delay(film, move.container, move.origin, False) for delay in film.losses.delays]
        wait = max(said)
        if wait <= 0 or HELD in said:
            self._arrive(move, film)
        else:
            self._under_way += 1
            film.after(wait, Turn.REPLAN, partial(self._arrive_late, move))

    def _arrive_late(self, move: Move, film: Film) -> None:
        self._under_way -= 1
        self._arrive(move, film)

    def _arrive(self, move: Move, film: Film) -> None:
        cluster = film.cluster
        same = cluster.host_names[move.target] == move.target_name
        if not (same and cluster.put(move.container, move.target, film.now)):
            cluster.ask([move.container], film.now)

    def _end(self, film: Film) -> None:
        cluster = film.cluster
        for h in self.closing:
            cluster.set_state(h, UP, film.now)
        self.is_over = True
        film.tell(
            "re-plan",
            **self.story,
            moves=self._done,
            opened=self._new,
            closed=self._closed,
            hosts=int(cluster.state.now[HOSTS_UP]),
            cost=float(cluster.state.now[PRICE]) / 1e6,
        )


def _holds(cluster: Cluster, move: Move) -> bool:
    """Whether the container is still where the plan found it, and its target still there."""
    if cluster.host_names[move.target] != move.target_name or cluster.state.hosts[move.target, HOST_STATE] != UP:
        return False
    row = cluster.state.containers[move.container]
    if move.origin < 0:
        return bool(row[STATUS] == WAITS)
    return bool(row[HOST] == move.origin) and cluster.host_names[move.origin] == move.origin_name


def _take_off(cluster: Cluster, move: Move, now: int) -> None:
    if move.origin < 0:
        cluster.recall([move.container], now)
    else:
        cluster.evict([move.container], now)


def _exchange(cluster: Cluster, moves: Sequence[Move], now: int) -> list[Move]:
    """All of some moves at one time, where they can be made so; else none."""
    sketch = cluster.sketch()
    for move in moves:
        _take_off(sketch, move, now)
    done = [sketch.put(move.container, move.target, now) for move in moves]
    return list(moves) if all(done) else []
