"""A witness of a film: keeps what only single events tell, how long who waited and who was away."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planner.simulation.cluster import Ints
from planner.simulation.film import Film
from planner.simulation.state import (
    CLASS,
    DROP_EVENT,
    EVICT,
    LEAST,
    LEAVE,
    PLACE_EVENT,
    ROWS,
    SERVE_EVENT,
    SERVES,
    STATUS,
    WAIT_EVENT,
    WORKLOAD,
)  # fmt: skip

_ENDS = (PLACE_EVENT, LEAVE, DROP_EVENT)


@dataclass
class Loss:
    """Containers that lost their host at one moment.

    Attributes
    ----------
    number : int
    away : int
        How many have no other host yet.
    last : int
        When the last one that had another got it, in milliseconds.
    """

    number: int = 0
    away: int = 0
    last: int = 0


@dataclass
class _Watch:
    """Replicas of a workload with an objective.

    Attributes
    ----------
    least : int
        What the objective asks for.
    serving : set of int
        Rows of containers.
    since : int or None
        Since when fewer serve.
    spans : list of (int, int)
        From when to when fewer served; moments without length are none.
    """

    least: int
    serving: set[int]
    since: int | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)

    def look(self, now: int) -> None:
        if len(self.serving) < self.least:
            self.since = now if self.since is None else self.since
        elif self.since is not None:
            if now > self.since:
                self.spans.append((self.since, now))
            self.since = None


class Witness:
    """Reads the event log of a film while it is played.

    Attributes
    ----------
    waits : list of int
        How long containers waited for a host that did not get one at once, in milliseconds.
    at_once : int
        Containers that got one without waiting.
    moves : int
        Times that a container got another host after it lost one.
    losses : dict of int to Loss
        By when they happened.
    away : dict of int to int
        Rows of containers that lost their host and have none, with when they lost it.
    """

    def __init__(self, film: Film) -> None:
        self.waits: list[int] = []
        self.at_once = self.moves = 0
        self.losses: dict[int, Loss] = {}
        self.away: dict[int, int] = {}
        self._film = film
        self._waiting: dict[int, int] = {}
        state = film.cluster.state
        self._watched = {w: _Watch(least, set()) for w, least in enumerate(state.workloads[:, LEAST].tolist()) if least}
        there = state.containers[: state.number[ROWS]]
        for c in np.flatnonzero(there[:, STATUS] == SERVES).tolist():
            if (watch := self._watch_of(c)) is not None:
                watch.serving.add(c)
        for watch in self._watched.values():
            watch.look(0)
        film.watchers.append(self.see)

    def see(self, rows: Ints) -> None:
        """Take in events, int64[n, 4] of when, what, who, where."""
        self._see_hosts(rows)
        if self._watched:
            self._see_serving(rows)

    def waited(self) -> Ints:
        """int64[n]: waits of all containers that waited, those that still do with how long they have so far."""
        still = [self._film.now - since for since in self._waiting.values()]
        return np.array([*self.waits, *still], dtype=np.int64)

    def spans(self, workload: int) -> list[tuple[int, int]]:
        """From when to when a workload had fewer replicas than its objective asks for, up to now."""
        watch = self._watched[workload]
        open_end = [] if watch.since is None or watch.since == self._film.now else [(watch.since, self._film.now)]
        return [*watch.spans, *open_end]

    def _see_hosts(self, rows: Ints) -> None:
        what, who = rows[:, 1], rows[:, 2]
        begins = (what == WAIT_EVENT) | (what == EVICT)
        known = np.array([*self._waiting, *self.away, *who[begins].tolist()], dtype=np.int64)
        ends = np.isin(what, _ENDS) & np.isin(who, known)
        self.at_once += int((what == PLACE_EVENT).sum())
        for when, event, c, _ in rows[begins | ends].tolist():
            if event == WAIT_EVENT:
                self._waiting[c] = when
            elif event == EVICT:
                self.away[c] = when
                loss = self.losses.setdefault(when, Loss())
                loss.number += 1
                loss.away += 1
            else:
                self._ends(when, event, c)

    def _ends(self, when: int, event: int, c: int) -> None:
        """A container got a host, or left for good."""
        since = self._waiting.pop(c, None)
        if since is not None:
            self.waits.append(when - since)
            self.at_once -= event == PLACE_EVENT
        lost = self.away.pop(c, None)
        if lost is not None:
            loss = self.losses[lost]
            loss.away -= 1
            loss.last = max(loss.last, when)
            self.moves += event == PLACE_EVENT

    def _see_serving(self, rows: Ints) -> None:
        table = self._film.cluster.state
        for w, watch in self._watched.items():
            watch.least = int(table.workloads[w, LEAST])
        rows = rows[np.isin(rows[:, 1], (SERVE_EVENT, LEAVE, EVICT))]
        of = table.classes[table.containers[rows[:, 2], CLASS], WORKLOAD]
        for when, event, c, _ in rows[np.isin(of, list(self._watched))].tolist():
            its = self._watch_of(c)
            assert its is not None  # others were left out
            if event == SERVE_EVENT:
                its.serving.add(c)
            else:
                its.serving.discard(c)
            its.look(when)

    def _watch_of(self, c: int) -> _Watch | None:
        state = self._film.cluster.state
        return self._watched.get(int(state.classes[state.containers[c, CLASS], WORKLOAD]))
