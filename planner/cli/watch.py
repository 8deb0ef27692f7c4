"""Planning under watch: a progress line on standard error, and Ctrl-C or SIGTERM that keep the best plan."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from planner.cli.exits import ExitCode

if TYPE_CHECKING:
    from models.plan import Plan
    from models.scenario import Scenario
    from planner.solvers.result import Observer, Progress
    from planner.solvers.stop import Clock, Stop

BETWEEN_LINES = 5.0
"""Seconds between progress lines where standard error is no terminal."""
TICK = 0.1
"""Seconds between two looks at the worker."""
_MICRO = {"cost": 1_000_000, "balance": 1_000_000}


def solve(scenario: Scenario, stop: Stop, seed: int, console: Console, *, quiet: bool) -> Plan:
    """Plan in a worker thread, while this one shows progress and listens for Ctrl-C and SIGTERM.

    The first of them ends the search and keeps the best plan so far, the second one ends it all.
    """
    from planner import api

    api.prepare(lambda words: None if quiet else console.print(words, style="dim"))
    clock = stop.start()
    worker = Worker(lambda observer: api.plan(scenario, seed=seed, observer=observer, clock=clock))
    currency = scenario.spec.currency.code
    with interruptible(clock, console, "the best plan so far is kept"), _shown(console, currency, quiet=quiet) as show:
        worker.start()
        while worker.is_alive():
            worker.join(TICK)
            show(clock, worker.latest)
    return worker.outcome()


class Worker(threading.Thread):
    """Runs the work; a daemon, so that nothing waits for it once the user has given up."""

    def __init__(self, work: Callable[[Observer], Plan]) -> None:
        super().__init__(daemon=True)
        self.latest: Progress | None = None
        self._work = work
        self._plan: Plan | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work, and keep what came of it."""
        try:
            self._plan = self._work(self._see)
        except BaseException as error:
            self._error = error

    def _see(self, progress: Progress) -> None:
        self.latest = progress

    def outcome(self) -> Plan:
        """The plan, or the error that ended the work."""
        if self._error is not None:
            raise self._error
        assert self._plan is not None
        return self._plan


@contextmanager
def interruptible(clock: Clock, console: Console, kept: str) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM cancel a clock, telling what is kept, and the second one end it all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_interrupt(signum: int, frame: Any) -> None:
        if clock.cancelled:
            # The solver may sit in foreign code that no exception reaches.
            sys.stderr.write("\naborted: nothing was written\n")
            sys.stderr.flush()
            os._exit(ExitCode.INTERRUPTED)
        clock.cancel()
        console.print(f"stopping: {kept} (Ctrl-C again aborts)", style="bold", soft_wrap=True)

    before = {number: signal.signal(number, on_interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


Show = Callable[["Clock", "Progress | None"], None]


@contextmanager
def _shown(console: Console, currency: str, *, quiet: bool) -> Iterator[Show]:
    if quiet:
        yield lambda clock, progress: None
    elif console.is_terminal:
        with console.status(Text("reading the catalog")) as status:
            yield lambda clock, progress: status.update(line(clock, progress, currency))
    else:
        yield _Lines(console, currency)


class _Lines:
    """A line every few seconds."""

    def __init__(self, console: Console, currency: str) -> None:
        self._console, self._currency = console, currency
        self._last = time.monotonic()

    def __call__(self, clock: Clock, progress: Progress | None) -> None:
        if time.monotonic() - self._last >= BETWEEN_LINES:
            self._last = time.monotonic()
            self._console.print(line(clock, progress, self._currency), soft_wrap=True)


def line(clock: Clock, progress: Progress | None, currency: str = "USD") -> Text:
    """`12 s  cost $6,240 a month  bound $6,100 a month  gap 2.2 %  0 unplaced  (cp-sat)`."""
    from planner.plots.words import goal_value

    text = Text(f"{clock.elapsed:.0f} s", style="bold")
    if progress is None:
        return text.append("  looking for a first plan", style="not bold")
    unit = _MICRO.get(progress.goal, 1)
    parts = []
    if progress.incumbent is not None:
        parts.append(f"{progress.goal} {goal_value(progress.goal, progress.incumbent / unit, currency)}")
    if progress.bound is not None:
        parts.append(f"bound {goal_value(progress.goal, progress.bound / unit, currency)}")
    if progress.gap is not None:
        parts.append(f"gap {progress.gap:.1%}".replace("%", " %"))
    parts.append(f"{progress.unplaced:,} unplaced")
    if progress.note:
        parts.append(f"({progress.note})")
    return text.append("  " + "  ".join(parts), style="not bold")
