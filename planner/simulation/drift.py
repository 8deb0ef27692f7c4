"""What a plan is worth after a while under a scheduler that knows nothing of it: how many hosts it needs then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from models.catalog import Catalog
from models.goals import GoalTier
from models.plan import Plan
from models.scenario import Scenario
from planner.bounds.best import best_bounds
from planner.problem import Problem, build
from planner.simulation.agenda import Turn
from planner.simulation.cast import SPARE, cluster_of
from planner.simulation.cluster import Cluster
from planner.simulation.consolidation import may_go
from planner.simulation.film import DAY, MINUTE, SECOND, Film
from planner.simulation.state import COUNT, GONE, HOST_STATE, SERVES, STATUS, UP, WAITING, WAITS

SCAN = 10 * SECOND
"""Until who waits is looked at again (Cluster Autoscaler, `--scan-interval`)."""
UNNEEDED = 10 * MINUTE
"""How long a host is empty before it is given back (Cluster Autoscaler, `--scale-down-unneeded-time`)."""


@dataclass(frozen=True)
class Churn:
    """Replaces replicas of services one by one, as releases and restarts do: a new one serves before the old one goes.

    That is a rolling update with one replica more than wanted (Kubernetes' `maxSurge`); were the old one gone before,
    its place would do for the new one for ever, and no plan would ever drift.

    Attributes
    ----------
    per_day : float
        How often a replica is replaced, on average; a Poisson process for each workload, with a stream of its own. Once
        a day is an assumption.
    """

    per_day: float = 1.0

    def begin(self, film: Film) -> None:
        """Enter the first replacement of each service."""
        for workload in film.cluster.names.scenario.spec.workloads:
            if workload.kind in ("service", "stateful_set") and workload.count and self.per_day > 0:
                film.after(self._pause(film, workload.name, workload.count), Turn.RELEASE, self._next(workload.name))

    def _next(self, name: str) -> partial[None]:
        return partial(self._replace, name)

    def _pause(self, film: Film, name: str, replicas: int) -> float:
        return float(film.draw(f"churn {name}").exponential(DAY / (self.per_day * replicas)))

    def _replace(self, name: str, film: Film) -> None:
        """Begin to replace one of a workload's containers, drawn by its number: whatever the policy, the same."""
        cluster, count = film.cluster, film.cluster.names.scenario.spec.workloads[film.cluster.workload(name)].count
        chosen = int(film.draw(f"churn {name}").integers(count))
        film.after(self._pause(film, name, count), Turn.RELEASE, self._next(name))
        rows = cluster.containers(name)
        alive = rows[cluster.state.containers[rows, STATUS] != GONE]
        if chosen < len(alive):
            old = int(alive[chosen])
            new = int(cluster.add(cluster.class_of(name, chosen), 1, film.now)[0])
            self._leave(old, new, film)

    def _leave(self, old: int, new: int, film: Film) -> None:
        """Let the old one go once the new one serves."""
        if film.cluster.state.containers[new, STATUS] == SERVES:
            film.cluster.retire([old], film.now)
        elif film.cluster.state.containers[old, STATUS] != GONE:
            film.after(SCAN, Turn.RELEASE, partial(self._leave, old, new))


class Openings:
    """Opens the cheapest host that takes one who waits, at once, and gives back hosts that are empty for long.

    Plain on purpose: what matters is how many hosts are needed, not how quickly they come. Pools keep their limits.

    Attributes
    ----------
    opened : int
        How many hosts.
    """

    def __init__(self) -> None:
        self.opened = 0
        self._empty: dict[int, int] = {}

    def begin(self, film: Film) -> None:
        """Look for the first time once an interval is over."""
        film.after(SCAN, Turn.SCALE, self._scan)

    def _scan(self, film: Film) -> None:
        film.after(SCAN, Turn.SCALE, self._scan)
        while film.cluster.state.now[WAITING] and self._open(film):
            pass
        self._close(film)

    def _open(self, film: Film) -> bool:
        """Open the cheapest host that somebody who waits is placed on; whether there is one."""
        cluster = film.cluster
        offers = [(cluster.price_of(t), n) for n, t in enumerate(cluster.types) if not t.offering.host]
        for _, n in sorted(offers):
            if not cluster.has_blank:
                return False
            offer = cluster.types[n].offering
            mine = sum(c is not None and not c.offering.host and c.offering.pool == offer.pool for c in cluster.casts)
            if offer.limit is not None and mine >= offer.limit:
                continue
            sketch = cluster.sketch()
            if sketch.used(sketch.open(sketch.types[n], film.now)):
                cluster.open(cluster.types[n], film.now)
                self.opened += 1
                return True
        return False

    def _close(self, film: Film) -> None:
        cluster = film.cluster
        hosts = cluster.state.hosts
        empty = np.flatnonzero((hosts[:, HOST_STATE] == UP) & (hosts[:, COUNT] == 0)).tolist()
        self._empty = {h: self._empty.get(h, film.now) for h in empty if may_go(cluster.casts[h])}
        for h, since in list(self._empty.items()):
            if film.now - since >= UNNEEDED:
                del self._empty[h]
                cluster.close(h, film.now)


@dataclass(frozen=True)
class Drift:
    """How many hosts a plan needs over time under a placing policy.

    Attributes
    ----------
    policy : str
    plan_hosts : int
        Hosts in use in the plan.
    bound : int
        No plan uses fewer, proven.
    hours, hosts : tuple of float
        Hosts in use over time: means of the hour that ends then.
    at_end : int
        Hosts in use at the end.
    replaced : int
        Containers that came in place of others.
    opened : int
    waiting : int
        Who waits at the end: no host that may be opened takes them.
    """

    policy: str
    plan_hosts: int
    bound: int
    hours: tuple[float, ...]
    hosts: tuple[float, ...]
    at_end: int
    replaced: int
    opened: int
    waiting: int

    @property
    def more(self) -> float:
        """The share of hosts needed at the end beyond the plan's: 0.1 is 10 % more."""
        return self.at_end / self.plan_hosts - 1 if self.plan_hosts else 0.0


def drift(
    scenario: Scenario,
    catalog: Catalog,
    plan: Plan,
    *,
    policy: str = "kubernetes",
    days: float = 7.0,
    per_day: float = 1.0,
    seed: int = 0,
    spare: int = SPARE,
) -> Drift:
    """Let a plan live under a placing policy that places all that comes after the plan.

    Parameters
    ----------
    policy : str
        A name of `policies.named.PLACING`.
    per_day : float
        How often each replica of a service is replaced.
    spare : int
        Hosts that may be opened beside the plan's.
    """
    openings = Openings()
    cluster = cluster_of(scenario, catalog, plan, policy=policy, spare=spare, seed=seed)
    begun = _came(cluster)
    film = Film(cluster, [Churn(per_day), openings], seed=seed)
    film.play(days)
    samples = film.recorder.samples
    return Drift(
        policy=policy,
        plan_hosts=sum(bool(host.runs) for host in plan.spec.hosts),
        bound=fewest_hosts(scenario, catalog),
        hours=tuple(samples["hours"]),
        hosts=tuple(samples["hosts_used"]),
        at_end=sum(cluster.used(h) > 0 for h in cluster.there.tolist()),
        replaced=_came(cluster) - begun,
        opened=openings.opened,
        waiting=sum(
            int((cluster.state.containers[cluster.containers(w), STATUS] == WAITS).sum())
            for w in range(len(scenario.spec.workloads))
        ),
    )


def fewest_hosts(scenario: Scenario, catalog: Catalog) -> int:
    """A bound from below on the hosts of any plan that leaves nothing out that fits somewhere."""
    problem, _ = build(scenario, catalog)
    goals = (GoalTier(goal="unplaced"), GoalTier(goal="hosts"))
    return int(best_bounds(replace(problem, goals=goals, relaxation=_with(problem.relaxation, goals)))[1].value)


def _with(problem: Problem | None, goals: tuple[GoalTier, ...]) -> Problem | None:
    return None if problem is None else replace(problem, goals=goals)


def _came(cluster: Cluster) -> int:
    return sum(len(cluster.containers(w)) for w in range(len(cluster.names.scenario.spec.workloads)))
