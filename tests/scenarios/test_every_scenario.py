"""Every shipped scenario reads, round-trips, plans without a breach, and places everything."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from scenario_files import FILES, SCENARIOS

from planner.api import plan
from planner.formats.catalogs import catalog_for
from planner.formats.documents import parse_scenario, read_scenario, write_scenario
from planner.formats.documents.plain import parse
from planner.solvers.stop import Stop
from planner.verify import verify

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")


def test_the_promised_scenarios_are_there() -> None:
    names = {f"{path.parent.name}/{path.stem}" for path in FILES}
    daas = {f"daas-density/{name}" for name in ("vms-today", "onprem", "aws", "azure", "gcp", "multicloud")}
    assert {"first/first", "shop/shop"} | daas <= names


@each_file
def test_it_is_told_of_in_its_folders_readme(path: Path) -> None:
    readme = (path.parent / "README.md").read_text(encoding="utf-8")
    assert path.name in readme


@each_file
def test_written_and_read_again_it_is_the_same(path: Path) -> None:
    scenario = read_scenario(path)
    text = io.StringIO()
    write_scenario(scenario, text)
    assert parse_scenario(parse(text.getvalue(), path.name), path.name) == scenario


@each_file
def test_its_plan_places_everything_and_passes_the_verifier(path: Path) -> None:
    scenario = read_scenario(path)
    made = plan(scenario, stop=Stop(seconds=2))
    assert made.status.state in {"OPTIMAL", "FEASIBLE"}
    assert made.status.unplaced == 0
    assert verify(scenario, made, catalog_for(scenario)) == ()
    if made.status.bound is not None:
        assert made.status.bound <= made.status.objective + 1e-9


def test_every_folder_of_a_scenario_has_a_readme_with_a_command() -> None:
    for folder in filter(Path.is_dir, SCENARIOS.iterdir()):
        assert f"bayplan plan datasets/scenarios/{folder.name}/" in (folder / "README.md").read_text(encoding="utf-8")
