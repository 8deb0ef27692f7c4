"""`bayplan simulate`: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import csv

import pytest
import yaml
from cli_cases import OLD, WEB, run, use_solver, write_case

from planner.formats.documents import read_simulation

OUTAGE = {"outages": [{"where": "old", "at_hours": 2, "hours": 1}]}


@pytest.fixture(autouse=True)
def _first_fit(monkeypatch):
    use_solver(monkeypatch)


def write_film(folder, **spec) -> str:
    path = folder / "film.yaml"
    stated = {"days": 0.5, "policies": ["kubernetes", "best_fit"], "faults": OUTAGE, **spec}
    path.write_text(yaml.safe_dump({"kind": "Film", "metadata": {"name": "film"}, "spec": stated}))
    return str(path)


def today(folder, **objective):
    web = {**WEB, "objective": {"availability": 0.5, **objective}}
    return write_case(folder, workloads=[web], hosts=[{**OLD, "runs": {"web": 4}}], pools=[])


def test_policies_stand_side_by_side_and_promises_in_sentences(tmp_path):
    found = run("simulate", today(tmp_path), "--film", write_film(tmp_path), "-j", "1")
    assert found.exit_code == 0, found.stderr
    assert "kubernetes  best_fit" in found.stdout
    assert "web: kept, available 91.666 % of the time, promised 50 %" in " ".join(found.stdout.split())
    assert "host" in found.stdout


def test_a_broken_promise_is_a_guard_rail(tmp_path):
    case = today(tmp_path, availability=0.99)
    found = run("simulate", case, "--film", write_film(tmp_path), "--policy", "best-fit", "-j", "1", "-q")
    assert found.exit_code == 4
    assert "web: broken" in found.stdout


def test_the_film_may_name_its_scenario_and_options_win(tmp_path):
    today(tmp_path)
    film = write_film(tmp_path, scenario="scenario.yaml", days=30)
    out = tmp_path / "out.json"
    assert run("simulate", "--film", film, "--days", "0.1", "--seeds", "2", "-j", "1", "-o", str(out)).exit_code == 0
    made = read_simulation(out)
    assert (made.spec.film.days, made.spec.film.seeds) == (0.1, 2)
    assert [len(result.runs) for result in made.status.policies] == [2, 2]


def test_time_series_and_the_page_are_written(tmp_path):
    folder, page = tmp_path / "series", tmp_path / "page.html"
    film = write_film(tmp_path)
    files = "--csv", str(folder), "--html", str(page)
    assert run("simulate", today(tmp_path), "--film", film, "-j", "1", *files).exit_code == 0
    with (folder / "samples.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * 12
    assert {row["policy"] for row in rows} == {"kubernetes", "best_fit"}
    assert (folder / "told.csv").read_text().count("outage") >= 2
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_without_anything_running_it_plans_first(tmp_path):
    found = run("simulate", write_case(tmp_path), "--days", "0.1", "-j", "1", "--time-limit", "1")
    assert found.exit_code == 0, found.stderr
    assert "planning first" in found.stderr


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"releases": [{"workload": "wob", "at_hours": 1}]}, "did you mean 'web'"),
        ({"faults": {"outages": [{"where": "mars", "at_hours": 1, "hours": 1}]}}, "a domain or a host"),
    ],
)
def test_names_that_are_not_there_are_refused(tmp_path, spec, told):
    found = run("simulate", today(tmp_path), "--film", write_film(tmp_path, **spec), "-j", "1")
    assert found.exit_code == 1
    assert told in found.stderr


def test_a_scenario_or_a_film_with_one_is_needed(tmp_path):
    assert run("simulate", "--film", write_film(tmp_path)).exit_code == 1
    assert run("simulate", today(tmp_path), "-o", "picture.png").exit_code == 1
