import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.events import __main__ as events
from benchmarks.events import rival


def told(*options):
    app = Typer()
    app.command()(events.main)
    shown = CliRunner().invoke(app, ["--hosts", "20", "--containers", "400", "--json", *options])
    assert shown.exit_code == 0, shown.output
    return json.loads(shown.stdout)[0], shown.stderr


def test_every_container_comes_and_leaves():
    row, _ = told()
    assert row["events"] == 800
    assert row["value"] > 0
    assert told()[0]["hash"] == row["hash"]


def test_faults_evict_and_all_are_placed_again_in_the_same_way():
    row, _ = told("--faults", "--policy", "first_fit")
    assert row["evicted"] > 0
    assert row["events"] > 800 + row["evicted"]
    assert told("--faults", "--policy", "first_fit")[0]["hash"] == row["hash"]


def test_simpy_is_left_out_with_a_sentence(monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(rival, "import_module", missing)
    row, logs = told("--simpy", "50")
    assert "not installed" in logs
    assert "simpy" not in row


def test_an_unknown_policy_is_refused():
    app = Typer()
    app.command()(events.main)
    assert CliRunner().invoke(app, ["--policy", "nobody"]).exit_code == 2


@pytest.mark.parametrize("hosts", [1, 20])
def test_simpy_plays_the_same_events(hosts):
    pytest.importorskip("simpy")
    assert rival.simpy_rate(events.drawn(hosts, 50, 0, with_faults=False), 50) > 0
