"""Prices that change: at stated times, or by a random walk that returns to where it began."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import partial

import numpy as np

from models.supply import Offering
from models.topology import is_within
from planner.simulation.agenda import Turn
from planner.simulation.cluster import Ints
from planner.simulation.film import HOUR, Film
from planner.simulation.recorder import Floats

MILLION = 1_000_000
"""Micro-units of a currency."""


@dataclass(frozen=True)
class PriceChange:
    """What some offerings cost from a time on: those that are there, and those that are opened later.

    Attributes
    ----------
    at_hours : float
    factor : float
        Of the price that the scenario has, whatever it was changed to meanwhile.
    per_hour : Decimal, optional
        The new price itself, in the scenario's currency, in place of a factor.
    where : str
        Path of a domain; everywhere if left out.
    host_type : str
        Host types by name (`*` and `?`).
    purchase : str
        `on_demand`, `spot`, …; all of them if left out.
    """

    at_hours: float
    factor: float = 1.0
    per_hour: Decimal | None = None
    where: str = ""
    host_type: str = "*"
    purchase: str = ""

    def speaks_of(self, offering: Offering) -> bool:
        """Whether an offering is among those that change."""
        return (
            (not self.where or is_within(offering.location, self.where))
            and fnmatchcase(offering.host_type, self.host_type)
            and self.purchase in ("", offering.purchase)
        )


@dataclass(frozen=True)
class PriceChanges:
    """Price changes at stated times."""

    changes: Sequence[PriceChange] = field(default=())

    def begin(self, film: Film) -> None:
        """Enter all of them."""
        for change in self.changes:
            film.at(round(change.at_hours * HOUR), Turn.PRICE, partial(_change, change))


def _change(change: PriceChange, film: Film) -> None:
    changed = {
        what: round(what.price * change.factor if change.per_hour is None else change.per_hour * MILLION)
        for what in film.cluster.types
        if change.speaks_of(what.offering)
    }
    hosts = film.cluster.set_prices(changed, film.now)
    stated = f"x {change.factor:g}" if change.per_hour is None else str(change.per_hour)
    film.tell("prices changed", offerings=len(changed), hosts=hosts, price=stated)


@dataclass(frozen=True)
class PriceWalk:
    """Prices of a purchase option that wander around those of the scenario, each offering on its own.

    The logarithm of what a price is to that of the scenario is an Ornstein-Uhlenbeck process (Schwartz, "The
    stochastic behavior of commodity prices", Journal of Finance 1997, model 1), stepped exactly: it begins at 0, half
    of what it is off is gone after a half-life, and in the long run it has a normal distribution.

    Attributes
    ----------
    purchase : str
    every_hours : float
        Between two steps.
    half_life_hours : float
        A week: spot prices "adjust gradually based on long-term trends in supply and demand" (Amazon EC2 User Guide,
        "Spot Instances", since 2017). How long is an assumption, as the spread is.
    spread : float
        Standard deviation of the logarithm in the long run: 0.1 is 10 % up or down.
    """

    purchase: str = "spot"
    every_hours: float = 1.0
    half_life_hours: float = 168.0
    spread: float = 0.1

    def begin(self, film: Film) -> None:
        """Await the first step."""
        offerings = [t for t, what in enumerate(film.cluster.types) if what.offering.purchase == self.purchase]
        walk = _Walk(self, np.array(offerings, dtype=np.int64), np.zeros(len(offerings)))
        film.after(self.every_hours * HOUR, Turn.PRICE, walk.step)


@dataclass
class _Walk:
    """Where the prices are.

    Attributes
    ----------
    offerings : int64[n]
        Rows of `Cluster.types`.
    off : float64[n]
        Logarithms of what prices are to those of the scenario.
    """

    stated: PriceWalk
    offerings: Ints
    off: Floats

    def step(self, film: Film) -> None:
        """Let all prices move."""
        stated = self.stated
        kept = 0.5 ** (stated.every_hours / stated.half_life_hours)
        moved = film.draw(f"prices of {stated.purchase}").normal(size=len(self.off))
        self.off = kept * self.off + stated.spread * math.sqrt(1.0 - kept * kept) * moved
        walked = [film.cluster.types[t] for t in self.offerings.tolist()]
        prices = {what: round(what.price * math.exp(off)) for what, off in zip(walked, self.off.tolist(), strict=True)}
        film.cluster.set_prices(prices, film.now)
        film.after(stated.every_hours * HOUR, Turn.PRICE, self.step)
