"""Work that ends: cron jobs by their schedules, and jobs by their completions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from models.schedule import times_of
from models.workload import CronJob, Job
from planner.simulation.agenda import Turn
from planner.simulation.cluster import Ints
from planner.simulation.film import DAY, HOUR, MINUTE, Film
from planner.simulation.runs import bring, earliest_end, send_away
from planner.simulation.state import CLASS, GONE, START, STATUS

WEEK = 7 * DAY


@dataclass(frozen=True)
class CronJobs:
    """All workloads of kind `cron_job`: at each start `parallelism` containers come, for `minutes` of running each.

    A schedule by day of month runs on every weekday on which it may fall, as plans take it to. Between runs nothing is
    there, though the plan keeps the room. A run that began on the Sunday before the film reaches into it.

    Attributes
    ----------
    concurrency : str
        Whether a run begins while containers of an earlier one are still there (`Allow`, the default of Kubernetes'
        `concurrencyPolicy`) or is left out (`Forbid`).
        Source: Kubernetes documentation, "CronJob", section "Concurrency policy".
    """

    concurrency: Literal["Allow", "Forbid"] = "Allow"

    def begin(self, film: Film) -> None:
        """Send those away that a plan shows at their peak, and wait for the first starts."""
        for w, workload in enumerate(film.cluster.names.scenario.spec.workloads):
            if isinstance(workload, CronJob):
                _Cron(w, workload, _starts(workload), self.concurrency).begin(film)


@dataclass
class _Cron:
    """One cron job.

    Attributes
    ----------
    starts : tuple of int
        Milliseconds since Monday 0:00, ascending.
    begun : int
        Starts that have passed.
    runs : list of (int, int64[n])
        Of each run that is not over, or still has containers, when it should be over, and its containers.
    """

    workload: int
    stated: CronJob
    starts: tuple[int, ...]
    concurrency: str
    begun: int = 0
    runs: list[tuple[int, Ints]] = field(default_factory=list)

    def begin(self, film: Film) -> None:
        send_away(film, self.workload)
        for start in self.starts:
            left = start + self.stated.minutes * MINUTE - WEEK
            if left > 0:
                self._run(left, film)
        self._await(film)

    def _await(self, film: Film) -> None:
        weeks, n = divmod(self.begun, len(self.starts))
        film.at(weeks * WEEK + self.starts[n], Turn.DEMAND, self._start)

    def _start(self, film: Film) -> None:
        self.begun += 1
        self._await(film)
        self._clear(film)
        if self.runs and self.concurrency == "Forbid":
            film.tell("cron job left out", workload=self.stated.name)
        else:
            self._run(self.stated.minutes * MINUTE, film)

    def _run(self, length: int, film: Film) -> None:
        rows = bring(film, self.workload, range(self.stated.parallelism), length)
        self.runs.append((film.now + length, rows))
        self._want(film)
        film.after(length, Turn.DEMAND, self._over)

    def _over(self, film: Film) -> None:
        """A run's time has passed: tell of containers that take longer, for they waited or were evicted."""
        for until, rows in self.runs:
            late = sum(_is_late(film, c) for c in rows.tolist()) if until == film.now else 0
            if late:
                film.tell("cron job late", workload=self.stated.name, containers=late)
        self._clear(film)
        self._want(film)

    def _clear(self, film: Film) -> None:
        """Forget the runs that are over."""
        status = film.cluster.state.containers[:, STATUS]
        self.runs = [run for run in self.runs if run[0] > film.now or (status[run[1]] != GONE).any()]

    def _want(self, film: Film) -> None:
        wanted = sum(len(rows) for until, rows in self.runs if until > film.now)
        film.cluster.want(self.workload, wanted, 0, film.now)


def _is_late(film: Film, container: int) -> bool:
    """Whether a container takes longer than its run and its start do, when the time of its run has passed."""
    end = earliest_end(film.cluster, container, film.now)
    state = film.cluster.state
    return end is not None and end > film.now + int(state.classes[state.containers[container, CLASS], START])


def _starts(workload: CronJob) -> tuple[int, ...]:
    """When a cron job starts, in milliseconds of a week: with runs of a minute, each minute of a span is a start."""
    spans = times_of(workload.schedule, 1).spans
    return tuple(minute * MINUTE for first, last in spans for minute in range(first, last))


@dataclass(frozen=True)
class Jobs:
    """All workloads of kind `job`: `completions` runs, `parallelism` at once; one comes when another leaves.

    Attributes
    ----------
    minutes : float
        How long a run takes; an assumption, for scenarios do not say.
    minutes_of : mapping of str to float
        By workload, where it is another time.
    at_hours : float
        When all of them begin.
    """

    minutes: float = 60.0
    minutes_of: Mapping[str, float] = field(default_factory=dict)
    at_hours: float = 0.0

    def begin(self, film: Film) -> None:
        """Send those away that a plan shows, and wait for the time to begin."""
        for w, workload in enumerate(film.cluster.names.scenario.spec.workloads):
            if isinstance(workload, Job):
                send_away(film, w)
                length = round(self.minutes_of.get(workload.name, self.minutes) * MINUTE)
                film.at(round(self.at_hours * HOUR), Turn.DEMAND, _Work(w, workload, length).start)


@dataclass
class _Work:
    """One job: how many of its runs have begun, and how many are done."""

    workload: int
    stated: Job
    length: int
    begun: int = 0
    done: int = 0
    since: int = 0

    def start(self, film: Film) -> None:
        self.since = film.now
        for ordinal in range(self.stated.count):
            self._run(ordinal, film)
        self._want(film)

    def _run(self, ordinal: int, film: Film) -> None:
        self.begun += 1
        for container in bring(film, self.workload, [ordinal], self.length).tolist():
            self._look(container, ordinal, film)

    def _look(self, container: int, ordinal: int, film: Film) -> None:
        """Look at a container when it may have left."""
        end = earliest_end(film.cluster, container, film.now)
        if end is not None:
            film.at(end, Turn.DEMAND, partial(self._look, container, ordinal))
            return
        self.done += 1
        if self.begun < self.stated.completions:
            self._run(ordinal, film)
        elif self.done == self.stated.completions:
            film.tell("job done", workload=self.stated.name, hours=round((film.now - self.since) / HOUR, 3))
        self._want(film)

    def _want(self, film: Film) -> None:
        film.cluster.want(self.workload, min(self.stated.count, self.stated.completions - self.done), 0, film.now)
