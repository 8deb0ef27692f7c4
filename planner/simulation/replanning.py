"""Planning again while the film runs: every so often, or once the cluster costs more than the last plan said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.goals import GoalTier
from models.plan import PlannedHost, TierResult
from models.rules import Moves, SoftRule
from models.scenario import Scenario, ScenarioSpec
from planner.explain import proof
from planner.explain.outcome import Outcome
from planner.problem import Problem, Solution, broken_forms, build, decode
from planner.problem.names import Names
from planner.problem.score import unplaced
from planner.problem.settle import settled
from planner.simulation.agenda import Turn
from planner.simulation.carrying import Carrying, Move
from planner.simulation.cluster import Cluster
from planner.simulation.film import HOUR, SECOND, Film
from planner.simulation.provisioning.launches import BOOT_SECONDS
from planner.simulation.staged import as_plan, ordinals_of, staged
from planner.simulation.state import HOSTS_UP, PRICE
from planner.solvers.result import Solver
from planner.solvers.steered import Steered
from planner.solvers.stop import Stop
from planner.verify import verify

Key = tuple[str, int]
"""The name of a workload, and an ordinal."""


@dataclass(frozen=True)
class Replanning:
    """Plans what is there again, and carries the plan out: opens hosts, moves containers, closes what is empty then.

    The moves of a plan are limited by the rule `moves`; among plans that are as good, one with fewer moves wins (a last
    goal `moves`). Rules that are broken now, as schedulers may (`staged.EXCUSED`), are mended as far as that goes.

    Attributes
    ----------
    every_hours : float or None
        Between two plans; None where only drift decides.
    drift : float or None
        Also plan, asked once an hour, when hosts or cost exceed what the last plan said by more than this share (0.1:
        10 %); at first, what the film began with. None where it does not matter.
    moves : int or None
        The most containers that one plan may move; None without limit.
    iterations : int
        Of the solver.
    seconds : float or None
        Of the solver, on the clock on the wall; None without limit. Films are equal for equal seeds where solving ends
        before: by a proof, or by its iterations.
    solver : Solver
    boot_seconds : float
        From the order of hosts until containers move there.
    patience_minutes : float
        How long moves are tried that budgets or room hold up, before the rest is given up.
    """

    every_hours: float | None = 24.0
    drift: float | None = None
    moves: int | None = None
    iterations: int = 200
    seconds: float | None = 30.0
    solver: Solver = field(default_factory=Steered)
    boot_seconds: float = BOOT_SECONDS
    patience_minutes: float = 30.0

    def __post_init__(self) -> None:
        if self.every_hours is None and self.drift is None:
            raise ValueError("found neither every_hours nor drift, expected one of them")

    def begin(self, film: Film) -> None:
        """Enter the first plan, and the first look at how far the cluster has drifted."""
        replanner = _Replanner(self, *_size(film.cluster))
        if self.every_hours is not None:
            film.after(self.every_hours * HOUR, Turn.REPLAN, replanner.again)
        if self.drift is not None:
            film.after(HOUR, Turn.REPLAN, replanner.look)


@dataclass
class _Replanner:
    """What the last plan said, and what is still under way of it."""

    rule: Replanning
    hosts: float
    cost: float
    carrying: Carrying | None = None

    def again(self, film: Film) -> None:
        """Plan because it is time to."""
        film.after((self.rule.every_hours or 0.0) * HOUR, Turn.REPLAN, self.again)
        self._plan(film, "time")

    def look(self, film: Film) -> None:
        """Plan if the cluster has drifted."""
        film.after(HOUR, Turn.REPLAN, self.look)
        hosts, cost = _size(film.cluster)
        most = 1 + (self.rule.drift or 0.0)
        if hosts > most * self.hosts or cost > most * self.cost:
            self._plan(film, "drift")

    def _plan(self, film: Film, why: str) -> None:
        if self.carrying is not None and not self.carrying.is_over:
            film.tell("re-plan skipped", why="the last one is still carried out")
            return
        hosts, cost = _size(film.cluster)
        made = replanned(film.cluster, self.rule, seed=film.seed)
        self.hosts, self.cost = (made.hosts, made.cost) if made else (hosts, cost)
        story = {"why": why, "hosts_before": int(hosts), "cost_before": cost}
        if made is None:
            film.tell("re-plan refused", **story)
            return
        tier = made.tier
        story |= {"goal": tier.goal, "value": tier.value, "bound": tier.bound, "planned_moves": made.moves}
        self.carrying = Carrying(made.changes, made.opened, made.closed, story, self.rule.patience_minutes)
        delay = self.rule.boot_seconds * SECOND if made.opened else 0
        film.after(delay, Turn.REPLAN, self.carrying.begin)


@dataclass(frozen=True)
class Replanned:
    """What a plan changes.

    Attributes
    ----------
    hosts, cost : float
        Of the plan; money per hour.
    tier : TierResult
        The goal that decides, with the bound of all plans within the same moves.
    moves : int
        Containers that change hosts.
    changes : tuple of Move
        Those, and containers that wait and get a host.
    opened : tuple of int
        Numbers in `Cluster.types`; a target of n means the n-th of them as -1 - n.
    closed : tuple of int
        Rows of hosts.
    """

    hosts: float
    cost: float
    tier: TierResult
    moves: int
    changes: tuple[Move, ...]
    opened: tuple[int, ...]
    closed: tuple[int, ...]


def replanned(cluster: Cluster, rule: Replanning, *, seed: int = 0) -> Replanned | None:
    """Plan a cluster as it is now; None where the plan found would leave out what runs, or move more than it may."""
    document, hosts = staged(cluster)
    scenario = _asked(document, hosts, cluster, rule.moves)
    problem, names = build(scenario, cluster.names.catalog)
    items = {
        (scenario.spec.workloads[part.workload].name, ordinal): item
        for item, parts in enumerate(names.parts)
        for part in parts
        for ordinal in part.ordinals
    }
    start = _start(problem, names, hosts, items)
    stop = Stop(seconds=rule.seconds, iterations=rule.iterations)
    result = rule.solver.solve(problem, stop, seed=seed, start=start)
    containers = _containers(cluster)
    homeless = len(containers) - sum(host.replicas for host in hosts)
    rooms = list(names.room)
    left = unplaced(problem, result.solution)
    if int(left.sum() - left[rooms].sum()) > homeless:
        return None
    outcome = Outcome(problem, names, settled(problem, names, result.solution))
    planned = decode(outcome.problem, outcome.names, outcome.solution)
    tier = proof.deciding(proof.tiers(outcome, result.bounds, planned))
    made = _changes(cluster, hosts, planned, items, containers, tier)
    return None if rule.moves is not None and made.moves > rule.moves else made


def _size(cluster: Cluster) -> tuple[float, float]:
    """Hosts there, and what they cost per hour."""
    return float(cluster.state.now[HOSTS_UP]), float(cluster.state.now[PRICE]) / 1e6


def _asked(document: Scenario, hosts: Sequence[PlannedHost], cluster: Cluster, moves: int | None) -> Scenario:
    """The scenario to plan: at most so many moves, none in vain, and what is broken now is to be mended."""
    catalog = cluster.names.catalog
    broken = {found.rule for found in verify(document, as_plan(document, hosts, catalog), catalog)}
    rules = [_mended(rule) if rule.rule in broken else rule for rule in document.spec.rules]
    if moves is not None:
        rules.append(Moves(rule="moves", at_most=moves, name="moves of a re-plan"))
    goals = document.spec.goals
    if all(goal.goal != "moves" for goal in goals):
        goals = (*goals, GoalTier(goal="moves"))
    fields = {name: getattr(document.spec, name) for name in ScenarioSpec.model_fields}
    changed = {"rules": tuple(rules), "goals": goals}
    return Scenario.model_construct(metadata=document.metadata, spec=ScenarioSpec.model_construct(**fields | changed))


def _mended(rule: object) -> object:
    hard = isinstance(rule, SoftRule) and rule.mode == "hard"
    return rule.model_copy(update={"mode": "mend"}) if hard and isinstance(rule, SoftRule) else rule


def _start(problem: Problem, names: Names, hosts: Sequence[PlannedHost], items: Mapping[Key, int]) -> Solution | None:
    """What is there, as a solution; None where it breaks a form."""
    bin_of = {names.offerings[o].host: b for b, members in enumerate(names.members) for o in members}
    patterns = []
    for host in hosts:
        content: dict[int, int] = defaultdict(int)
        for name, ordinals in host.runs.items():
            for ordinal in ordinals:
                content[items[name, ordinal]] += 1
        if host.name in bin_of and (content or problem.required[bin_of[host.name]]):
            patterns.append((bin_of[host.name], 1, content))
    start = Solution.of(patterns)
    return None if broken_forms(problem, start) else start


def _containers(cluster: Cluster) -> dict[Key, int]:
    """Rows of containers by workload and ordinal, as they are staged."""
    return {(cluster.workload_of(c), ordinal): c for c, ordinal in ordinals_of(cluster).items()}


def _changes(
    cluster: Cluster,
    hosts: Sequence[PlannedHost],
    planned: Sequence[PlannedHost],
    items: Mapping[Key, int],
    containers: Mapping[Key, int],
    tier: TierResult,
) -> Replanned:
    """What has to be done: containers of one item type are alike, so those stay that can; the youngest move."""
    rows = {cluster.host_names[h]: h for h in cluster.there.tolist()}
    offered = {
        (o.location, o.host_type, o.pool, o.purchase): n
        for n, o in reversed([(n, each.offering) for n, each in enumerate(cluster.types) if not each.offering.host])
    }
    opened: list[int] = []
    wanted: dict[int, list[int]] = defaultdict(list)  # by item type, a target for each copy
    kept = set[int]()
    for host in planned:
        if host.standing:
            target = rows[host.name]
            kept.add(target)
        else:
            opened.append(offered[host.location, host.host_type, host.pool, host.purchase])
            target = -len(opened)
        for name, ordinals in host.runs.items():
            for ordinal in ordinals:
                wanted[items[name, ordinal]].append(target)
    there: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))  # by item type and host
    homeless: dict[int, list[int]] = {}
    placed = {(name, n): rows[host.name] for host in hosts for name, own in host.runs.items() for n in own}
    for key, c in containers.items():
        if key in placed:
            there[items[key]][placed[key]].append(c)
        else:
            homeless.setdefault(items[key], []).append(c)
    changes: list[Move] = []
    for item, targets in wanted.items():
        free: list[int] = []
        for target in targets:
            if there[item][target]:
                there[item][target].pop(0)
            else:
                free.append(target)
        leaving = [(c, h) for h, left in there[item].items() for c in reversed(left)]
        leaving += [(c, -1) for c in homeless.get(item, ())]
        changes += [
            Move(c, origin, cluster.host_names[origin] if origin >= 0 else "", target)
            for (c, origin), target in zip(leaving, free, strict=False)
        ]
    return Replanned(
        hosts=float(len(planned)),
        cost=float(sum(host.per_hour for host in planned)),
        tier=tier,
        moves=sum(change.origin >= 0 for change in changes),
        changes=tuple(changes),
        opened=tuple(opened),
        closed=tuple(sorted(set(rows.values()) - kept)),
    )
