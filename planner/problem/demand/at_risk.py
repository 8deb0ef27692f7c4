"""Columns of usage at risk: on the hosts of an `overload_risk` rule, usage counts in place of requests."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from models.resources import IN_BYTES, PODS, describe_amount
from models.rules import OverloadRisk
from planner.problem.demand.columns import MIB, Asking, Column, limited
from planner.problem.demand.rooms import NO_LIMIT
from planner.problem.demand.timeline import part_of, undominated
from planner.problem.demand.usage import Chord, Load, Tangent, chord, tangent

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MOST_TANGENTS = 8
"""For one rule and resource: hosts of nearly the same size share one."""


def overload(asking: Asking) -> Iterator[Column]:
    """For every rule, resource and size of hosts: sizes on a tangent, and those on a chord for bounds."""
    for rule in asking.draft.rules(OverloadRisk):
        for resource in rule.resources:
            yield from _Risk(asking, rule, resource).columns()


class _Risk:
    """One resource of one rule."""

    def __init__(self, asking: Asking, rule: OverloadRisk, resource: str) -> None:
        self.asking, self.resource = asking, resource
        self.z, self.words = NormalDist().inv_cdf(1 - rule.risk), f"{rule.risk * 100:g} % risk"
        self.unit = MIB if resource in IN_BYTES else 1
        self.hosts = asking.draft.hosts(rule.hosts) & (asking.rooms.limit(resource) < NO_LIMIT)
        self.peak = asking.line.flat[resource]
        self.mean, self.variance, self.stated = self._usage()
        workloads = asking.draft.scenario.spec.workloads
        self.daemonsets = [w for w, workload in enumerate(workloads) if workload.kind == "daemon_set"]
        self.replicas = asking.replicas.copy()
        self.replicas[self.daemonsets] = 1

    def _usage(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Bools]:
        """Mean and variance of one replica while it runs, and who states them."""
        mean, variance, stated = self.peak.astype(np.float64), np.zeros(len(self.peak)), np.zeros(len(self.peak), bool)
        for w, workload in enumerate(self.asking.draft.scenario.spec.workloads):
            usage = getattr(workload.usage, self.resource, None)
            if usage is not None:
                mean[w] = usage.mean + workload.overhead[self.resource]
                variance[w], stated[w] = usage.deviation**2, True
        return mean, variance, stated

    def columns(self) -> Iterator[Column]:
        """A column for every group of hosts and each of its hardest moments."""
        rooms = self._room(self.peak)
        groups = representatives(np.unique(rooms[self.hosts]).tolist())
        for group in groups:
            mine = self.hosts & (nearest(rooms, groups) == group)
            load = Load(self.mean, self.variance, self.replicas)
            # Rounding takes less than two units off a host; a replica for which smaller hosts are too tight goes
            # to the largest.
            upper = tangent(load, self.z, max(1, group - 2 * self.unit), alone=group == groups[-1])
            lower = chord(load, self.z, self._most(mine))
            kept = self._hardest(upper)
            beside = f" of {describe_amount(self.resource, int(group))}" if len(groups) > 1 else ""
            for moment in kept:
                name = part_of(self.asking.line.name(self.resource, moment, kept), self.words + beside)
                yield self._column(name, mine, moment, upper, lower)

    def _room(self, asked: Ints) -> Ints:
        """int64[O]: what replicas and daemonsets together may use: all but the share that is kept free."""
        return self.asking.rooms.left(self.resource, asked) + self.asking.rooms.daemons(asked)

    def _most(self, hosts: Bools) -> int:
        return int(self.asking.rooms.limit(self.resource)[hosts].max())

    def _load(self, moment: int) -> Load:
        """Usage of who runs at a moment; the request then of who states none."""
        runs = self.asking.line.asked(PODS, moment) > 0
        asked = self.asking.line.asked(self.resource, moment)
        mean = np.where(self.stated, self.mean * runs, asked)
        return Load(mean, self.variance * runs, self.replicas)

    def _hardest(self, upper: Tangent) -> tuple[int, ...]:
        """Moments of larger sizes, or of a larger share kept free: it is one of what daemonsets leave."""
        line = self.asking.line
        of_request = set(line.varying[self.resource][0].tolist()) if self.resource in line.varying else set()
        of_times = set(line.varying[PODS][0].tolist()) if PODS in line.varying else set()
        changing = sorted(of_request | of_times)
        if not changing:
            return (0,)
        rows = []
        for moment in range(len(line.moments)):
            sizes = np.ceil(upper.size(self._load(moment))[changing]).astype(np.int64)
            rows.append(np.append(sizes, -line.asked(self.resource, moment)[self.daemonsets]))
        return undominated(np.array(rows).T)

    def _column(self, name: str, hosts: Bools, moment: int, upper: Tangent, lower: Chord) -> Column:
        load, room = self._load(moment), self._room(self.asking.line.asked(self.resource, moment))
        size = np.ceil(upper.size(load) / self.unit).astype(np.int64)
        least = np.floor(lower.size(load) / self.unit).astype(np.int64)
        return Column(
            name,
            size,
            self._on(hosts, np.floor((room - upper.taken) / self.unit), size),
            least,
            self._on(hosts, np.ceil(room / self.unit), least),
        )

    def _on(self, hosts: Bools, room: npt.NDArray[np.float64], size: Ints) -> Ints:
        """Room on the selected hosts in the units of arrays, less what daemonsets take of it."""
        left = np.maximum(0, room.astype(np.int64) - self.asking.rooms.daemons(size))
        return limited(np.where(hosts, left, NO_LIMIT))


def representatives(sizes: list[int]) -> list[int]:
    """At most `MOST_TANGENTS` of the sizes, such as are far from each other."""
    kept = list(sizes)
    while len(kept) > MOST_TANGENTS:
        closest = min(range(1, len(kept)), key=lambda n: (kept[n] - kept[n - 1]) / max(1, kept[n]))
        del kept[closest]
    return kept


def nearest(sizes: Ints, groups: list[int]) -> Ints:
    """int64[O]: the group that is nearest to each size."""
    known = np.array(groups, dtype=np.int64)
    at = np.abs(sizes[:, None] - known[None, :]).argmin(axis=1)
    return np.asarray(known[at], dtype=np.int64)
