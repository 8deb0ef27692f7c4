"""From a film that was played to figures: what it cost, who waited, what was away, and which promises were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

import numpy as np

from models.simulation import FilmEvent, Measure, Recovery, ReleaseRun
from models.units import HOURS_PER_MONTH
from planner.simulation.film import DAY, HOUR, MINUTE, SECOND, Film
from planner.simulation.releases import ReleaseOrder, Releases
from planner.simulation.state import (
    AT,
    BELOW,
    CHANGED,
    CLASS,
    DROPPED,
    EVICTED,
    HOSTS_UP,
    HOSTS_USED,
    LEAST,
    MISSING,
    PRICE,
    RUNNING,
    SERVING,
    STATUS,
    WAITING,
    WAITS,
    WANTED,
    WORKLOAD,
)  # fmt: skip
from planner.simulation.witness import Witness

_FAULTS = ("outage", "host failed", "incident", "spot reclaimed")
"""What actors tell when hosts are lost without their containers having been moved."""
_USED = "used_"


@dataclass(frozen=True)
class Check:
    """A promise in one run: shares of time or of jobs are to be at least what is promised, seconds at most."""

    workload: str
    promise: Literal["availability", "recovery", "queue"]
    promised: float
    reached: float

    @property
    def kept(self) -> bool:
        """Whether it was kept, but for a rounding error."""
        if self.promise == "recovery":
            return self.reached <= self.promised + 1e-9
        return self.reached >= self.promised - 1e-12


@dataclass(frozen=True)
class Answers:
    """What came out of one run.

    Attributes
    ----------
    policy : str
    seed : int
    days : float
        That were played.
    decisions : str
        Hash of all decisions, sixteen hexadecimal digits.
    figures : dict of Measure to float
    allocation : dict of str to float
        By resource, the mean share in use.
    unavailable, missing : dict of str to float
        By workload: minutes below the objective of those that have one, hours of missing replicas of those that missed
        any.
    priority : dict of str to int
        Of workloads with an objective.
    releases : tuple of ReleaseRun
    recoveries : tuple of Recovery
        One for each fault, those without containers left out.
    checks : tuple of Check
    events : tuple of FilmEvent
    samples : dict of str to list of float
    serving : dict of str to list of int
        Replicas that serve, by workload, at each sample.
    told : list of dict
    """

    policy: str
    seed: int
    days: float
    decisions: str
    figures: dict[Measure, float]
    allocation: dict[str, float]
    unavailable: dict[str, float]
    missing: dict[str, float]
    priority: dict[str, int]
    releases: tuple[ReleaseRun, ...]
    recoveries: tuple[Recovery, ...]
    checks: tuple[Check, ...]
    events: tuple[FilmEvent, ...]
    samples: dict[str, list[float]]
    serving: dict[str, list[int]]
    told: list[dict[str, Any]]


def answers_of(film: Film, witness: Witness, policy: str) -> Answers:
    """Read all answers off a film.

    Parameters
    ----------
    film : Film
        That was played for a while.
    witness : Witness
        Who has watched it from its beginning.
    policy : str
    """
    workloads = film.cluster.names.scenario.spec.workloads
    lacks = _lacks(film)
    below = {w.name: lacks[i, BELOW] / MINUTE for i, w in enumerate(workloads) if w.objective}
    missing = {w.name: lacks[i, MISSING] / HOUR for i, w in enumerate(workloads)}
    return Answers(
        policy=policy,
        seed=film.seed,
        days=film.now / DAY,
        decisions=f"{film.cluster.hash & 0xFFFF_FFFF_FFFF_FFFF:016x}",
        figures=_figures(film, witness, sum(below.values()), sum(missing.values())),
        allocation=_allocation(film),
        unavailable=below,
        missing={name: hours for name, hours in missing.items() if hours},
        priority={w.name: w.priority for w in workloads if w.objective},
        releases=tuple(_releases(film)),
        recoveries=tuple(_recoveries(film, witness)),
        checks=tuple(_checks(film, witness, below)),
        events=tuple(_events(film)),
        samples=dict(film.recorder.samples),
        serving={w.name: film.recorder.serving[i] for i, w in enumerate(workloads) if i in film.recorder.serving},
        told=film.recorder.told,
    )


def _figures(film: Film, witness: Witness, below: float, missing: float) -> dict[Measure, float]:
    state = film.cluster.state
    passed = max(1.0, float(film.now))
    late = float(film.now - state.number[AT])
    mean = (state.area[len(state.used) :] + state.now * late) / passed
    waits = witness.waited()
    number = len(waits) + witness.at_once
    sums = state.workloads.sum(axis=0)
    return {
        "density": _density(film, float(mean[RUNNING]), float(mean[HOSTS_USED])),
        "cost_per_month": float(mean[PRICE]) / 1e6 * HOURS_PER_MONTH,
        "hosts": float(mean[HOSTS_UP]),
        "hosts_used": float(mean[HOSTS_USED]),
        "pending_mean_seconds": float(waits.sum()) / SECOND / max(1, number),
        "pending_p95_seconds": _percentile(waits, witness.at_once, 0.95) / SECOND,
        "pending_longest_seconds": float(waits.max(initial=0)) / SECOND,
        "evictions": float(sums[EVICTED]),
        "moves": float(witness.moves),
        "dropped": float(sums[DROPPED]),
        "waiting_at_end": float(state.now[WAITING]),
        "unavailable_minutes": below,
        "missing_replica_hours": missing,
    }


def _percentile(waits: Any, zeros: int, share: float) -> float:
    """The least wait that so large a share of all containers did not exceed; `zeros` of them did not wait."""
    rank = int(np.ceil(share * (len(waits) + zeros))) - zeros
    return float(np.sort(waits)[rank - 1]) if rank > 0 else 0.0


def _density(film: Film, running: float, used: float) -> float:
    """Units on a host in use: all containers, or where the scenario counts some only, those that serve at samples."""
    unit = film.cluster.names.scenario.spec.unit.workloads
    if unit is not None:
        samples = film.recorder.serving
        counted = [w for w, each in enumerate(film.cluster.names.scenario.spec.workloads) if unit.selects(each)]
        running = sum(fmean(samples[w]) for w in counted if samples.get(w))
    return running / used if used else 0.0


def _allocation(film: Film) -> dict[str, float]:
    """Mean shares in use; of a resource that is asked for by the moment, that of the fullest moment."""
    shares: dict[str, float] = {}
    for name, values in film.recorder.samples.items():
        if name.startswith(_USED) and values:
            resource = name.removeprefix(_USED).partition("@")[0]
            shares[resource] = max(shares.get(resource, 0.0), fmean(values))
    return {name: share for name, share in shares.items() if share}


def _lacks(film: Film) -> Any:
    """float64[W, 3]: `State.lacks` brought up to now."""
    state = film.cluster.state
    table, lacks = state.workloads, state.lacks.copy()
    passed = (film.now - table[:, CHANGED]).astype(np.float64)
    lacks[:, MISSING] += np.maximum(0, table[:, WANTED] - table[:, SERVING]) * passed
    lacks[:, BELOW] += (table[:, SERVING] < table[:, LEAST]) * passed
    return lacks


def _checks(film: Film, witness: Witness, below: dict[str, float]) -> Iterator[Check]:
    """Availability and recovery of each objective, and the promise of each queue of jobs."""
    minutes = max(1.0, film.now / MINUTE)
    for w, workload in enumerate(film.cluster.names.scenario.spec.workloads):
        objective = workload.objective
        if objective is None:
            continue
        yield Check(workload.name, "availability", objective.availability, 1 - below[workload.name] / minutes)
        if objective.recovery_seconds is not None:
            longest = max((end - begin for begin, end in witness.spans(w)), default=0)
            yield Check(workload.name, "recovery", objective.recovery_seconds, longest / SECOND)
    queues = {story["workload"]: story["so_far"] for story in film.recorder.told if story["what"] == "job queue"}
    for workload in film.cluster.names.scenario.spec.workloads:
        if workload.kind == "runner_pool" and workload.name in queues:
            in_time = queues[workload.name]["in_time"]  # None while no job has come
            yield Check(workload.name, "queue", workload.queue.share, 1.0 if in_time is None else in_time)


def _releases(film: Film) -> Iterator[ReleaseRun]:
    """Every release that was ordered, in the order of times; those of a workload end in the order of their orders."""
    ended: dict[str, list[dict[str, Any]]] = {}
    for story in film.recorder.told:
        if story["what"] == "release":
            ended.setdefault(story["workload"], []).append(story)
    orders: list[ReleaseOrder] = [o for actor in film.actors if isinstance(actor, Releases) for o in actor.orders]
    for order in sorted(orders, key=lambda each: each.at_hours):
        if order.at_hours * HOUR > film.now:
            continue
        stories = ended.get(order.workload, [])
        common = {"seed": film.seed, "workload": order.workload, "at_hours": order.at_hours}
        if not stories:
            yield ReleaseRun(**common, result="not finished")
            continue
        story = stories.pop(0)
        yield ReleaseRun(
            **common, strategy=story["strategy"], result=story["result"], why=story["why"],
            minutes=story["seconds"] / 60, surge=story["surge"], waited=story["waited"],
        )  # fmt: skip


def _recoveries(film: Film, witness: Witness) -> Iterator[Recovery]:
    """What became of those that a fault took off their hosts; faults of one moment are told as one."""
    stories: dict[int, list[dict[str, Any]]] = {}
    for story in film.recorder.told:
        if story["what"] in _FAULTS and story["at"] in witness.losses:
            stories.setdefault(story["at"], []).append(story)
    for at, told in stories.items():
        loss = witness.losses[at]
        rows = [c for c, when in witness.away.items() if when == at] if loss.away else []
        yield Recovery(
            seed=film.seed,
            what=told[0]["what"],
            where=", ".join(str(s.get("where") or s.get("host") or s.get("name") or "") for s in told),
            at_hours=at / HOUR,
            hours=max((s["hours"] for s in told if "hours" in s), default=None),
            containers=loss.number,
            seconds=None if rows else (loss.last - at) / SECOND,
            never=dict(Counter(_name(film, c) for c in rows)),
            why=_why(film, rows),
        )


def _name(film: Film, container: int) -> str:
    state = film.cluster.state
    w = int(state.classes[state.containers[container, CLASS], WORKLOAD])
    return film.cluster.names.scenario.spec.workloads[w].name


def _why(film: Film, rows: list[int]) -> str:
    """Why containers have no host: they wait for room, or have not asked, for what they need is not back."""
    waits = int((film.cluster.state.containers[rows, STATUS] == WAITS).sum()) if rows else 0
    told = []
    if waits:
        told.append(f"{waits} wait: no host has room for them under the rules")
    if len(rows) > waits:
        told.append(f"{len(rows) - waits} have not asked: their loss is not noticed yet, or their data not back")
    return "; ".join(told)


def _events(film: Film) -> Iterator[FilmEvent]:
    for story in film.recorder.told:
        at = story["at"] / HOUR
        if story["what"] in _FAULTS:
            where = story.get("where") or story.get("host") or story.get("name") or ""
            yield FilmEvent(
                kind="fault", what=f"{story['what']} {where}".strip(), at_hours=at, hours=story.get("hours", 0.0)
            )
        elif story["what"] == "release":
            hours = story["seconds"] / 3600
            told = f"release of {story['workload']}, {story['result']}"
            yield FilmEvent(kind="release", what=told, at_hours=at - hours, hours=hours)
