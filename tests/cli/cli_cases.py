"""Scenario files and the ways to call the command line that its tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from builders import catalog
from fake_solvers import FirstFit
from typer.testing import CliRunner

from planner import api
from planner.cli.app import app

TESTS = Path(__file__).parents[1]
WEB = {"name": "web", "replicas": 4, "requests": {"cpu": 1, "memory": "1Gi"}}
POOL = {"name": "pool", "locations": ["alpha"], "platform": "bare_metal"}
OLD = {"name": "old", "location": "alpha/north/a", "host_type": "std-4", "platform": "bare_metal"}


def write_case(folder: Path, name: str = "case", **spec) -> str:
    """A scenario file over the small catalog; its path."""
    filled = {"workloads": [WEB], "pools": [POOL], "catalog": catalog().model_dump(mode="json"), **spec}
    path = folder / "scenario.yaml"
    path.write_text(yaml.safe_dump({"apiVersion": "bayplan/v1", "metadata": {"name": name}, "spec": filled}))
    return str(path)


def use_solver(monkeypatch: pytest.MonkeyPatch, **parameters) -> None:
    """Plan with the first-fit solver of the tests."""
    monkeypatch.setattr(api, "_portfolio", lambda: FirstFit(**parameters))


def run(*arguments: str, input: str | None = None, **env: str):
    """Call `bayplan` in this process."""
    return CliRunner(env={"COLUMNS": "80", **env}).invoke(app, list(arguments), input=input)


def start(*arguments: str, solver: str = "FirstFit()", **more) -> subprocess.Popen[str]:
    """Start `bayplan` in a process of its own, with the first-fit solver."""
    code = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from fake_solvers import FirstFit
from planner import api, cli
from planner.cli import watch
watch.BETWEEN_LINES = 0.2
api._portfolio = lambda: {solver}
sys.argv[0] = "bayplan"
cli.main()
"""
    env = {**os.environ, "COLUMNS": "80"} | more.pop("env", {})
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, **more,
    )  # fmt: skip
