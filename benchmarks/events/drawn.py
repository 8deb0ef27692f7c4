"""Hosts, arrivals and faults, drawn: hosts of one type about four fifths full, containers heavy-tailed as elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from planner.simulation.blank import HostRows, Shapes, blank, classes_of
from planner.simulation.state import State

Ints = npt.NDArray[np.int64]
HOUR = 3_600_000
CAPACITY = (32_000, 131_072, 10_000, 110)
"""Millicores, MiB, Mbit/s, containers."""
SHAPES, ZONES, FULL = 60, 10, 0.8
FAILURES, OUTAGES, RECLAIMS = 1000, 20, 500


@dataclass(frozen=True, eq=False)
class Drawn:
    """What happens.

    Attributes
    ----------
    size : int64[S, 4]
    arrivals : int64[N, 3]
        When, of which shape, for how long; milliseconds.
    zone : int64[H]
    faults : list of (when, until when, hosts)
        In order of time.
    """

    size: Ints
    arrivals: Ints
    zone: Ints
    faults: list[tuple[int, int, Ints]]

    def state(self, policy: int, seed: int) -> State:
        """The tables to begin with."""
        hosts = len(self.zone)
        return blank(
            HostRows(
                capacity=np.tile(np.array(CAPACITY), (hosts, 1)),
                devices=np.zeros(hosts, dtype=np.int64),
                kind=np.zeros(hosts, dtype=np.int64),
                domain=np.stack([self.zone, np.arange(hosts)], axis=1),
                price=np.full(hosts, 1_000_000),
            ),
            Shapes(
                self.size, np.zeros((len(self.size), 2), dtype=np.int64), np.ones((len(self.size), 1), dtype=np.bool_)
            ),
            classes_of(len(self.size)),
            self.arrivals,
            policy=policy,
            rows=len(self.arrivals),
            seed=seed,
        )


def drawn(hosts: int, containers: int, seed: int, *, with_faults: bool) -> Drawn:
    """Containers that stay an hour on average, and come as often as keeps hosts four fifths full of what is scarce."""
    draw = np.random.default_rng(seed)
    cpu = np.clip(draw.lognormal(6.5, 1.0, SHAPES).astype(np.int64) // 50 * 50, 100, 8000)
    memory = (cpu * draw.uniform(1, 6, SHAPES)).astype(np.int64)
    size = np.stack([cpu, memory, draw.integers(0, 500, SHAPES), np.ones(SHAPES, dtype=np.int64)], axis=1)
    often = draw.pareto(1.5, SHAPES) + 0.2
    often /= often.sum()
    running = FULL * hosts / (often @ (size / np.array(CAPACITY))).max()
    lasts = int(HOUR * containers / running)
    arrivals = np.stack(
        [
            np.sort(draw.integers(0, lasts, containers)),
            draw.choice(SHAPES, containers, p=often),
            draw.exponential(HOUR, containers).astype(np.int64) + 1,
        ],
        axis=1,
    )
    zone = np.arange(hosts) % ZONES
    return Drawn(size, arrivals, zone, _faults(zone, lasts, seed) if with_faults else [])


def _faults(zone: Ints, lasts: int, seed: int) -> list[tuple[int, int, Ints]]:
    """Hosts fail for an hour or so, zones are out for a quarter of one, spot hosts are taken for ten minutes."""
    draw = np.random.default_rng((seed, 1))
    found = []
    for number, mean in ((FAILURES, HOUR), (RECLAIMS, HOUR // 6)):
        for when, h in zip(draw.integers(0, lasts, number), draw.integers(0, len(zone), number), strict=True):
            found.append((int(when), int(when + draw.exponential(mean)) + 1, np.array([h])))
    for when, z in zip(draw.integers(0, lasts, OUTAGES), draw.integers(0, ZONES, OUTAGES), strict=True):
        found.append((int(when), int(when + HOUR // 4), np.flatnonzero(zone == z)))
    return sorted(found, key=lambda fault: fault[:2])
