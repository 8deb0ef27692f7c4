"""A film of a scenario from its documents to its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.base import Metadata
from models.film import Film
from models.plan import Plan
from models.reports import Finding
from models.scenario import Scenario
from models.simulation import Simulation, SimulationSpec, SimulationStatus
from models.supply import topology_of
from planner.errors import InputError
from planner.formats.catalogs import catalog_date, catalog_for
from planner.formats.documents import input_hash
from planner.simulation.answers import Answers
from planner.simulation.running import Seen, Take, play_all
from planner.simulation.script import check
from planner.simulation.summary import summarised


@dataclass(frozen=True)
class Simulated:
    """What came of a film.

    Attributes
    ----------
    document : Simulation
    runs : tuple of Answers
        Every run that came to its end, with its samples and what was told.
    """

    document: Simulation
    runs: tuple[Answers, ...]


def simulated(
    scenario: Scenario,
    film: Film,
    plan: Plan | None,
    folder: Path,
    *,
    jobs: int,
    observer: Seen | None,
    cancelled: Callable[[], bool],
    versions: Mapping[str, str],
) -> Simulated:
    """Play every run, and sum up: see `planner.api.simulate`."""
    started = time.monotonic()
    catalog = catalog_for(scenario)
    check(film.spec, scenario, topology_of(scenario, catalog), plan, folder, film.metadata.name)
    if plan is None and not any(host.runs for host in scenario.spec.hosts) and film.spec.provision is None:
        found, expected = "hosts that run nothing", "hosts with `runs`, a plan, or a film with `provision`"
        raise InputError(scenario.name, [Finding(("spec", "hosts"), found, expected)])
    take = Take(scenario, catalog, film.spec, plan, folder)
    runs = play_all(take, jobs=jobs, observer=observer, cancelled=cancelled)
    unit = scenario.spec.unit.name
    document = Simulation(
        metadata=Metadata(name=film.metadata.name, description=film.metadata.description),
        spec=SimulationSpec(scenario=scenario.name, film=film.spec, begins_with="a plan" if plan else "today's hosts"),
        status=SimulationStatus(
            ended="done" if len(runs) == len(take.runs) else "cancelled",
            policies=summarised(runs, film.spec.policies),
            currency=scenario.spec.currency.code,
            density_unit=unit,
            seconds=round(time.monotonic() - started, 3),
            input_hash=input_hash(scenario),
            catalog_date=catalog_date(catalog),
            versions=dict(versions),
        ),
    )
    return Simulated(document, tuple(runs))
