"""Hosts that were ordered: they are there once they have booted."""

from __future__ import annotations

from functools import partial

from planner.simulation.agenda import Action, Turn
from planner.simulation.cluster import Cluster, HostType
from planner.simulation.film import SECOND, Film
from planner.simulation.state import CAME, SERVING, VERSION, WAITING

BOOT_SECONDS = 210
"""From an order until containers may run on the host: "on GCE it usually takes 3 to 4 minutes" (Cluster Autoscaler's
FAQ, "How fast is HPA when combined with CA?")."""

RETRY = 10 * SECOND
"""Until a host that finds no blank row looks for one again."""


class Launches:
    """Hosts on their way.

    They cost from when they are there. Clouds bill from the launch: the boot time of each host is what is missing.

    Attributes
    ----------
    boot : int
        Milliseconds from an order until the host takes containers.
    coming : list of HostType
        In the order in which they will be there.
    """

    def __init__(self, boot_seconds: float) -> None:
        self.boot = round(boot_seconds * SECOND)
        self.coming: list[HostType] = []

    def room(self, cluster: Cluster) -> int:
        """How many more hosts may be ordered: each needs a blank row (`cast.cluster_of`, `spare`)."""
        return cluster.casts.count(None) - len(self.coming)

    def order(self, film: Film, what: HostType, why: str, then: Action | None = None) -> None:
        """Order a host; `then` happens as soon as it is there."""
        self.coming.append(what)
        film.after(self.boot, Turn.SCALE, partial(self._open, what, why, then))

    def _open(self, what: HostType, why: str, then: Action | None, film: Film) -> None:
        if not film.cluster.has_blank:  # somebody else took the row that was left for it
            film.after(RETRY, Turn.SCALE, partial(self._open, what, why, then))
            return
        self.coming.remove(what)
        host = film.cluster.open(what, film.now)
        offer = what.offering
        film.tell(
            "host opened", host=film.cluster.host_names[host], type=offer.host_type, pool=offer.pool,
            location=offer.location, purchase=offer.purchase, why=why,
        )  # fmt: skip
        if then is not None:
            then(film)


def stamp(cluster: Cluster) -> tuple[int, ...]:
    """Equal as long as nobody comes, starts, moves or goes: who found nothing to do need not look again."""
    s = cluster.state
    came, serving = s.workloads[:, [CAME, SERVING]].sum(axis=0).tolist()
    return int(s.hosts[:, VERSION].sum()), came, serving, int(s.now[WAITING])
