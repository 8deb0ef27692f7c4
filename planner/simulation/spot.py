"""Spot interruptions: hosts that their cloud takes back, with a notice."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from planner.simulation.agenda import Turn
from planner.simulation.drains import drain
from planner.simulation.film import HOUR, MINUTE, SECOND, Film
from planner.simulation.state import CORDONED

MONTH = 730
"""Hours."""
NOTICE: Mapping[str, float] = {"aws": 120.0, "azure": 30.0, "gcp": 30.0}
"""Seconds of notice by cloud: Amazon EC2 User Guide, "Spot Instance interruption notices" (two minutes); Azure, "Use
Azure Spot Virtual Machines" (up to 30 seconds); Compute Engine, "Spot VMs", preemption process (30 seconds)."""


def per_host_hour(share_per_month: float) -> float:
    """The rate at which single hosts are reclaimed, of a share that is in a month: bands of AWS' Spot Instance Advisor.

    The advisor tells the "frequency of interruption" of an instance type in a region in the month before: below 5 %,
    5-10 %, 10-15 %, 15-20 %, above 20 %.
    """
    return -math.log1p(-share_per_month) / MONTH


@dataclass(frozen=True)
class SpotInterruptions:
    """Hosts bought as `spot` are reclaimed, each as long after another as an exponential draw says, and do not return.

    At the notice a host takes nothing more. Where notices are heeded (as AWS' Node Termination Handler and Karpenter
    do), it is drained at once, within disruption budgets. What it still carries at the end is lost with it, and asks
    again once Kubernetes has noticed. Who opens another host is none of this actor's business.

    Attributes
    ----------
    rate : float
        Reclaims per host and hour: 5 % a month by default, where the advisor's lowest band ends.
    notice_seconds : mapping of str to float
        By cloud.
    other_seconds : float
        The notice of all other clouds.
    graceful : bool
        Whether notices are heeded.
    noticed_seconds : float
        Until the node of a host that is gone is deleted: `--node-monitor-grace-period` of Kubernetes' node controller
        (50 s since 1.32), after which the cloud's node lifecycle controller finds that its instance is no more.
    """

    rate: float = per_host_hour(0.05)
    notice_seconds: Mapping[str, float] = field(default_factory=lambda: dict(NOTICE))
    other_seconds: float = 30.0
    graceful: bool = True
    noticed_seconds: float = 50.0

    def begin(self, film: Film) -> None:
        """Draw the next interruption of any host."""
        if self.rate > 0.0:
            _Market(self).await_next(film)


@dataclass
class _Market:
    """What takes hosts back.

    Attributes
    ----------
    noticed : set of str
        Names of hosts that will be taken.
    """

    stated: SpotInterruptions
    noticed: set[str] = field(default_factory=set)

    def await_next(self, film: Film) -> None:
        """The next interruption of any row of hosts, there or not: draws do not hang on what is opened."""
        rate = self.stated.rate * len(film.cluster.casts)
        film.after(float(film.draw("spot interruptions").exponential(1.0 / rate)) * HOUR, Turn.FAULT, self._interrupt)

    def _interrupt(self, film: Film) -> None:
        cluster, stated = film.cluster, self.stated
        host = int(film.draw("spot interruptions").integers(len(cluster.casts)))
        self.await_next(film)
        what, name = cluster.casts[host], cluster.host_names[host]
        if what is None or what.offering.purchase != "spot" or film.losses.is_away(host) or name in self.noticed:
            return
        self.noticed.add(name)
        seconds = stated.notice_seconds.get(what.offering.cloud, stated.other_seconds)
        film.tell("spot notice", host=name, containers=cluster.used(host), seconds=seconds)
        cluster.set_state(host, CORDONED, film.now)
        if stated.graceful:
            drain(film, host)
        film.after(seconds * SECOND, Turn.FAULT, partial(self._reclaim, host, name))

    def _reclaim(self, host: int, name: str, film: Film) -> None:
        """The notice is over; unless someone gave the host back before."""
        cluster, losses = film.cluster, film.losses
        if cluster.host_names[host] == name and losses.is_away(host):  # it failed: it is taken as soon as it is back
            film.after(MINUTE, Turn.FAULT, partial(self._reclaim, host, name))
            return
        self.noticed.remove(name)
        if cluster.host_names[host] != name:
            return
        lost = cluster.empty(host, film.now)
        for hears in losses.lost:
            hears(film, host)
        losses.ask_later(film, lost, host, round(self.stated.noticed_seconds * SECOND), lost=False)
        cluster.close(host, film.now)
        film.tell("spot reclaimed", host=name, containers=len(lost))
