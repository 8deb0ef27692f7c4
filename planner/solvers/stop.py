"""When to stop: `Stop` is data, `stop.start()` the running clock that nested solvers share."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Stop:
    """Limits of a solve; the first one met ends it.

    Attributes
    ----------
    seconds : float or None
        Wall-clock seconds.
    iterations : int or None
        Steps of the solver; a run that ends by them is deterministic under a seed.
    gap : float
        Relative gap between plan and bound that is good enough.
    """

    seconds: float | None = 30.0
    iterations: int | None = None
    gap: float = 0.0

    def start(self) -> Clock:
        """Start the clock."""
        return Clock(self)


@dataclass
class Clock:
    """A running clock; cancel it from another thread or a signal handler."""

    stop: Stop
    started: float = field(default_factory=time.monotonic)
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _ended: tuple[threading.Event, ...] = ()

    def start(self) -> Clock:
        """Return the clock itself: it runs already, and nested solvers share it."""
        return self

    def part(self, share: float, iterations: int | None = None) -> Clock:
        """Start a clock for a share of the time left, and fewer iterations; cancelling either cancels both."""
        seconds = None if self.stop.seconds is None else self.remaining * share
        known = [most for most in (self.stop.iterations, iterations) if most is not None]
        stop = replace(self.stop, seconds=seconds, iterations=min(known, default=None))
        return Clock(stop, _cancelled=self._cancelled, _ended=self._ended)

    def stage(self, share: float) -> Clock:
        """Start a clock for a share of the time left that can be ended alone, with all that are started from it."""
        part = self.part(share)
        return replace(part, _ended=(*self._ended, threading.Event()))

    def end(self) -> None:
        """End this stage and what runs under its clock; whoever started it goes on."""
        self._ended[-1].set()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left; infinite without a limit."""
        return float("inf") if self.stop.seconds is None else max(0.0, self.stop.seconds - self.elapsed)

    @property
    def cancelled(self) -> bool:
        """Whether someone asked to stop."""
        return self._cancelled.is_set()

    @property
    def over(self) -> bool:
        """Whether time is up, someone asked to stop, or the stage is ended."""
        return self.cancelled or self.remaining <= 0 or any(ended.is_set() for ended in self._ended)

    def cancel(self) -> None:
        """Ask to stop; the best plan so far is kept."""
        self._cancelled.set()
