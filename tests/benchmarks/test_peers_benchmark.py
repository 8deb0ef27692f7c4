"""Rivals beside Bayplan: equal instances, values that can be compared, skips with a reason."""

import json
import os
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.peers.__main__ import main
from benchmarks.peers.instance import instance
from benchmarks.peers.run import RIVALS, SCRIPTS, SkippedError, _ended, ours, rival

sys.path.insert(0, str(SCRIPTS))
from given import Instance  # a script that stands alone


def test_bare_cp_sat_and_bayplan_agree_on_a_small_instance():
    given = instance("one", 12, 4, 2, 1)
    mine, theirs = ours(given, 5, 0), rival(given, "CP-SAT", {}, 5)
    assert mine.bound == mine.value == theirs.value
    assert theirs.bound <= theirs.value


def test_who_cannot_be_had_is_skipped_with_a_sentence():
    given = instance("one", 4, 2, 2, 0)
    with pytest.raises(SkippedError, match=r"Rebalancer MIP cannot be run by .*rebalancer"):
        rival(given, "Rebalancer MIP", {}, 1)


def test_every_rival_has_a_script_and_is_documented():
    text = (SCRIPTS / "README.md").read_text(encoding="utf-8")
    for script in RIVALS.values():
        assert (SCRIPTS / f"{script}.py").is_file()
        assert f"`{script}.py`" in text


def test_first_fit_decreasing_takes_the_type_that_packs_cheapest():
    given = Instance([[3, 1], [2, 2]], [2, 2], [[4, 4], [10, 8]], [3, 5])
    hosts = given.first_fit()
    assert [b for b, _ in hosts] == [1]
    assert sorted(hosts[0][1]) == [0, 0, 1, 1]


def test_rows_come_as_json():
    import typer

    app = typer.Typer()
    app.command()(main)
    told = CliRunner().invoke(
        app,
        ["--types", "one", "--containers", "8", "--services", "3", "--rival", "CP-SAT", "--time-limit", "2", "--json"],
    )
    rows = json.loads(told.stdout)
    assert [row["solver"] for row in rows] == ["Bayplan", "CP-SAT"]
    assert {"name", "value", "best", "bound", "gap", "seconds"} <= set(rows[0])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks /proc who still runs")
def test_what_a_rival_started_ends_with_it():
    code = "import subprocess as s; print(s.Popen(['sleep', '60'], stdout=s.DEVNULL, stderr=s.DEVNULL).pid)"
    exit_code, told, _ = _ended([sys.executable, "-c", code], 20, os.environ)
    assert exit_code == 0
    stat = Path(f"/proc/{int(told)}/stat")
    for _ in range(50):
        if not stat.exists() or stat.read_text().split(")")[1].split()[0] == "Z":
            break
        time.sleep(0.1)
    else:
        pytest.fail("it still runs")
