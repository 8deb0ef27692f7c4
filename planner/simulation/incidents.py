"""Outages from a table of real incidents, and whole domains that fail by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.topology import Level
from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster
from planner.simulation.faults import Outage, Outages
from planner.simulation.film import HOUR, Film
from planner.simulation.sheets import Column, read_sheet


@dataclass(frozen=True)
class Incident:
    """A row of a table of incidents.

    Attributes
    ----------
    interval : int
        Milliseconds since the one before began.
    duration : int
        Milliseconds.
    share : float
        Of the hosts that it hits.
    """

    interval: int
    duration: int
    share: float


def read_incidents(path: str | Path) -> tuple[Incident, ...]:
    """Read a table of incidents in the form of OpenDC's failure traces.

    Columns `failure_interval` (ms since the last failure), `failure_duration` (ms), `failure_intensity` (share of
    hosts), as the documentation of OpenDC's "Trace Based Failure Models" has them. Like OpenDC, which does not wait for
    one failure to end before it counts to the next, intervals are taken from begin to begin: incidents may overlap.

    Raises
    ------
    InputError
        If the table is none, or a cell is wrong.
    """
    share = Column("failure_intensity", most=1.0)
    columns = (Column("failure_interval"), Column("failure_duration"), share)
    sheet = read_sheet(path, [column.name for column in columns])
    interval, duration, hit = (sheet.numbers(column).tolist() for column in columns)
    return tuple(Incident(round(i), round(d), h) for i, d, h in zip(interval, duration, hit, strict=True))


@dataclass(frozen=True)
class Incidents:
    """Incidents of a table, one after the other, in a domain.

    Attributes
    ----------
    incidents : sequence of Incident
        As `read_incidents` has them.
    where : str
        Path of the domain that they hit; a share of its hosts, drawn, is lost.
    drawn : bool
        Whether a draw says which incident is the first, so that each seed sees another stretch of the table (which goes
        on with its beginning at its end); else the first of the table is.
    """

    incidents: Sequence[Incident]
    where: str
    drawn: bool = True

    def begin(self, film: Film) -> None:
        """Enter one pass of the table."""
        first = 0
        if self.drawn and self.incidents:
            first = int(film.draw(f"incidents in {self.where}").integers(len(self.incidents)))
        order = (*self.incidents[first:], *self.incidents[:first])
        begins = np.cumsum([incident.interval for incident in order], dtype=np.int64).tolist()
        Outages(
            [
                Outage(self.where, begin / HOUR, incident.duration / HOUR, incident.share)
                for begin, incident in zip(begins, order, strict=True)
            ]
        ).begin(film)


@dataclass(frozen=True)
class DomainFaults:
    """Domains of a level that fail as a whole: independent, at a constant rate each, for an exponential time.

    Attributes
    ----------
    level : str
        `rack`, `site`, `zone`, `region` or `cloud`.
    mtbf_hours : float
        The mean time between failures of one domain. Three years, an assumption: clouds do not tell.
    repair_hours : float
        The mean time until it is back.
    """

    level: Level = "zone"
    mtbf_hours: float = 26_280.0
    repair_hours: float = 4.0

    def begin(self, film: Film) -> None:
        """Draw the next failure of any domain."""
        if self._domains(film.cluster):
            film.after(self._pause(film), Turn.FAULT, self._fail)

    def _domains(self, cluster: Cluster) -> list[str]:
        """Paths of all domains of the level in which the scenario may have hosts, there or not: equal for all plans."""
        names = cluster.names
        found = (names.topology.ancestor(offering.location, self.level) for offering in names.offerings)
        return sorted({path for path in found if path is not None})

    def _pause(self, film: Film) -> float:
        rate = len(self._domains(film.cluster)) / self.mtbf_hours
        return float(film.draw(f"{self.level} faults").exponential(1.0 / rate)) * HOUR

    def _fail(self, film: Film) -> None:
        draw, domains = film.draw(f"{self.level} faults"), self._domains(film.cluster)
        where, hours = domains[int(draw.integers(len(domains)))], float(draw.exponential(self.repair_hours))
        film.after(self._pause(film), Turn.FAULT, self._fail)
        Outages([Outage(where, film.now / HOUR, hours)]).begin(film)
