"""The same arrivals and departures in SimPy: a process a container, hosts as numpy arrays, best fit over all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.events.drawn import CAPACITY, Drawn


def simpy_rate(drawn: Drawn, containers: int) -> float | None:
    """Events per CPU second over the first containers; None where SimPy is not installed."""
    try:
        simpy: Any = import_module("simpy")
    except ImportError:
        return None
    clock = simpy.Environment()
    free = np.tile(np.array(CAPACITY), (len(drawn.zone), 1))
    weight = 1 / np.array(CAPACITY)
    events = 0

    def live(size: Any, stay: int) -> Iterator[Any]:
        nonlocal events
        events += 1
        takes = np.flatnonzero((free >= size).all(axis=1))
        if len(takes):
            at = takes[(free[takes] @ weight).argmin()]
            free[at] -= size
            yield clock.timeout(stay)
            free[at] += size
            events += 1

    def come() -> Iterator[Any]:
        for when, k, stay in drawn.arrivals[:containers].tolist():
            yield clock.timeout(when - clock.now)
            clock.process(live(drawn.size[k], stay))

    clock.process(come())
    began = time.process_time()
    clock.run()
    return events / (time.process_time() - began)
