import importlib.util
import json
import lzma
import os
from pathlib import Path

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks import recorded
from benchmarks.contest import __main__ as contest
from benchmarks.contest.arrays import arrays_of
from benchmarks.contest.judge import faults, score
from benchmarks.contest.tables import read_placement, read_tables, write_placement
from planner.solvers.levelling.score import broken, cost

DATA = Path(os.environ.get("BAYPLAN_DATA", Path(__file__).parents[3] / "shared/data")) / "tianchi2018"
APPS = "a,4|8,1|1.5,60,0,0,0\nb,8|4,2|2,40.5,1,0,0\nc,0.5|0.5,1|1,10,0,0,0\n"
HOSTS = "small,16,4,200,1,1,1\nbig,32,8,300,1,1,1\nsmall2,16,4,200,1,1,1\n"
DEPLOY = "i1,a,small\ni2,b,\ni3,a,\ni4,c,small2\ni5,c,\n"
LIMITS = "a,a,0\nb,c,1\n"


@pytest.fixture
def folder(tmp_path):
    tables = {"app_resources": APPS, "machine_resources": HOSTS, "instance_deploy": DEPLOY, "app_interference": LIMITS}
    for name, text in tables.items():
        with lzma.open(tmp_path / f"{name}.csv.xz", "wt") as file:
            file.write(text)
    return tmp_path


def test_tables_become_integers_that_never_flatter(folder):
    tables = read_tables(folder)
    problem = arrays_of(tables).problem
    assert tables.current == {"i1": 0, "i4": 2}
    assert problem.count.tolist() == [2, 1, 2]
    assert problem.power.tolist() == [16_000_000, 32_000_000]
    assert problem.hosts.tolist() == [2, 1]
    assert problem.load[0].tolist() == [4_000_000, 8_000_000]
    assert problem.need[1, 2] == 40_500_000
    assert problem.rules.tolist() == [[0, 0, 1], [1, 2, 1]]


def test_containers_stay_where_the_plan_has_one_of_their_app(folder):
    tables = read_tables(folder)
    arrays = arrays_of(tables)
    where = {"small": 0, "small2": 1, "big": 2}
    host = np.array([where["big"], where["small"], where["big"], where["big"], where["small2"]], np.int32)
    placement = arrays.placement(tables, host)
    names = list(tables.hosts)
    assert {container: names[row] for container, row in placement.items()} == {
        "i1": "small", "i3": "big", "i2": "big", "i4": "small2", "i5": "big",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.csv.xz"])
def test_placements_round_trip(folder, name):
    tables = read_tables(folder)
    write_placement(folder / name, tables, {"i1": 1, "i5": 2})
    assert read_placement(folder / name, tables) == {"i1": 1, "i5": 2}


def test_the_judge_agrees_with_the_solver_and_finds_what_is_broken(folder):
    tables = read_tables(folder)
    arrays = arrays_of(tables)
    good = {"i1": 0, "i3": 2, "i2": 1, "i4": 1, "i5": 0}
    host_of = {int(row): n for n, row in enumerate(arrays.hosts)}
    host = np.array([host_of[good[name]] for name in arrays.containers], np.int32)
    assert list(faults(tables, good)) == []
    assert broken(arrays.problem, host) == 0
    assert score(tables, good) == pytest.approx(cost(arrays.problem, host))
    assert score(tables, {"i1": 0, "i3": 0}) == pytest.approx(1 + 10 * np.expm1(0.5) / 2)
    for bad, told in (
        ({}, "not placed"),
        ({"i2": 0, "i3": 0, "i1": 0}, "too full"),
        ({"i1": 2, "i3": 2, "i4": 2, "i5": 2}, "too full"),
        ({"i2": 1, "i4": 1, "i5": 1}, "at most 1"),
    ):
        assert any(told in fault for fault in faults(tables, bad))


def test_a_missing_table_is_told(folder):
    (folder / "app_resources.csv.xz").unlink()
    with pytest.raises(ValueError, match="app_resources"):
        read_tables(folder)


def test_the_command_prints_a_row_and_writes_a_placement(folder, monkeypatch):
    monkeypatch.setattr(contest, "record", lambda name, figures: recorded.record(name, figures, folder))
    monkeypatch.setattr(contest, "lifetime", lambda: 0.0)
    app = Typer()
    app.command()(contest.main)
    out = folder / "out.csv"
    asked = [str(folder), "--out", str(out), "--time-limit", "1", "--best", "3", "--json", "--record"]
    shown = CliRunner().invoke(app, asked)
    assert shown.exit_code == 0, shown.output
    (row,) = json.loads(shown.stdout)
    assert {"name", "value", "best", "bound", "gap", "seconds"} <= row.keys()
    tables = read_tables(folder)
    assert list(faults(tables, read_placement(out, tables))) == []
    assert score(tables, read_placement(out, tables)) == pytest.approx(row["value"])
    assert row["bound"] <= row["value"] <= 3
    assert json.loads((folder / "contest.json").read_text())[-1]["rows"] == [row]


def test_the_judge_agrees_with_the_family_s_own_check():
    if not DATA.exists():
        pytest.skip("the public instances are not here; set BAYPLAN_DATA to their folder")
    loaded = importlib.util.spec_from_file_location("tianchi_check", DATA / "check.py")
    check = importlib.util.module_from_spec(loaded)
    loaded.loader.exec_module(check)
    tables = read_tables(DATA / "two_thirds")
    theirs = check.Instance(str(DATA / "two_thirds"))
    value, hosts, over, rules = theirs.check(tables.current)
    assert score(tables, tables.current) == pytest.approx(value)
    assert len(set(tables.current.values())) == hosts
    assert (over, rules) == (0, 0)
    assert [fault for fault in faults(tables, tables.current) if "not placed" not in fault] == []
