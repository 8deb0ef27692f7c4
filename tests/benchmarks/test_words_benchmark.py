import json

import pytest
from typer.testing import CliRunner

from benchmarks import recorded
from benchmarks.words import document, measure
from models.scenario import Scenario


def test_every_workload_has_ten_rules_and_the_replicas_add_up():
    spec = Scenario.model_validate(document(40, 130, seed=1)).spec
    assert sum(workload.count for workload in spec.workloads) == 130
    named = [rule.workloads.names[0] for rule in spec.rules]
    assert all(named.count(workload.name) == 10 for workload in spec.workloads)


def test_every_step_is_timed():
    figures = measure(30, 60, seed=0, runs=1, say=lambda _: None)
    assert set(figures) == {"seconds", "cpu_seconds"}
    for taken in figures.values():
        assert set(taken) == {"read", "compile", "verify", "together"}
        parts = sum(taken[step] for step in ("read", "compile", "verify"))
        assert taken["together"] == pytest.approx(parts, abs=0.001)


def test_runs_are_kept_the_newest_last(tmp_path):
    for n in range(recorded.KEPT + 3):
        file = recorded.record("words", {"n": n}, tmp_path)
    runs = json.loads(file.read_text())
    assert [run["n"] for run in runs] == list(range(3, recorded.KEPT + 3))
    assert "ortools" in runs[-1]["versions"]


def test_the_command_prints_a_table(monkeypatch, tmp_path):
    from benchmarks import words

    monkeypatch.setattr(words, "record", lambda name, figures: recorded.record(name, figures, tmp_path))
    app = words.typer.Typer()
    app.command()(words.main)
    shown = CliRunner().invoke(app, ["--workloads", "20", "--replicas", "40", "--runs", "1"])
    assert shown.exit_code == 0, shown.output
    assert "together" in shown.output
