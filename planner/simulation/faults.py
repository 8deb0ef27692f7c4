"""What fails: single hosts, drawn; racks, zones, regions or whole clouds, at stated times or drawn from a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from planner.simulation.agenda import Turn
from planner.simulation.film import HOUR, Film


@dataclass(frozen=True)
class HostFaults:
    """Hosts that fail by themselves: independent, each as long after its last repair as an exponential draw says.

    Attributes
    ----------
    mtbf_hours : float
        The mean time between failures of one host.
    repair_hours : float
        The mean time until it is back, exponential, too.
    """

    mtbf_hours: float = 8760.0
    repair_hours: float = 4.0

    def begin(self, film: Film) -> None:
        """Draw the next failure of any host."""
        film.after(self._pause(film), Turn.FAULT, self._fail)

    def _pause(self, film: Film) -> float:
        """Until the next failure of any row of hosts, there or not: draws do not hang on what is opened."""
        return float(film.draw("host faults").exponential(self.mtbf_hours / len(film.cluster.casts))) * HOUR

    def _fail(self, film: Film) -> None:
        draw = film.draw("host faults")
        host, hours = int(draw.integers(len(film.cluster.casts))), float(draw.exponential(self.repair_hours))
        film.after(self._pause(film), Turn.FAULT, self._fail)
        if film.cluster.casts[host] is None or film.losses.is_away(host):
            return
        lost = film.losses.take(film, [host])
        film.tell("host failed", host=film.cluster.host_names[host], containers=lost, hours=round(hours, 3))
        film.after(hours * HOUR, Turn.REPAIR, partial(_repaired, (host,)))


@dataclass(frozen=True)
class Outage:
    """A domain, or a host by its name, that is away for a while.

    Attributes
    ----------
    where : str
        Path of a domain (`aws/eu-central-1/euc1-az1`), or the name of a host.
    at_hours, hours : float
        When it begins, and how long it takes.
    share : float
        The share of its hosts that is lost, drawn.
    """

    where: str
    at_hours: float
    hours: float
    share: float = 1.0


@dataclass(frozen=True)
class Outages:
    """Outages at stated times."""

    outages: Sequence[Outage] = field(default=())

    def begin(self, film: Film) -> None:
        """Enter all of them."""
        for number, outage in enumerate(self.outages):
            film.at(round(outage.at_hours * HOUR), Turn.FAULT, partial(_strike, outage, number))


def _repaired(hosts: Sequence[int], film: Film) -> None:
    film.losses.give(film, hosts)


def _strike(outage: Outage, number: int, film: Film) -> None:
    cluster = film.cluster
    named = [h for h, name in enumerate(cluster.host_names) if name == outage.where]
    hosts = np.array(named) if named else cluster.within(outage.where)
    if outage.share < 1.0 and len(hosts):
        kept = film.draw(f"outage {number}").random(len(cluster.casts))[hosts] < outage.share
        hosts = hosts[kept]
    lost = film.losses.take(film, hosts.tolist())
    film.tell("outage", where=outage.where, hosts=len(hosts), containers=lost, hours=outage.hours)

    film.after(outage.hours * HOUR, Turn.REPAIR, partial(_over, outage, tuple(hosts.tolist())))


def _over(outage: Outage, hosts: Sequence[int], film: Film) -> None:
    film.losses.give(film, hosts)
    film.tell("outage over", where=outage.where, hosts=len(hosts))
