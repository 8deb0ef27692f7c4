"""From a scenario and a plan to a cluster: who is there when the film begins.

The arrays are those that plans are made with (`planner.problem`): sizes, places and rules mean the same to a simulated
scheduler as to a solver. Each host has a row here, and GPUs have devices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.catalog import Catalog
from models.plan import Plan
from models.resources import GPU
from models.scenario import Scenario
from models.supply import Offering
from models.topology import LEVELS
from planner.problem import UNLIMITED, Problem, build
from planner.problem.names import Names
from planner.simulation.blank import HostRows, Shapes, blank
from planner.simulation.cluster import Cluster, HostType
from planner.simulation.policies.named import PLACING
from planner.simulation.rulebook import rulebook_of
from planner.simulation.state import DEVICE

Ints = npt.NDArray[np.int64]
Standing = tuple[tuple[str, ...], str, Mapping[str, tuple[int, ...]]]
"""A host to begin with: what tells its offering apart, its name, and ordinals by workload."""
SPARE = 64
"""Blank rows for hosts that may be opened while the film runs."""
MANY = 1024
"""Copies of the largest size that a host without limit has room for."""


@dataclass(frozen=True, eq=False)
class Cast:
    """A scenario as tables, before any host is there.

    Attributes
    ----------
    problem : Problem
    names : Names
    types : tuple of HostType
        One for each offering, as in `Names.offerings`.
    shapes : Shapes
        One for each item type.
    classes : tuple of (workload, item type)
    """

    problem: Problem
    names: Names
    types: tuple[HostType, ...]
    shapes: Shapes
    classes: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, scenario: Scenario, catalog: Catalog) -> Cast:
        """Compile a scenario."""
        problem, names = build(scenario, catalog)
        kept = [r for r, name in enumerate(problem.resources) if name != GPU]
        room = _finite(names.capacity[:, kept], problem.by_device.size[:, kept])
        kind = np.full(len(names.offerings), problem.bins, dtype=np.int64)
        for b, members in enumerate(names.members):
            kind[list(members)] = b
        types = tuple(
            HostType(
                offering=offering,
                capacity=room[o],
                devices=offering.allocatable[GPU] // DEVICE,
                kind=int(kind[o]),
                domain=_domains(names, offering, problem, int(kind[o])),
                price=int(offering.per_hour * 1_000_000),
            )
            for o, offering in enumerate(names.offerings)
        )
        classes = tuple((part.workload, i) for i, parts in enumerate(names.parts) for part in parts)
        return cls(problem, names, types, _shapes(problem, names, kept), classes)

    def cluster(self, *, policy: str, hosts: int, rows: int, logged: int = 0, seed: int = 0) -> Cluster:
        """A cluster with so many blank rows for hosts and for containers."""
        workloads = self.names.scenario.spec.workloads
        levels = len(self.types[0].domain) if self.types else len(LEVELS)
        kinds = self.shapes.size.shape[1]
        rulebook = rulebook_of(self.problem, self.classes, hosts, max(len(self.names.domains), 1))
        state = blank(
            HostRows(
                capacity=np.zeros((hosts, kinds), dtype=np.int64),
                devices=np.full(hosts, max((each.devices for each in self.types), default=0)),
                kind=np.full(hosts, self.problem.bins),
                domain=np.full((hosts, levels), -1),
                price=np.zeros(hosts, dtype=np.int64),
            ),
            self.shapes,
            rulebook.classes,
            np.zeros((0, 3), dtype=np.int64),
            policy=PLACING[policy],
            rows=rows,
            workloads=max(1, len(workloads)),
            bindings=rulebook.bindings,
            largest=np.array([each.capacity for each in self.types], dtype=np.int64).reshape(-1, kinds),
            domains=max(hosts, len(self.names.domains)),
            logged=logged,
            seed=seed,
        )
        resources = [name for name in self.problem.resources if name != GPU]
        return Cluster(state, self.names, self.types, self.classes, resources, self.problem.quotas)


def cluster_of(
    scenario: Scenario,
    catalog: Catalog,
    plan: Plan | None = None,
    *,
    policy: str = "kubernetes",
    spare: int = SPARE,
    rows: int = 0,
    logged: int = 0,
    seed: int = 0,
) -> Cluster:
    """The cluster of a plan: its hosts, with the replicas that it puts there.

    Parameters
    ----------
    plan : Plan, optional
        Without one, the hosts that stand today, with what runs there.
    policy : str
        A name of `policies.named.PLACING`, for whoever comes later.
    spare : int
        Blank rows for hosts that may be opened later.
    rows : int
        Blank rows for containers beside those of the plan; tables grow where they do not do.
    logged : int
        Rows of the event log; 0 keeps none.
    """
    cast = Cast.of(scenario, catalog)
    standing = list(_today(scenario) if plan is None else _planned(plan))
    begun = sum(len(ordinals) for _, _, runs in standing for ordinals in runs.values())
    cluster = cast.cluster(
        policy=policy, hosts=max(1, len(standing) + spare), rows=begun + rows, logged=logged, seed=seed
    )
    offered = _offered(cast.names)
    for key, name, runs in standing:
        row = cluster.open(cast.types[offered[key]], 0, name=name)
        for workload, ordinals in runs.items():
            for ordinal in ordinals:
                cluster.begin_with(cluster.class_of(workload, ordinal), row)
    for w, stated in enumerate(scenario.spec.workloads):
        cluster.want(w, stated.count, stated.objective.min_replicas if stated.objective else 0)
    return cluster


def _planned(plan: Plan) -> Iterator[Standing]:
    """The hosts of a plan."""
    for host in plan.spec.hosts:
        key = (host.name,) if host.standing else (host.location, host.host_type, host.pool, host.purchase)
        yield key, host.name, host.runs


def _today(scenario: Scenario) -> Iterator[Standing]:
    """The hosts that stand today: replicas are numbered in the order of hosts."""
    given: dict[str, int] = defaultdict(int)
    for host in scenario.spec.hosts:
        runs = {}
        for name, count in host.runs.items():
            runs[name] = tuple(range(given[name], given[name] + count))
            given[name] += count
        yield (host.name,), host.name, runs


def _offered(names: Names) -> Mapping[tuple[str, ...], int]:
    """Offerings by what tells them apart in a plan: the name of a standing host, or place, type, pool and purchase."""
    found: dict[tuple[str, ...], int] = {}
    for o, each in enumerate(names.offerings):
        found.setdefault((each.host,) if each.host else (each.location, each.host_type, each.pool, each.purchase), o)
    return found


def _domains(names: Names, offering: Offering, problem: Problem, kind: int) -> Ints:
    """int64[L]: ids of the domains that a host lies in; -1 at the level of hosts; then partitions of rules."""
    ids = {path: n for n, path in enumerate(names.domains)}
    found = [ids.get(names.topology.ancestor(offering.location, level) or "", -1) for level in LEVELS[:-1]]
    beyond = problem.domain[kind, len(LEVELS) :].tolist() if kind < problem.bins else []
    beyond += [-1] * (problem.domain.shape[1] - len(LEVELS) - len(beyond))
    return np.array([*found, -1, *beyond], dtype=np.int64)


def _shapes(problem: Problem, names: Names, kept: list[int]) -> Shapes:
    workloads = names.scenario.spec.workloads
    asks = np.zeros((problem.items, 2), dtype=np.int64)
    for i, parts in enumerate(names.parts):
        milli = workloads[parts[0].workload].asked().get(GPU, 0) if parts else 0
        asks[i] = -(-milli // DEVICE), min(milli, DEVICE)
    outside = np.zeros((problem.items, 1), dtype=bool)
    return Shapes(
        size=np.ascontiguousarray(problem.by_device.size[:, kept]),
        asks=asks,
        allowed=np.ascontiguousarray(np.append(problem.fits, outside, axis=1)),
    )


def _finite(capacity: Ints, size: Ints) -> Ints:
    """Capacities, with much in place of no limit: keys and scores add amounts up."""
    finite = np.where(capacity >= UNLIMITED, 0, capacity).max(axis=0, initial=0)
    much = np.maximum(finite, MANY * size.max(axis=0, initial=0))
    return np.where(capacity >= UNLIMITED, much, capacity)
