"""When CI jobs arrive, and how long each takes: a Poisson process whose rate changes over the day, with bursts."""

from __future__ import annotations

from dataclasses import dataclass

from planner.simulation.film import DAY, HOUR, MINUTE, SECOND, Film


@dataclass(frozen=True)
class Bursts:
    """Stretches in which jobs arrive faster: a merge queue that opens, a mass update of dependencies.

    The defaults are assumptions: half an hour a day in which four times as many jobs arrive.

    Attributes
    ----------
    factor : float
        By how much, at least 1.
    minutes : float
        How long each burst takes.
    every_hours : float
        The mean time between the end of one and the begin of the next, exponential.
    """

    factor: float = 4.0
    minutes: float = 30.0
    every_hours: float = 24.0


@dataclass
class JobStream:
    """The jobs of one runner pool, drawn one after the other, the same ones whatever becomes of them.

    Thinning: candidates arrive at the highest rate there ever is, and each is kept with the share that the rate of its
    time has of it (Lewis and Shedler, "Simulation of nonhomogeneous Poisson processes by thinning", 1979).

    Attributes
    ----------
    name : str
        Of the pool.
    per_hour : tuple of float
        Rates at equal distances over a day; each holds until the next.
    minutes : float
        The mean time of a job, exponential, as Erlang's formulas take it to be, a second at least.
    at : float
        The last candidate, in milliseconds.
    burst : (float, float)
        From when to when the burst takes that is next, or goes on.
    """

    name: str
    per_hour: tuple[float, ...]
    minutes: float
    bursts: Bursts | None = None
    at: float = 0.0
    burst: tuple[float, float] = (0.0, 0.0)

    def next(self, film: Film) -> tuple[int, int] | None:
        """When the next job arrives and how long it takes, in milliseconds; None where none ever does."""
        most = max(self.per_hour) * (1.0 if self.bursts is None else self.bursts.factor)
        if most <= 0.0:
            return None
        draw = film.draw(f"jobs of {self.name}")
        while True:
            self.at += float(draw.exponential(HOUR / most))
            if draw.random() * most < self._rate(film):
                return round(self.at), max(SECOND, round(float(draw.exponential(self.minutes)) * MINUTE))

    def _rate(self, film: Film) -> float:
        """Jobs per hour at the time of the last candidate."""
        points = len(self.per_hour)
        stated = self.per_hour[min(points - 1, int(self.at % DAY * points / DAY))]
        return stated * self.bursts.factor if self.bursts is not None and self._bursts(self.bursts, film) else stated

    def _bursts(self, bursts: Bursts, film: Film) -> bool:
        while self.at >= self.burst[1]:
            first = self.burst[1] + float(film.draw(f"bursts of {self.name}").exponential(bursts.every_hours)) * HOUR
            self.burst = first, first + bursts.minutes * MINUTE
        return self.at >= self.burst[0]
