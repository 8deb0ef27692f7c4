"""CI job queues: jobs arrive, wait for a runner, and run there one at a time."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from models.workload import RunnerPool
from planner.simulation.agenda import Turn
from planner.simulation.cluster import Ints
from planner.simulation.film import HOUR, SECOND, Film
from planner.simulation.job_stream import Bursts, JobStream
from planner.simulation.runs import bring, earliest_end, send_away, there
from planner.simulation.state import READY, SERVES, STARTS, STATUS, STAY
from planner.simulation.waits import Waits

Job = tuple[int, int]
"""When it arrived, and how long it takes: milliseconds."""


@dataclass(frozen=True)
class JobQueues:
    """All workloads of kind `runner_pool`: jobs by `jobs_per_hour`, first come first served, and who runs them.

    Runners are ephemeral, one container a job (the runners of GitHub's Actions Runner Controller: "ephemeral runners"),
    or stand and wait for jobs (those of GitLab, with `concurrent` jobs in all). As many run at once as the plan keeps
    room for: what the queue's promise needs by Erlang C, `parallelism` at most. A job whose runner is lost begins anew.
    Every hour it is told how long jobs waited, as `Waits.tell` has it.

    Attributes
    ----------
    standing : bool
    bursts : Bursts, optional
    look_seconds : float
        How often standing runners that come back ask for jobs: `check_interval` of GitLab Runner, 3 s by default.
    """

    standing: bool = False
    bursts: Bursts | None = None
    look_seconds: float = 3.0

    def begin(self, film: Film) -> None:
        """Draw the first jobs."""
        for w, workload in enumerate(film.cluster.names.scenario.spec.workloads):
            if isinstance(workload, RunnerPool):
                stream = JobStream(workload.name, workload.jobs_per_hour, workload.job_minutes, self.bursts)
                waits, look = Waits(workload.name, workload.queue), round(self.look_seconds * SECOND)
                if self.standing:
                    _Standing(w, workload.count, stream, waits, look=look).begin(film)
                else:
                    _Ephemeral(w, workload.count, stream, waits).begin(film)


@dataclass
class _Queue(ABC):
    """Jobs that wait for a runner.

    Attributes
    ----------
    most : int
        Runners at once.
    jobs : deque of Job
        Who comes first is first.
    """

    workload: int
    most: int
    stream: JobStream
    waits: Waits
    jobs: deque[Job] = field(default_factory=deque)

    def begin(self, film: Film) -> None:
        """Prepare the runners, and await the first job."""
        self._await(film)
        film.after(HOUR, Turn.RECORD, self._tell)

    def _await(self, film: Film) -> None:
        job = self.stream.next(film)
        if job is not None:
            film.at(job[0], Turn.DEMAND, partial(self._arrive, job))

    def _arrive(self, job: Job, film: Film) -> None:
        self.waits.arrived += 1
        self.jobs.append(job)
        self._await(film)
        self._assign(film)

    @abstractmethod
    def _assign(self, film: Film) -> None:
        """Give jobs to runners, as far as there are some."""

    def _waiting(self) -> Iterable[int]:
        """When the jobs arrived that have not started yet."""
        return [arrived for arrived, _ in self.jobs]

    def _tell(self, film: Film) -> None:
        self.waits.tell(film, self._waiting())
        film.after(HOUR, Turn.RECORD, self._tell)


@dataclass
class _Ephemeral(_Queue):
    """A container for each job.

    Attributes
    ----------
    free : list of int
        A heap of the ordinals that no container has now.
    unseen : dict of int to int
        By container that was not seen to start yet, when its job arrived.
    """

    free: list[int] = field(default_factory=list)
    unseen: dict[int, int] = field(default_factory=dict)

    def begin(self, film: Film) -> None:
        """Send the runners of the plan away: each comes with its job."""
        send_away(film, self.workload)
        self.free = list(range(self.most))
        super().begin(film)

    def _assign(self, film: Film) -> None:
        while self.jobs and self.free:
            arrived, length = self.jobs.popleft()
            ordinal = heapq.heappop(self.free)
            for container in bring(film, self.workload, [ordinal], length).tolist():
                self.unseen[container] = arrived
                self._look(container, ordinal, False, film)
        film.cluster.want(self.workload, self.most - len(self.free), 0, film.now)

    def _look(self, container: int, ordinal: int, due: bool, film: Film) -> None:
        """Look at a runner now, and when it may have left; it is `due` where it leaves now unless it was evicted.

        The wait of a job that found no host at once ends with the first start that is seen.
        """
        row = film.cluster.state.containers[container]
        placed = bool(row[STATUS] in (STARTS, SERVES))
        end = earliest_end(film.cluster, container, film.now)
        if container in self.unseen and (placed or end is None):
            start = film.now - int(row[STAY]) if end is None else int(row[READY])
            self.waits.waited.append(start - self.unseen.pop(container))
        if end is not None:
            self.waits.lost += due
            film.at(end, Turn.DEMAND, partial(self._look, container, ordinal, placed))
        else:
            heapq.heappush(self.free, ordinal)
            self._assign(film)

    def _waiting(self) -> Iterable[int]:
        return [*super()._waiting(), *self.unseen.values()]


@dataclass
class _Standing(_Queue):
    """Replicas that serve wait for jobs.

    Attributes
    ----------
    look : int
        Milliseconds until runners that are away are looked for again while jobs wait.
    runners : int64[n]
        Containers.
    busy : set of int
        Those that run a job, or whose job is not yet known to be lost.
    started : set of Job
        Lost jobs in the queue: their wait is known.
    """

    look: int = 3 * SECOND
    runners: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    busy: set[int] = field(default_factory=set)
    started: set[Job] = field(default_factory=set)
    _looks: bool = False

    def begin(self, film: Film) -> None:
        """Let the runners come that the plan has no host for."""
        missing = range(len(there(film.cluster, self.workload)), self.most)
        bring(film, self.workload, missing)
        self.runners = there(film.cluster, self.workload)
        super().begin(film)

    def _assign(self, film: Film) -> None:
        if not self.jobs:
            return
        rows = film.cluster.state.containers
        serving = self.runners[rows[self.runners, STATUS] == SERVES].tolist()
        for runner in serving:
            if runner not in self.busy and self.jobs:
                self._run(self.jobs.popleft(), runner, int(rows[runner, READY]), film)
        if self.jobs and len(serving) < len(self.runners) and not self._looks:
            self._looks = True
            film.after(self.look, Turn.DEMAND, self._again)

    def _again(self, film: Film) -> None:
        self._looks = False
        self._assign(film)

    def _run(self, job: Job, runner: int, since: int, film: Film) -> None:
        self.busy.add(runner)
        if job in self.started:
            self.started.remove(job)
        else:
            self.waits.waited.append(film.now - job[0])
        film.after(job[1], Turn.DEMAND, partial(self._end, job, runner, since))

    def _end(self, job: Job, runner: int, since: int, film: Film) -> None:
        """A job should be done; it is lost where its runner has not served all the time."""
        self.busy.remove(runner)
        row = film.cluster.state.containers[runner]
        if row[STATUS] != SERVES or row[READY] != since:
            self.waits.lost += 1
            self.started.add(job)
            self.jobs.appendleft(job)
        self._assign(film)

    def _waiting(self) -> Iterable[int]:
        return [job[0] for job in self.jobs if job not in self.started]

    def _tell(self, film: Film) -> None:
        self.runners = there(film.cluster, self.workload)  # releases and scalers may have changed them
        super()._tell(film)
