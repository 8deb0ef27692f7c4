"""Films of a scenario under several policies and seeds: in this process, or side by side in some."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from models.catalog import Catalog
from models.film import FilmSpec
from models.plan import Plan
from models.scenario import Scenario
from planner.simulation.answers import Answers, answers_of
from planner.simulation.cast import cluster_of
from planner.simulation.film import MINUTE, Film
from planner.simulation.script import actors_of
from planner.simulation.witness import Witness

LOGGED = 65_536
"""Rows of the event log beside four for each container there is at first: one action may move all of them."""
_LOOK = 0.2
"""Seconds between two looks at how far processes are."""

Seen = Callable[[float, int, int], None]
"""Hears how much is done, 0 to 1, how many runs are over, and how many there are."""


@dataclass(frozen=True)
class Take:
    """What all runs share.

    Attributes
    ----------
    scenario : Scenario
    catalog : Catalog
    spec : FilmSpec
    plan : Plan or None
        The hosts to begin with; those that stand today if None.
    folder : Path
        Where the files lie that the film names.
    """

    scenario: Scenario
    catalog: Catalog
    spec: FilmSpec
    plan: Plan | None
    folder: Path = Path()

    @property
    def runs(self) -> list[tuple[str, int]]:
        """(policy, seed) of every run: all policies of the first seed, then of the next."""
        return [(policy, seed) for seed, policy in product(range(1, self.spec.seeds + 1), self.spec.policies)]


def play(
    take: Take,
    policy: str,
    seed: int,
    *,
    observer: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Answers | None:
    """Play one run to its end; None where it was cancelled before.

    Parameters
    ----------
    observer : callable, optional
        Is told the days that have passed.
    """
    spec = take.spec
    stand = take.plan.spec.hosts if take.plan else take.scenario.spec.hosts
    replicas = sum(workload.count for workload in take.scenario.spec.workloads)
    cluster = cluster_of(
        take.scenario, take.catalog, take.plan,
        policy=policy, spare=spec.spare_hosts + (not stand), rows=replicas, logged=LOGGED + 4 * replicas, seed=seed,
    )  # fmt: skip
    cluster.log()  # those who are there from the start did not come
    film = Film(cluster, actors_of(spec, cluster, take.folder), seed=seed, every=round(spec.record_minutes * MINUTE))
    witness = Witness(film)
    return answers_of(film, witness, policy) if film.play(spec.days, observer=observer, cancelled=cancelled) else None


def play_all(
    take: Take, *, jobs: int = 1, observer: Seen | None = None, cancelled: Callable[[], bool] = lambda: False
) -> list[Answers]:
    """Play every policy with every seed.

    Parameters
    ----------
    jobs : int
        Processes; 0 for as many as there are processors. With one, all is played in this process.
    observer : callable, optional
        Hears of progress.
    cancelled : callable
        Asked now and then whether to stop; runs that are over by then are kept.

    Returns
    -------
    list of Answers
        In the order of `Take.runs`, those that came to their end.
    """
    runs = take.runs
    number = min(len(runs), jobs or processors())
    done = _in_processes(take, number, observer, cancelled) if number > 1 else _here(take, observer, cancelled)
    found = {(each.policy, each.seed): each for each in done}
    return [found[run] for run in runs if run in found]


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _here(take: Take, observer: Seen | None, cancelled: Callable[[], bool]) -> Iterator[Answers]:
    runs = take.runs
    for n, (policy, seed) in enumerate(runs):

        def see(days: float, over: int = n) -> None:
            if observer is not None:
                observer((over + days / take.spec.days) / len(runs), over, len(runs))

        see(0.0)
        made = play(take, policy, seed, observer=see, cancelled=cancelled)
        if made is None:
            return
        yield made
    if observer is not None:
        observer(1.0, len(runs), len(runs))


def _in_processes(take: Take, number: int, observer: Seen | None, cancelled: Callable[[], bool]) -> Iterator[Answers]:
    """Each process has the take once; how far each run is stands in memory that all share."""
    runs = take.runs
    context = multiprocessing.get_context("spawn")
    shared = context.Array("d", len(runs), lock=False), context.Event()
    with ProcessPoolExecutor(number, context, _prepare, (take, *shared)) as pool:
        open_runs: set[Future[Answers | None]] = {pool.submit(_play_there, n) for n in range(len(runs))}
        over = 0
        while open_runs:
            if cancelled() and not shared[1].is_set():
                shared[1].set()
                pool.shutdown(wait=False, cancel_futures=True)
            ready, open_runs = wait(open_runs, _LOOK, FIRST_COMPLETED)
            for each in ready:
                made = None if each.cancelled() else each.result()
                if made is not None:
                    over += 1
                    yield made
            if observer is not None:
                observer(sum(shared[0]) / len(runs), over, len(runs))


_there: Any = None
"""What a process was given: the take, how far each run is, and whether to stop."""


def _prepare(take: Take, passed: Any, stop: Any) -> None:
    """Begin a process; Ctrl-C is for the one that began it."""
    global _there
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _there = take, passed, stop


def _play_there(n: int) -> Answers | None:
    take, passed, stop = _there

    def see(days: float) -> None:
        passed[n] = days / take.spec.days

    made = play(take, *take.runs[n], observer=see, cancelled=stop.is_set)
    passed[n] = 1.0
    return made
