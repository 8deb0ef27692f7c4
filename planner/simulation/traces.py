"""Published traces: containers that come and leave, and requests that change, as a table has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from models.resources import CPU, MEMORY
from planner.simulation.agenda import Turn
from planner.simulation.cluster import Cluster, Ints
from planner.simulation.film import MINUTE, SECOND, Film
from planner.simulation.recorder import Floats
from planner.simulation.runs import send_away, there
from planner.simulation.sheets import Column, read_sheet
from planner.simulation.state import CLASS, HOST, NEVER, SHAPE, WORKLOAD

TIME = Column("time_s")
WHO = "workload"
Level = tuple[int, int]
"""Factors of CPU and memory, in steps."""


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Containers that come and leave as a trace has it, in place of those that a plan shows of their workloads.

    Attributes
    ----------
    rows : int64[n, 3]
        When, of which class, and how long each runs, in milliseconds: `read_arrivals`.
    """

    rows: Ints

    def begin(self, film: Film) -> None:
        """Send those of the plan away, and let kernels run the rest: no action is needed for any of them."""
        for w in np.unique(film.cluster.state.classes[self.rows[:, 1], WORKLOAD]).tolist():
            send_away(film, w)
        film.cluster.arrivals_of(self.rows)


def read_arrivals(path: str | Path, cluster: Cluster) -> Arrivals:
    """Read a table of containers: columns `time_s`, `workload`, `duration_s`, in any order of rows.

    An empty duration is that of a container that stays. All are like the first replica of their workload.

    Raises
    ------
    InputError
        If the table is none, or a cell is wrong, each told by its line.
    """
    lasts = Column("duration_s", blank=math.inf, most=math.inf)
    sheet = read_sheet(path, (TIME.name, WHO, lasts.name))
    when, seconds = sheet.numbers(TIME), sheet.numbers(lasts)
    names = _names(cluster)
    classes = np.array([cluster.class_of(name) for name in names], dtype=np.int64)
    stay = np.full(len(seconds), NEVER, dtype=np.int64)
    ends = seconds < NEVER / SECOND
    stay[ends] = np.rint(seconds[ends] * SECOND).astype(np.int64)
    rows = np.stack([_milliseconds(when), classes[sheet.choices(WHO, names)], stay], axis=1)
    return Arrivals(rows[np.argsort(rows[:, 0], kind="stable")])


@dataclass(frozen=True)
class Change:
    """What the replicas of a workload ask for from a time on.

    Attributes
    ----------
    at : int
        Milliseconds.
    workload : str
    cpu, memory : float
        Of what the scenario says that each asks for.
    """

    at: int
    workload: str
    cpu: float
    memory: float


@dataclass(frozen=True)
class Requests:
    """Requests that change over time, where containers are: Kubernetes' in-place resize of pods (KEP-1287).

    A change that a host has no room for is deferred, and tried again, as the kubelet does; so is that of a container
    that has no host or comes later. Factors are rounded up to steps, so that there are few classes; nothing asks for
    more than the largest host has.

    Attributes
    ----------
    changes : sequence of Change
        As `read_requests` has them.
    step : float
        What factors are rounded up to: an eighth is fine enough for a host with hundreds of containers.
    again_minutes : float
        Until changes that were deferred are tried again; an assumption: the kubelet does so when anything changes.
    """

    changes: tuple[Change, ...]
    step: float = 0.125
    again_minutes: float = 1.0

    def begin(self, film: Film) -> None:
        """Make the classes that there will be, and enter the changes."""
        classes = _classes(self, film.cluster)
        base = np.arange(len(film.cluster.classes))
        for (k, _), made in classes.items():
            base[made] = k
        keeper = _Keeper(self, classes, base, np.arange(len(base)))
        for when in sorted({change.at for change in self.changes}):
            film.at(when, Turn.DEMAND, keeper.change)

    def level(self, change: Change) -> Level:
        """The factors of a change in steps."""
        return math.ceil(change.cpu / self.step - 1e-9), math.ceil(change.memory / self.step - 1e-9)


def read_requests(path: str | Path, cluster: Cluster) -> Requests:
    """Read a table of requests: columns `time_s`, `workload`, `cpu` and `memory` (factors), in any order of rows.

    Raises
    ------
    InputError
        If the table is none, or a cell is wrong, each told by its line.
    """
    factors = Column(CPU, most=1000.0, blank=1.0), Column(MEMORY, most=1000.0, blank=1.0)
    sheet = read_sheet(path, (TIME.name, WHO, CPU, MEMORY))
    names = _names(cluster)
    when, who = _milliseconds(sheet.numbers(TIME)).tolist(), sheet.choices(WHO, names)
    cpu, memory = (sheet.numbers(factor).tolist() for factor in factors)
    changes = [Change(t, names[w], c, m) for t, w, c, m in zip(when, who, cpu, memory, strict=True)]
    return Requests(tuple(sorted(changes, key=lambda change: change.at)))


@dataclass
class _Keeper:
    """What each workload should ask for now.

    Attributes
    ----------
    classes : mapping
        By class of the scenario and level, the class that asks for that much.
    base, target : int64[K]
        By class, the class of the scenario that it is like, and the class that its containers should have now.
    done : int
        Changes that have come.
    """

    stated: Requests
    classes: Mapping[tuple[int, Level], int]
    base: Ints
    target: Ints
    done: int = 0
    changed: set[int] = field(default_factory=set)
    _again: bool = False

    def change(self, film: Film) -> None:
        """Let all changes come whose time it is."""
        cluster, now = film.cluster, dict[int, Level]()
        while self.done < len(self.stated.changes) and self.stated.changes[self.done].at <= film.now:
            change = self.stated.changes[self.done]
            now[cluster.workload(change.workload)] = self.stated.level(change)
            self.done += 1
        self.changed |= set(now)
        for w, level in sorted(now.items()):
            own = np.flatnonzero(cluster.state.classes[:, WORKLOAD] == w)
            self.target[own] = [self.classes[int(self.base[k]), level] for k in own]
            resized, deferred = self._resize(w, film)
            name = cluster.names.scenario.spec.workloads[w].name
            film.tell("requests changed", workload=name, containers=resized, deferred=deferred)
        if not self._again:
            self._again = True
            film.after(self.stated.again_minutes * MINUTE, Turn.DEMAND, self._retry)

    def _resize(self, w: int, film: Film) -> tuple[int, int]:
        """Resize what is not yet as it should be: how many were, and how many could not be."""
        cluster, resized = film.cluster, 0
        rows = there(cluster, w)
        classes = cluster.state.containers[rows, CLASS]
        wrong = rows[self.target[classes] != classes]
        for c, k in zip(wrong.tolist(), self.target[cluster.state.containers[wrong, CLASS]].tolist(), strict=True):
            resized += cluster.state.containers[c, HOST] >= 0 and cluster.resize(c, k, film.now)
        return resized, len(wrong) - resized

    def _retry(self, film: Film) -> None:
        """Try again, for those who were deferred and for those who came meanwhile."""
        for w in sorted(self.changed):
            self._resize(w, film)
        film.after(self.stated.again_minutes * MINUTE, Turn.DEMAND, self._retry)


def _classes(requests: Requests, cluster: Cluster) -> dict[tuple[int, Level], int]:
    """By class of the scenario and level, the class that asks for that much; those that differ are made."""
    state, most = cluster.state, np.array([each.capacity for each in cluster.types], dtype=np.int64).max(axis=0)
    one = round(1.0 / requests.step)
    found: dict[tuple[int, Level], int] = {}
    sizes: list[Ints] = []
    levels = sorted({(cluster.workload(change.workload), requests.level(change)) for change in requests.changes})
    asked = [(k, level) for w, level in levels for k in np.flatnonzero(state.classes[:, WORKLOAD] == w).tolist()]
    for k, level in asked:
        if level == (one, one):
            found[k, level] = k
            continue
        size = state.size[state.classes[k, SHAPE]].copy()
        for r, name in enumerate(cluster.resources):
            steps = {CPU: level[0], MEMORY: level[1]}.get(name.partition("@")[0])
            if steps is not None:
                size[r] = min(int(most[r]), math.ceil(int(size[r]) * steps * requests.step - 1e-9))
        sizes.append(size)
    made = [key for key in asked if key not in found]
    if made:
        rows = cluster.vary([k for k, _ in made], np.array(sizes, dtype=np.int64))
        found |= dict(zip(made, rows.tolist(), strict=True))
    return found


def _names(cluster: Cluster) -> list[str]:
    """Workloads that have containers of their own; daemonsets are part of their hosts."""
    workloads = cluster.names.scenario.spec.workloads
    return [workloads[w].name for w in sorted({w for w, _ in cluster.classes})]


def _milliseconds(seconds: Floats) -> Ints:
    return np.rint(seconds * SECOND).astype(np.int64)
