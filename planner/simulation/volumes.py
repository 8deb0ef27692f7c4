"""Volumes that follow their containers: detached, attached elsewhere, within their zone; and pools that rebuild.

A volume of a dead host is detached by force once Kubernetes has waited for it (`maxWaitForUnmountDuration` of the
attach/detach controller, 6 minutes). Attaching takes seconds to half a minute as a rule, and much longer now and then.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from models.storage import StoragePool
from models.topology import LEVELS, is_within
from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster
from planner.simulation.film import SECOND, Film
from planner.simulation.losses import HELD
from planner.simulation.state import CLASS, DELAY, HOME, HOST, ROWS, WORKLOAD

FREE, ZONE, LOCAL = "free", "zone", "host"
"""How far the volumes of a workload let its containers go."""


@dataclass(frozen=True)
class Volumes:
    """What volumes ask of containers that change hosts.

    Attributes
    ----------
    force_detach_seconds : float
        Between the loss of a host being noticed and its volumes being detached.
    detach_seconds : float
        For a container that leaves on purpose.
    attach_seconds : float
        The median of attaching one volume, of a log-normal distribution.
    attach_spread : float
        Its standard deviation of the logarithm.
    outlier_share, outlier_seconds : float
        So many attachments take so long instead.
    rebuild_mb_per_second : float
        What each host that is left of a software-defined pool copies while the pool rebuilds.
    """

    force_detach_seconds: float = 360.0
    detach_seconds: float = 5.0
    attach_seconds: float = 12.0
    attach_spread: float = 0.5
    outlier_share: float = 0.005
    outlier_seconds: float = 600.0
    rebuild_mb_per_second: float = 100.0

    def begin(self, film: Film) -> None:
        """Bind what is placed to where its data is, and have a word where containers leave hosts."""
        keeper = _Keeper(self, _reach(film.cluster))
        state = film.cluster.state
        for c in range(int(state.number[ROWS])):
            host = int(state.containers[c, HOST])
            if host >= 0:
                keeper.bind(film, c, host)
        film.losses.delays.append(keeper.delay)
        film.losses.lost.append(keeper.lost)


@dataclass
class _Keeper:
    """Whose volumes reach how far, and which pools rebuild until when.

    Attributes
    ----------
    reach : dict of int to str
        By workload with volumes: `FREE`, `ZONE` or `LOCAL`.
    rebuilding : dict of str to int
        By pool, until when (milliseconds).
    """

    volumes: Volumes
    reach: Mapping[int, str]
    rebuilding: dict[str, int] = field(default_factory=dict)

    def bind(self, film: Film, container: int, host: int) -> None:
        """Keep a container to the zone of a host, where its volumes do."""
        state = film.cluster.state
        if self._reach_of(film, container) == ZONE:
            state.containers[container, HOME] = state.domain[host, LEVELS.index("zone")]

    def delay(self, film: Film, container: int, host: int, lost: bool) -> int:
        """How long until the volumes of a container may be attached elsewhere; attaching delays its start."""
        reach = self._reach_of(film, container)
        if reach is None:
            return 0
        if reach == LOCAL and lost:
            return HELD
        if reach == LOCAL:
            film.tell("local data left behind", workload=film.cluster.workload_of(container))
            return 0
        self.bind(film, container, host)
        film.cluster.state.containers[container, DELAY] += self._attach(film)
        asked = self.volumes.force_detach_seconds if lost else self.volumes.detach_seconds
        return round(asked * SECOND)

    def _reach_of(self, film: Film, container: int) -> str | None:
        state = film.cluster.state
        return self.reach.get(int(state.classes[state.containers[container, CLASS], WORKLOAD]))

    def _attach(self, film: Film) -> int:
        """Milliseconds."""
        draw, asked = film.draw("attach"), self.volumes
        ordinary = asked.attach_seconds * math.exp(draw.normal(0.0, asked.attach_spread))
        late = draw.random() < asked.outlier_share
        return round((asked.outlier_seconds if late else ordinary) * SECOND)

    def lost(self, film: Film, host: int) -> None:
        """Let the pools that have disks on a lost host rebuild; a second loss meanwhile may cost data."""
        where = film.cluster.casts[host]
        for pool in film.cluster.names.scenario.spec.storage_pools:
            if where is None or not is_within(where.offering.location, pool.protection_domain):
                continue
            if self.rebuilding.get(pool.name, -1) > film.now and pool.copies < 3:
                film.tell("pool lost copies", pool=pool.name, host=film.cluster.host_names[host])
            left = len([h for h in film.cluster.within(pool.protection_domain) if not film.losses.is_away(int(h))])
            seconds = self._rebuild_seconds(film.cluster, pool, left)
            self.rebuilding[pool.name] = film.now + round(seconds * SECOND)
            film.tell("pool rebuilds", pool=pool.name, minutes=round(seconds / 60, 1), hosts=left)
            film.after(seconds * SECOND, Turn.REPAIR, partial(self._rebuilt, pool.name))

    def _rebuild_seconds(self, cluster: Cluster, pool: StoragePool, left: int) -> float:
        """All hosts that are left copy at once what one host held: many to many, as ScaleIO does."""
        taken = sum(
            pool.taken(claim.size) * workload.count
            for workload in cluster.names.scenario.spec.workloads
            for claim in workload.volumes
            if pool.name in claim.storage_class
        )
        share = taken / (left + 1)
        return share / max(1, left) / (self.volumes.rebuild_mb_per_second * 1e6)

    def _rebuilt(self, pool: str, film: Film) -> None:
        if self.rebuilding.get(pool) == film.now:
            film.tell("pool rebuilt", pool=pool)


def _reach(cluster: Cluster) -> dict[int, str]:
    """How far containers may go with their volumes, by workload: as far as the one that goes least.

    Volumes of a whole region and of pools are kept to their place by the rules that compile to `fits`.
    """
    scope = {row.name: row.scope for row in cluster.names.catalog.storage_classes}
    scope |= {pool.name: "cloud" for pool in cluster.names.scenario.spec.storage_pools}
    found = {}
    for w, workload in enumerate(cluster.names.scenario.spec.workloads):
        if workload.volumes:
            scopes = {scope.get(name, "zone") for claim in workload.volumes for name in claim.storage_class or ("",)}
            found[w] = LOCAL if "host" in scopes else ZONE if "zone" in scopes else FREE
    return found
