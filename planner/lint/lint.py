"""All lints, and running them over a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from models.catalog import Catalog
from models.scenario import Scenario
from planner.lint import (
    commitments,
    disruption,
    images,
    latency,
    limits,
    mesos,
    objectives,
    penalties,
    prices,
    runners,
    sizes,
    spot,
    spread,
    stateful,
    storage,
    zones,
)
from planner.lint.advice import Advice
from planner.lint.ground import Ground, Path

LINTS: Mapping[str, Callable[[Ground], Iterator[tuple[Path, str, str]]]] = {
    "sizes": sizes.check,
    "limits": limits.check,
    "spread": spread.check,
    "zones": zones.check,
    "disruption": disruption.check,
    "objectives": objectives.check,
    "stateful": stateful.check,
    "spot": spot.check,
    "storage": storage.check,
    "images": images.check,
    "runners": runners.check,
    "mesos": mesos.check,
    "latency": latency.check,
    "penalties": penalties.check,
    "commitments": commitments.check,
    "prices": prices.check,
}
"""Every lint by its subject, in the order in which advice is told; each yields (path, what is unwise, the mend)."""


def lint(scenario: Scenario, catalog: Catalog, today: date | None = None) -> tuple[Advice, ...]:
    """What in a scenario is legal but unwise.

    Parameters
    ----------
    scenario : Scenario
    catalog : Catalog
        The shipped catalog with the scenario's own laid over it.
    today : date, optional
        The day from which the age of prices is counted.

    Returns
    -------
    tuple of Advice
        By subject, in the order of `LINTS`; within a subject in the order of the document.
    """
    ground = Ground(scenario, catalog, today or date.today())
    return tuple(Advice(name, *told) for name, check in LINTS.items() for told in check(ground))
