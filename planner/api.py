"""All that the command line and the pages call.

from planner import api
plan = api.plan(scenario)
assert not api.verify(scenario, plan)
"""

from __future__ import annotations

from datetime import date
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import TYPE_CHECKING

from models.base import Metadata
from models.bulk import collection_paused
from models.plan import Plan, PlanSpec, PlanStatus
from models.reports import Violation
from models.scenario import Scenario
from planner.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.catalog import Catalog
    from models.film import Film
    from planner.explain.outcome import Outcome
    from planner.lint import Advice
    from planner.simulation.running import Seen
    from planner.simulation.simulated import Simulated
    from planner.solvers.result import Observer, Result, Solver
    from planner.solvers.stop import Clock, Stop
    from planner.verify.layout import Layout


def plan(
    scenario: Scenario,
    *,
    stop: Stop | None = None,
    seed: int = 0,
    solver: Solver | None = None,
    observer: Observer | None = None,
    clock: Clock | None = None,
) -> Plan:
    """Plan a scenario: where everything goes, which hosts to use, and how good that is known to be.

    Parameters
    ----------
    scenario : Scenario
    stop : Stop, optional
        When to end; after 30 seconds by default.
    seed : int
    solver : Solver, optional
        The portfolio of all solvers by default.
    observer : callable, optional
        Sees progress.
    clock : Clock, optional
        A running clock instead of `stop`, for whoever wants to cancel.

    Returns
    -------
    Plan
        Checked by `verify`. It may leave replicas out; `status` says which and why.

    Raises
    ------
    InputError
        If a price sheet of the scenario cannot be read.
    VerificationError
        If the solver's plan breaks a rule: a bug in Bayplan.
    """
    from planner.explain.outcome import Outcome
    from planner.formats.catalogs import catalog_for
    from planner.problem import build
    from planner.problem.settle import settled
    from planner.solvers.stop import Stop

    if clock is None and solver is None:
        prepare()
    running = clock or (stop or Stop()).start()
    catalog = catalog_for(scenario)
    problem, names = build(scenario, catalog)
    result = (solver or _portfolio()).solve(problem, running, seed=seed, observer=observer)
    outcome = Outcome(problem, names, settled(problem, names, result.solution))
    made, layout = _document(outcome, result, catalog, seed, running.elapsed)
    _check(made, layout, outcome, catalog)
    return made


def prepare(say: Callable[[str], None] | None = None) -> None:
    """Compile the solvers' kernels where they never were on this machine, before a clock runs.

    Parameters
    ----------
    say : callable, optional
        Is told so, in words for people.
    """
    from planner.solvers.warm import is_cold, warm

    if is_cold():
        if say is not None:
            say("compiling the solvers for this machine, once: about a minute")
        warm()


def verify(scenario: Scenario, plan: Plan) -> tuple[Violation, ...]:
    """Every breach of the scenario's rules by a plan, its figures included; empty for a good plan."""
    from planner.formats.catalogs import catalog_for
    from planner.verify import verify as check

    return check(scenario, plan, catalog_for(scenario))


def lint(scenario: Scenario) -> tuple[Advice, ...]:
    """What in a scenario is legal but unwise, each with its place and a mend."""
    from planner.formats.catalogs import catalog_for
    from planner.lint import lint as look_over

    return look_over(scenario, catalog_for(scenario))


def simulate(
    scenario: Scenario,
    film: Film,
    *,
    plan: Plan | None = None,
    folder: Path | None = None,
    jobs: int = 1,
    observer: Seen | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Simulated:
    """Play a film of a scenario under each of its policies, and tell what came of it.

    Parameters
    ----------
    scenario : Scenario
    film : Film
    plan : Plan, optional
        The hosts to begin with, and what runs there; by default those that stand today.
    folder : Path, optional
        Where the files lie that the film names; by default the working directory.
    jobs : int
        Processes to play in; 0 for as many as there are processors.
    observer : callable, optional
        Hears how much is done (0 to 1), how many runs are over, and how many there are.
    cancelled : callable
        Asked now and then whether to stop; runs that are over by then are kept.

    Returns
    -------
    Simulated
        The result document, and every run with its samples.

    Raises
    ------
    InputError
        If the film names what the scenario does not have, or nothing stands and no plan is given.
    """
    from pathlib import Path

    from planner.simulation.simulated import simulated

    return simulated(
        scenario, film, plan, folder or Path(),
        jobs=jobs, observer=observer, cancelled=cancelled, versions=versions(),
    )  # fmt: skip


def differs_from_today(scenario: Scenario, plan: Plan) -> bool:
    """Whether carrying the plan out changes anything: a host opened, released, or running other replicas."""
    daemons = {workload.name for workload in scenario.spec.workloads if workload.kind == "daemon_set"}
    today = {
        host.name: {name: count for name, count in host.runs.items() if count and name not in daemons}
        for host in scenario.spec.hosts
    }
    planned = {
        host.name: {name: len(ordinals) for name, ordinals in host.runs.items() if ordinals} for host in plan.spec.hosts
    }
    return planned != today


def _portfolio() -> Solver:
    from planner.solvers.steered import Steered

    return Steered()


@collection_paused()
def _document(outcome: Outcome, result: Result, catalog: Catalog, seed: int, seconds: float) -> tuple[Plan, Layout]:
    """The plan, and its hosts as the verifier lays them out: laying out hundreds of thousands takes a while."""
    from planner.explain import figures, proof
    from planner.explain.conflict import conflicts
    from planner.explain.prices import oldest_price
    from planner.explain.unplaced import unplaced
    from planner.explain.warnings import warnings
    from planner.formats.catalogs import catalog_date
    from planner.formats.documents import input_hash
    from planner.problem import decode
    from planner.verify.modes import reported
    from planner.verify.rules.moves import moves

    scenario = outcome.names.scenario
    hosts = decode(outcome.problem, outcome.names, outcome.solution)
    least = proof.least_unplaced(outcome, result.bounds)
    found = conflicts(outcome, result.conflict, least.value, least.method)
    tiers = proof.tiers(outcome, result.bounds, hosts)
    deciding = proof.deciding(tiers)
    left_out = unplaced(outcome)
    kept = {host.name for host in hosts if host.standing}
    layout = figures.laid_out(scenario, hosts, catalog)
    status = PlanStatus(
        state=proof.state(outcome, tiers, found),
        hosts_used=len(hosts),
        density=figures.density_of(hosts, figures.counting(scenario)),
        density_unit=scenario.spec.unit.name,
        objective=deciding.value,
        objective_goal=deciding.goal,
        bound=deciding.bound,
        gap=deciding.gap,
        unplaced=sum(entry.replicas for entry in left_out),
        unplaced_workloads=left_out,
        conflicts=found,
        tiers=tiers,
        breaches=reported(layout),
        before=figures.before(layout),
        hosts_released=sum(host.name not in kept for host in scenario.spec.hosts),
        moves=moves(layout),
        oldest_price=oldest_price(outcome.names, hosts),
        warnings=warnings(outcome, hosts, date.today()),
        ended=result.ended,
        seconds=round(seconds, 3),
        solver=result.solver,
        seed=seed,
        input_hash=input_hash(scenario),
        catalog_date=catalog_date(catalog),
        versions=versions(),
        **figures.money(layout),
    )
    spec = PlanSpec.model_construct(scenario=scenario.name, hosts=hosts)
    return Plan.model_construct(metadata=Metadata(name=scenario.name), spec=spec, status=status), layout


def _check(plan: Plan, layout: Layout, outcome: Outcome, catalog: Catalog) -> None:
    """Have the plan verified; what no plan can keep to is not held against this one."""
    from planner.explain.conflict import missing_rooms, unavoidable
    from planner.verify import verify as check

    excused = missing_rooms(outcome) | {rule for conflict in unavoidable(outcome) for rule in conflict.rules}
    violations = [
        violation
        for violation in check(outcome.names.scenario, plan, catalog, layout=layout)
        if not (excused and _excused(violation, excused))
    ]
    if violations:
        raise VerificationError(violations)


def _excused(violation: Violation, rules: frozenset[str]) -> bool:
    if violation.rule in ("headroom", "release_room", "quota", "budget"):
        return (violation.label or violation.rule) in {rule.partition(" (")[0] for rule in rules}
    return (violation.rule, violation.subject) == ("tiers", "state")


def versions() -> dict[str, str]:
    """Versions of Bayplan, its exact solver and Python."""
    found = {"python": python_version()}
    for package in ("bayplan", "ortools"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return dict(sorted(found.items()))
