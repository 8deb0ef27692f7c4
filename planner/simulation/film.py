"""A film: a cluster, who acts on it, and the clock."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from copy import deepcopy
from typing import Protocol

import numpy as np

from planner.simulation.agenda import Action, Agenda, Turn
from planner.simulation.cluster import Cluster, Ints
from planner.simulation.losses import Losses
from planner.simulation.recorder import Recorder

SECOND = 1000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
"""Milliseconds."""


class Actor(Protocol):
    """Whoever acts from outside the kernels."""

    def begin(self, film: Film) -> None:
        """Enter the first actions; called once, at time 0."""


class Film:
    """What happens to a cluster.

    Attributes
    ----------
    cluster : Cluster
    actors : tuple of Actor
        They begin in this order.
    seed : int
    recorder : Recorder
    losses : Losses
        Hosts that are away.
    now : int
        Milliseconds from Monday 0:00 UTC of the first week.
    until : int
        When the film ends.
    watchers : list of callable
        Each is given all rows of the event log, int64[n, 4], where one is kept.
    """

    def __init__(self, cluster: Cluster, actors: Iterable[Actor] = (), *, seed: int = 0, every: int = HOUR) -> None:
        self.cluster, self.actors, self.seed = cluster, tuple(actors), seed
        self.agenda = Agenda()
        self.recorder, self.losses = Recorder(every), Losses(cluster)
        self.now = self.until = 0
        self.watchers: list[Callable[[Ints], None]] = []
        self._streams: dict[str, np.random.Generator] = {}
        self._begun = False

    def play(
        self,
        days: float,
        *,
        observer: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Go on for so many days.

        Parameters
        ----------
        observer : callable, optional
            Is told the days that have passed, at every action.
        cancelled : callable
            Asked at every action whether to stop there.

        Returns
        -------
        bool
            Whether the end was reached: False where it was cancelled.
        """
        self.until = self.now + round(days * DAY)
        if not self._begun:
            self._begun = True
            for actor in (*self.actors, self.recorder):
                actor.begin(self)
        while not cancelled():
            coming = self.agenda.next
            self._advance(self.until if coming is None else min(coming, self.until))
            if coming is None or coming > self.until:
                return True
            for action in self.agenda.due(self.now):
                action(self)
            if observer is not None:
                observer(self.now / DAY)
        return False

    def at(self, when: int, turn: Turn, action: Action) -> None:
        """Let something happen at a time; what is past happens now."""
        self.agenda.enter(max(when, self.now), turn, action)

    def after(self, delay: float, turn: Turn, action: Action) -> None:
        """Let something happen so many milliseconds from now."""
        self.at(self.now + round(delay), turn, action)

    def draw(self, cause: str) -> np.random.Generator:
        """The stream of a cause: the same draws whatever else happens."""
        if cause not in self._streams:
            self._streams[cause] = np.random.default_rng([self.seed, zlib.crc32(cause.encode())])
        return self._streams[cause]

    def fork(self) -> Film:
        """The same film once more, from here: both go on in the same way unless someone acts on one of them."""
        return deepcopy(self)

    def tell(self, what: str, **facts: object) -> None:
        """Keep something that people should hear of: what, when, and facts by name."""
        self.recorder.told.append({"at": self.now, "what": what, **facts})

    def _advance(self, until: int) -> None:
        """Let kernels run up to a time, handing on what they log."""
        reached = False
        while not reached:
            reached = self.cluster.advance(until)
            if self.watchers and len(rows := self.cluster.log()):
                for watcher in self.watchers:
                    watcher(rows)
            elif not reached:
                self.cluster.log()
        self.now = until
