"""The shipped films: each reads, names only what its scenario has, and is told of in the folder's README."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario_files import SCENARIOS

from models.supply import topology_of
from planner.formats.catalogs import catalog_for
from planner.formats.documents import read_film, read_scenario
from planner.simulation.script import check

FILMS = sorted(SCENARIOS.glob("*/films/*.yaml"))


def test_there_are_some() -> None:
    assert FILMS


@pytest.mark.parametrize("path", FILMS, ids=lambda path: path.parent.parent.name)
def test_it_fits_its_scenario_and_is_told_of(path: Path) -> None:
    film = read_film(path)
    assert film.spec.scenario is not None
    scenario = read_scenario(path.parent / film.spec.scenario)
    check(film.spec, scenario, topology_of(scenario, catalog_for(scenario)), None, path.parent, str(path))
    assert f"films/{path.name}" in (path.parent.parent / "README.md").read_text(encoding="utf-8")
