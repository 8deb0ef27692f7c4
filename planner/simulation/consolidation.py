"""Fewer hosts: which may be given back, and how they are emptied, within disruption budgets."""

from __future__ import annotations

from functools import partial

import numpy as np

from planner.simulation.agenda import Turn
from planner.simulation.budgets import allowed
from planner.simulation.cluster import Cluster, HostType
from planner.simulation.drains import Drain, drain
from planner.simulation.film import Film
from planner.simulation.state import CLASS, UP, WORKLOAD


def may_go(cast: HostType | None) -> bool:
    """Whether a host may be given back: those of pools may; of those that stand already, such as are of a pool."""
    if cast is None:
        return False
    return not cast.offering.host or (cast.offering.releasable and bool(cast.offering.pool))


def is_held(cluster: Cluster, host: int) -> bool:
    """Whether a disruption budget lets none go of some workload that a host carries."""
    classes = cluster.state.containers[cluster.on(host), CLASS]
    limits = (allowed(cluster, w) for w in np.unique(cluster.state.classes[classes, WORKLOAD]).tolist())
    return any(limit is not None and limit < 1 for limit in limits)


class Drains:
    """Hosts that are being emptied, to be given back.

    One that is lost meanwhile is not given back: it may be drained anew once it is there again.

    Attributes
    ----------
    going : dict of int to Drain
        By row of the host.
    patience : int or None
        Milliseconds until a drain that budgets hold up is given up, and the host takes containers again.
    """

    def __init__(self, patience: int | None = None) -> None:
        self.patience = patience
        self.going: dict[int, Drain] = {}

    def start(self, film: Film, host: int, why: str) -> None:
        """Drain a host; an empty one is given back at once."""
        if not film.cluster.used(host):
            _give_back(film, host, why)
            return
        begun = self.going[host] = drain(film, host, then=partial(self._over, why))
        if self.patience is not None:
            film.after(self.patience, Turn.SCALE, partial(self._give_up, begun))

    def _over(self, why: str, drained: Drain, film: Film) -> None:
        if self.going.get(drained.host) is drained:
            del self.going[drained.host]
            if drained.emptied and film.cluster.host_names[drained.host] == drained.name:
                _give_back(film, drained.host, why)

    def _give_up(self, drained: Drain, film: Film) -> None:
        host = drained.host
        if self.going.get(host) is drained:
            del self.going[host]
            film.tell("drain given up", host=drained.name, containers=film.cluster.used(host))
            drained.name = ""  # it ends where its host is another one
            if not film.losses.is_away(host):
                film.cluster.set_state(host, UP, film.now)


def _give_back(film: Film, host: int, why: str) -> None:
    name = film.cluster.host_names[host]
    film.cluster.close(host, film.now)
    film.tell("host closed", host=name, why=why)
